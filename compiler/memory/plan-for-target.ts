/** From the limits that the user and the target set to a planned schedule. */
import type { Graph } from '../ir/index.ts';
import { contiguousRegions, type Target } from '../targets/index.ts';
import { type MemoryBudget, memoriesOfBudgets, memoriesOfTarget } from './arena-memories.ts';
import type { PlannedSchedule } from './choose-schedule.ts';
import { type PlanningOptions, planInBestOrder } from './plan-in-best-order.ts';
import { excessBytes, planInMemories } from './plan-in-memories.ts';
import { planInTiles, type StepsOf } from './plan-in-tiles.ts';

/** What a plan has to keep to. */
export interface TargetLimits {
  readonly target: Target;
  readonly ramBytes?: number;
  /** Of single memories; none for an arena in one array, wherever it lies. */
  readonly memoryBudgets: readonly MemoryBudget[];
  /** The arena may be several arrays: it is part of the generated file, and no one memory is asked for. */
  readonly mayDivide: boolean;
}

/**
 * The schedule and plan for a target. With budgets of memories, the fastest schedule that fits them. Without, one array; where no
 * RAM of the target in one piece is large enough for it, the same schedule in several memories, if they have the room. Inputs and
 * outputs lie where DMA does not reach only if nothing else fits. Only the plan in one array may have layers in strips of columns.
 */
export function planForTarget(
  graph: Graph,
  stepsOf: StepsOf,
  planning: PlanningOptions,
  { target, ramBytes, memoryBudgets, mayDivide }: TargetLimits,
): PlannedSchedule {
  const steps = stepsOf(graph);
  const limited = { ...planning, ...(ramBytes === undefined ? {} : { ramBytes }) };
  if (memoryBudgets.length > 0) {
    const memories = memoriesOfBudgets(target, memoryBudgets);
    const planWith = (portsAnywhere: boolean) =>
      planInBestOrder(graph, steps, { ...limited, memories: { memories, portsAnywhere } });
    const planned = planWith(false);
    const mayHelp = excessBytes(planned.plan, ramBytes) > 0 && memories.some(({ dma }) => !dma);
    return mayHelp ? fitting(planned, () => planWith(true), ramBytes) : planned;
  }
  const planned = planInTiles(planInBestOrder(graph, steps, limited), limited, stepsOf);
  const [largest, ...others] = contiguousRegions(target, 'ram');
  if (!mayDivide || others.length === 0 || planned.plan.sizeBytes <= largest!.sizeBytes) {
    return planned;
  }
  const memories = memoriesOfTarget(target);
  const divided = (portsAnywhere: boolean): PlannedSchedule => ({
    ...planned,
    plan: planInMemories(planned.program, memories, { alignmentBytes: planning.alignmentBytes, portsAnywhere }),
  });
  const found = fitting(divided(false), () => divided(true), ramBytes);
  return excessBytes(found.plan, ramBytes) === 0 ? found : planned;
}

/** The first if it fits, else the second if that takes less beyond what there is. */
function fitting(first: PlannedSchedule, second: () => PlannedSchedule, ramBytes?: number): PlannedSchedule {
  const excess = excessBytes(first.plan, ramBytes);
  if (excess === 0) {
    return first;
  }
  const other = second();
  return excessBytes(other.plan, ramBytes) < excess ? other : first;
}
