/** Decides which steps advance together, so that the arena gets small without costing more than it may. */
import { type Program, programOf, type Segment, type Step } from '../schedule/index.ts';
import type { ArenaMemory } from './arena-memories.ts';
import { excessBytes, planInMemories } from './plan-in-memories.ts';
import { type ArenaOptions, type ArenaPlan, planArena } from './plan-program.ts';
import { type OptionContext, type ScheduleOption, scheduleOptions } from './schedule-options.ts';
import { withSharedRings } from './share-rings.ts';

/** How much the schedule may cost, and what is enough. */
export interface ScheduleGoal {
  /** Instructions, as a factor of those of the fastest schedule. */
  readonly slowdown: number;
  /** What may be spent beyond: a factor of the instructions of the schedule that `slowdown` leads to. */
  readonly further?: number;
  /** The fastest schedule whose arena is at most this large; without it, the smallest arena. */
  readonly ramBytes?: number;
  /** The fastest schedule whose arena fits these memories. */
  readonly memories?: MemoryLimits;
}

/** Memories that an arena is to be laid into. */
export interface MemoryLimits {
  /** In the order of their waits. */
  readonly memories: readonly ArenaMemory[];
  /** Inputs and outputs may lie where DMA does not reach them. */
  readonly portsAnywhere: boolean;
}

/** A schedule with its plan. */
export interface PlannedSchedule {
  readonly program: Program;
  readonly plan: ArenaPlan;
  /** Modelled. */
  readonly instructions: number;
}

/** A way through all steps: RAM that its parts take, planned each for itself, and modelled instructions. */
interface Route {
  readonly peakBytes: number;
  readonly instructions: number;
  readonly options: readonly ScheduleOption[];
}

/** Routes whose arenas are planned as a whole, the smallest first. */
const finalists = 5;

/** The schedule that the goal asks for. */
export function chooseSchedule(context: OptionContext, goal: ScheduleGoal, arena: ArenaOptions): PlannedSchedule {
  const front = routesOf(context);
  const fastest = front.next().value!;
  const routes = [fastest];
  const plan = (route: Route) => planRoute(context, route, arena, goal.memories);
  if (isLimited(goal)) {
    let best = plan(fastest);
    for (const route of front) {
      if (excessBytes(best.plan, goal.ramBytes) === 0) {
        return best;
      }
      const next = plan(route);
      best = excessBytes(next.plan, goal.ramBytes) < excessBytes(best.plan, goal.ramBytes) ? next : best;
    }
    return best;
  }
  const takeUpTo = (instructions: number) => {
    while (routes.at(-1)!.instructions <= instructions) {
      const { value } = front.next();
      if (value === undefined) {
        break;
      }
      routes.push(value);
    }
    const affordable = routes.filter((route) => route.instructions <= instructions);
    return affordable.slice(-finalists).map(plan).reduce(smaller);
  };
  const found = takeUpTo(fastest.instructions * goal.slowdown);
  return goal.further === undefined ? found : smaller(found, takeUpTo(found.instructions * goal.further));
}

/** True if what counts is that the arena fits, and then speed. */
export function isLimited({ ramBytes, memories }: Pick<ScheduleGoal, 'ramBytes' | 'memories'>): boolean {
  return ramBytes !== undefined || memories !== undefined;
}

/** Of two schedules the one with the smaller arena; the first where they are equal. */
function smaller(one: PlannedSchedule, other: PlannedSchedule): PlannedSchedule {
  return other.plan.sizeBytes < one.plan.sizeBytes ? other : one;
}

/** What `chooseSchedule` gives for the budgets from the largest on: schedules from the fastest to the one with the smallest arena. */
export function scheduleFront(context: OptionContext, arena: ArenaOptions): readonly PlannedSchedule[] {
  const front: PlannedSchedule[] = [];
  for (const route of routesOf(context)) {
    const planned = planRoute(context, route, arena);
    if (front.length === 0 || planned.plan.sizeBytes < front.at(-1)!.plan.sizeBytes) {
      front.push(planned);
    }
  }
  return front;
}

function planRoute(
  context: OptionContext,
  { options, instructions }: Route,
  arena: ArenaOptions,
  limits?: MemoryLimits,
): PlannedSchedule {
  const steps: readonly Step[] = options.flatMap((option) => option.steps);
  const segments: readonly Segment[] = options.map((option) => option.segment);
  const program = withSharedRings(programOf(context.graph, steps, segments, context.sources, context.outside));
  const plan =
    limits === undefined
      ? planArena(program, arena)
      : planInMemories(program, limits.memories, { ...arena, portsAnywhere: limits.portsAnywhere });
  return { program, plan, instructions };
}

/**
 * Routes from the fastest on, each with a lower peak than the one before, and the fastest of those. Parts are only planned once
 * they are on a route: until then they count with what they need at least.
 */
function* routesOf(context: OptionContext): Generator<Route, undefined> {
  const options = scheduleOptions(context);
  const planned = new Map<ScheduleOption, number>();
  const peakOf = (option: ScheduleOption) => planned.get(option) ?? option.leastBytes;
  const ending = context.steps.map((_, step) => options.filter(({ end }) => end === step + 1));
  for (let limit = Number.POSITIVE_INFINITY; ; ) {
    const route = fastestBelow(limit, ending, peakOf);
    if (route === null) {
      return;
    }
    const unknown = route.options.filter((option) => !planned.has(option));
    for (const option of unknown) {
      planned.set(option, option.plannedBytes());
    }
    const peakBytes = Math.max(0, ...route.options.map(peakOf));
    if (peakBytes < limit) {
      yield { ...route, peakBytes };
      limit = peakBytes;
    }
  }
}

/** The fastest route of which every option needs less than `limit`; null if there is none. */
function fastestBelow(
  limit: number,
  ending: readonly (readonly ScheduleOption[])[],
  peakOf: (option: ScheduleOption) => number,
): Omit<Route, 'peakBytes'> | null {
  const best: ({ readonly instructions: number; readonly last: ScheduleOption | null } | null)[] = [
    { instructions: 0, last: null },
  ];
  for (const options of ending) {
    let found: { readonly instructions: number; readonly last: ScheduleOption } | null = null;
    for (const option of options) {
      const before = peakOf(option) < limit ? best[option.first]! : null;
      if (before !== null) {
        const instructions = before.instructions + option.instructions;
        if (found === null || instructions < found.instructions) {
          found = { instructions, last: option };
        }
      }
    }
    best.push(found);
  }
  const total = best.at(-1);
  if (total === null || total === undefined) {
    return null;
  }
  const chosen: ScheduleOption[] = [];
  for (let at = best.length - 1; at > 0; ) {
    const { last } = best[at]!;
    chosen.unshift(last!);
    at = last!.first;
  }
  return { instructions: total.instructions, options: chosen };
}
