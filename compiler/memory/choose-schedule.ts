/** Decides which steps advance together, so that the arena gets small without costing more than it may. */
import { type Program, programOf, type Segment, type Step } from '../schedule/index.ts';
import type { ArenaMemory } from './arena-memories.ts';
import { excessBytes, planInMemories } from './plan-in-memories.ts';
import { type ArenaOptions, type ArenaPlan, planArenaWithin } from './plan-program.ts';
import { type OptionContext, type ScheduleOption, scheduleOptions } from './schedule-options.ts';
import { withSharedRings } from './share-rings.ts';

/** How much the schedule may cost, and what is enough. */
export interface ScheduleGoal {
  /** Instructions, as a factor of those of the fastest schedule. */
  readonly slowdown: number;
  /** What may be spent beyond: a factor of the instructions of the schedule that `slowdown` leads to. */
  readonly further?: number;
  /** Instructions that may be spent, in place of `slowdown`; the fastest schedule is taken even if it needs more. */
  readonly instructions?: number;
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
  /** Layers that are computed in strips of columns, one strip after another; null if there are none. */
  readonly tiling: TiledLayers | null;
}

/** Layers in strips of columns. */
export interface TiledLayers {
  /** Names, in order. */
  readonly layers: readonly string[];
  readonly tiles: number;
}

/** A way through all steps: RAM that its parts take, planned each for itself, and modelled instructions. */
interface Route {
  readonly peakBytes: number;
  readonly instructions: number;
  readonly options: readonly ScheduleOption[];
}

/** Routes whose arenas are planned as a whole, the smallest first. */
const finalists = 5;

/** Plans that are made to find one for a budget, where a search among many graphs makes them. */
const mostTries = 6;

/** The schedule that the goal asks for. */
export function chooseSchedule(context: OptionContext, goal: ScheduleGoal, arena: ArenaOptions): PlannedSchedule {
  const front = routesOf(context);
  if (goal.memories !== undefined) {
    return fastestInMemories(context, front, goal.memories, goal.ramBytes, arena);
  }
  const fastest = front.next().value!;
  if (goal.ramBytes !== undefined) {
    let best = planRoute(context, fastest, arena)!;
    for (const route of front) {
      if (best.plan.sizeBytes <= goal.ramBytes) {
        return best;
      }
      best = planRoute(context, route, arena, best.plan.sizeBytes - 1) ?? best;
    }
    return best;
  }
  const routes = [fastest];
  const takeUpTo = (instructions: number, found: PlannedSchedule | null) => {
    while (routes.at(-1)!.instructions <= instructions) {
      const { value } = front.next();
      if (value === undefined) {
        break;
      }
      routes.push(value);
    }
    const affordable = routes.filter((route) => route === fastest || route.instructions <= instructions);
    return affordable.slice(-finalists).reduceRight((best: PlannedSchedule | null, route) => {
      // of arenas of the same size the one of the faster schedule
      const most =
        best === null
          ? Number.POSITIVE_INFINITY
          : best.plan.sizeBytes - (best.instructions < route.instructions ? 1 : 0);
      return planRoute(context, route, arena, most) ?? best;
    }, found)!;
  };
  const found = takeUpTo(goal.instructions ?? fastest.instructions * goal.slowdown, null);
  return goal.further === undefined ? found : takeUpTo(found.instructions * goal.further, found);
}

/** True if what counts is that the arena fits, and then speed. */
export function isLimited({ ramBytes, memories }: Pick<ScheduleGoal, 'ramBytes' | 'memories'>): boolean {
  return ramBytes !== undefined || memories !== undefined;
}

/** The first of the routes that fits the memories, else the one that takes least beyond what they have. */
function fastestInMemories(
  context: OptionContext,
  front: Iterable<Route>,
  { memories, portsAnywhere }: MemoryLimits,
  ramBytes: number | undefined,
  arena: ArenaOptions,
): PlannedSchedule {
  let best: PlannedSchedule | null = null;
  let leastExcess = Number.POSITIVE_INFINITY;
  for (const route of front) {
    const program = programOfRoute(context, route);
    const plan = planInMemories(program, memories, { ...arena, portsAnywhere, belowExcess: leastExcess });
    const excess = plan === null ? leastExcess : excessBytes(plan, ramBytes);
    if (plan !== null && excess < leastExcess) {
      best = { program, plan, instructions: route.instructions, tiling: null };
      leastExcess = excess;
    }
    if (leastExcess === 0) {
      break;
    }
  }
  return best!;
}

function programOfRoute(context: OptionContext, { options }: Route): Program {
  const steps: readonly Step[] = options.flatMap((option) => option.steps);
  const segments: readonly Segment[] = options.map((option) => option.segment);
  return withSharedRings(programOf(context.graph, steps, segments, context.views, context.outside));
}

/** What `chooseSchedule` gives for the budgets from the largest on: schedules from the fastest to the one with the smallest arena. */
export function scheduleFront(context: OptionContext, arena: ArenaOptions): readonly PlannedSchedule[] {
  const front: PlannedSchedule[] = [];
  for (const route of routesOf(context)) {
    const planned = planRoute(context, route, arena, (front.at(-1)?.plan.sizeBytes ?? Number.POSITIVE_INFINITY) - 1);
    if (planned !== null) {
      front.push(planned);
    }
  }
  return front;
}

/**
 * Plans for budgets of RAM, each made once: the fastest schedule that is found to fit, of those whose parts do; if none fits, the
 * smallest that was planned.
 */
export function plansWithin(context: OptionContext, arena: ArenaOptions): (ramBytes: number) => PlannedSchedule {
  const plans = new Map<Route, PlannedSchedule>();
  let routes: readonly Route[] | undefined;
  return (ramBytes) => {
    routes ??= [...routesOf(context)];
    const fitting = routes.filter(({ peakBytes }) => peakBytes <= ramBytes);
    const tried = fitting.length > 0 ? fitting : routes.slice(-1);
    return fastestThatFits(tried, ramBytes, (route) => {
      const planned = plans.get(route) ?? planRoute(context, route, arena)!;
      plans.set(route, planned);
      return planned;
    })!;
  };
}

/**
 * Of things from the fastest to the smallest the plan of the first that fits: the first and the last are tried, then it is found by
 * halving. The smallest plan that was made if none fits, null without any.
 */
export function fastestThatFits<T>(
  things: readonly T[],
  ramBytes: number,
  plan: (thing: T) => PlannedSchedule,
): PlannedSchedule | null {
  let best: PlannedSchedule | null = null;
  let [low, high] = [0, things.length - 1];
  for (
    let [tried, at] = [0, 0];
    low <= high && tried < mostTries;
    tried++, at = tried === 1 ? high : (low + high) >> 1
  ) {
    const found = plan(things[at]!);
    const fits = found.plan.sizeBytes <= ramBytes;
    best = best === null || fits || found.plan.sizeBytes < best.plan.sizeBytes ? found : best;
    [low, high] = fits ? [low, at - 1] : [at + 1, high];
  }
  return best;
}

/** The plan of a route if its arena has at most `mostBytes`. */
function planRoute(
  context: OptionContext,
  route: Route,
  arena: ArenaOptions,
  mostBytes = Number.POSITIVE_INFINITY,
): PlannedSchedule | null {
  const program = programOfRoute(context, route);
  const plan = planArenaWithin(program, arena, mostBytes);
  return plan === null || plan.sizeBytes > mostBytes
    ? null
    : { program, plan, instructions: route.instructions, tiling: null };
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
