import { fail } from '../diagnostics/index.ts';
import { type Graph, tensorOf } from '../ir/index.ts';
import type { LoweringOptions } from '../ops/index.ts';
import {
  bytePriceOf,
  codeGoalOf,
  type Objective,
  orderNodes,
  type Step,
  sourceOf,
  viewsOf,
} from '../schedule/index.ts';
import {
  chooseSchedule,
  isLimited,
  type MemoryLimits,
  type PlannedSchedule,
  type ScheduleGoal,
  scheduleFront,
} from './choose-schedule.ts';
import { excessBytes } from './plan-in-memories.ts';
import { byRows, canStream, type OptionContext } from './schedule-options.ts';
import { streamedInput } from './streamed-input.ts';

/** What decides between schedules. */
export interface PlanningOptions {
  readonly objective: Objective;
  /** Instructions that a byte of flash is worth, if not what the objective says. */
  readonly bytePrice?: number;
  readonly lowering: LoweringOptions;
  /** Takes the fastest schedule whose arena is at most this large. */
  readonly ramBytes?: number;
  /** Lays the arena into these memories, and takes the fastest schedule that fits them. */
  readonly memories?: MemoryLimits;
  /** The rows of the input come one after another: it never stands in the arena as a whole. */
  readonly streamInput?: boolean;
  /** The arena starts at a multiple of this. */
  readonly alignmentBytes: number;
  /** Inputs and outputs lie in memory of the caller, not in the arena. */
  readonly callerPorts?: boolean;
}

/** Instructions that may be spent on a smaller arena, as a factor of those of the fastest schedule. */
const slowdowns: Readonly<Record<Objective, number>> = { speed: 1, balanced: 1.02, size: 1.02, ram: 1.02 };

/** What `ram` may spend beyond: a factor of the instructions that `balanced` takes. */
const furtherSlowdown = 1.04;

/** The most that `ram` may spend, as a factor of the instructions of the fastest schedule. */
export const mostSlowdown = slowdowns.ram * furtherSlowdown;

/** Instructions that `ram` may spend on the graph. */
export function allowedInstructions(graph: Graph, steps: readonly Step[], options: PlanningOptions): number {
  return planInBestOrder(graph, steps, { ...options, objective: 'balanced' }).instructions * furtherSlowdown;
}

/**
 * The schedule and arena that the objective asks for, of the orders of the nodes that are tried: the file's, and the one in
 * which the fewest bytes are live at one time. The second is taken only if it serves the objective better, with alignment,
 * scratch, overlaps and rings: it needs less RAM, or is faster where both fit.
 */
export function planInBestOrder(graph: Graph, steps: readonly Step[], options: PlanningOptions): PlannedSchedule {
  const goal: ScheduleGoal = {
    slowdown: slowdowns[options.objective],
    ...(options.objective === 'ram' ? { further: furtherSlowdown } : {}),
    ...(options.ramBytes === undefined ? {} : { ramBytes: options.ramBytes }),
    ...(options.memories === undefined ? {} : { memories: options.memories }),
  };
  const [inFile, inOrder] = contextsOf(graph, steps, options).map((context) =>
    chooseSchedule(context, goal, { alignmentBytes: options.alignmentBytes }),
  );
  return inOrder !== undefined && serves(inOrder, inFile!, goal) ? inOrder : inFile!;
}

/** The orders that are tried, that of the file first: one at least. */
function contextsOf(graph: Graph, steps: readonly Step[], options: PlanningOptions): readonly OptionContext[] {
  const ordered = orderNodes(graph).graph;
  const contexts = [
    contextOf(graph, steps, options),
    ...(ordered === graph ? [] : [contextOf(ordered, inOrderOf(ordered, steps), options)]),
  ];
  const possible = contexts.filter(canStream);
  if (possible.length === 0) {
    fail('input-not-streamable', {
      where: `model ${graph.name}`,
      found:
        'layers up to the last one at the input whose images do not scale in step, or that take an image as a whole',
      requires: 'layers that go through the input together, row by row',
    });
  }
  return possible;
}

/** What `planInBestOrder` gives for every budget of RAM that makes a difference, from the largest on. */
export function planFront(graph: Graph, steps: readonly Step[], wished: PlanningOptions): readonly PlannedSchedule[] {
  const options = { ...wished, ramBytes: Number.POSITIVE_INFINITY };
  const arena = { alignmentBytes: options.alignmentBytes };
  const [inFile, inOrder] = contextsOf(graph, steps, options).map((context) => scheduleFront(context, arena)) as [
    readonly PlannedSchedule[],
    (readonly PlannedSchedule[])?,
  ];
  if (inOrder === undefined) {
    return inFile;
  }
  const budgets = [...new Set([...inFile, ...inOrder].map(({ plan }) => plan.sizeBytes))].sort((a, b) => b - a);
  const within = (front: readonly PlannedSchedule[], ramBytes: number) =>
    front.find(({ plan }) => plan.sizeBytes <= ramBytes) ?? front.at(-1)!;
  const chosen = budgets.map((ramBytes) => {
    const [one, other] = [within(inOrder, ramBytes), within(inFile, ramBytes)];
    return serves(one, other, { slowdown: 1, ramBytes }) ? one : other;
  });
  return [...new Set(chosen)];
}

function inOrderOf(ordered: Graph, steps: readonly Step[]): readonly Step[] {
  const stepOf = new Map(steps.map((step) => [step.node, step]));
  return ordered.nodes.flatMap((node) => stepOf.get(node) ?? []);
}

/** True if the first is better: of two that fit what there is the faster one, else the smaller one. */
function serves(one: PlannedSchedule, other: PlannedSchedule, goal: ScheduleGoal): boolean {
  if (!isLimited(goal)) {
    return one.plan.sizeBytes < other.plan.sizeBytes;
  }
  const [a, b] = [one, other].map(({ plan }) => excessBytes(plan, goal.ramBytes)) as [number, number];
  return a === 0 && b === 0 ? one.instructions < other.instructions : a < b;
}

/** What the search for schedules knows of a graph. */
export function contextOf(graph: Graph, steps: readonly Step[], options: PlanningOptions): OptionContext {
  const views = viewsOf(graph);
  const ports = options.callerPorts === true ? [...graph.inputs, ...graph.outputs] : [];
  return {
    graph,
    steps,
    views,
    outside: new Set(ports.filter((id) => tensorOf(graph, id).kind === 'computed').map((id) => sourceOf(views, id))),
    lowering: options.lowering,
    instructionsPerByte: bytePriceOf(options),
    goal: codeGoalOf(options.objective),
    mayGoTogether: options.objective !== 'size' || isLimited(options),
    streamed: options.streamInput === true ? streamedInput(graph, byRows(steps, options.lowering), views) : null,
  };
}
