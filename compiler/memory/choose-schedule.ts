/** Decides which steps advance together, so that the arena gets small without costing more than it may. */
import { type Program, programOf, type Segment, type Step } from '../schedule/index.ts';
import { type ArenaOptions, type ArenaPlan, planArena } from './plan-program.ts';
import { type OptionContext, type ScheduleOption, scheduleOptions } from './schedule-options.ts';
import { withSharedRings } from './share-rings.ts';

/** How much the schedule may cost, and what is enough. */
export interface ScheduleGoal {
  /** Instructions, as a factor of the fastest schedule. */
  readonly slowdown: number;
  /** The fastest schedule whose arena is at most this large; without it, the smallest arena. */
  readonly ramBytes?: number;
}

/** A schedule with its plan. */
export interface PlannedSchedule {
  readonly program: Program;
  readonly plan: ArenaPlan;
  /** Modelled. */
  readonly instructions: number;
}

/** A way through all steps: RAM that it takes at least, and modelled instructions. */
interface Route {
  readonly peakBytes: number;
  readonly instructions: number;
  readonly options: readonly ScheduleOption[];
}

/** Routes whose arenas are planned for real, and how many of them with all effort. */
const plannedRoutes = 10;
const finalists = 3;
/** Orders that are tried for those that are no finalists. */
const firstIterations = 150;

/** The schedule that the goal asks for. */
export function chooseSchedule(context: OptionContext, goal: ScheduleGoal, arena: ArenaOptions): PlannedSchedule {
  const front = routesOf(context);
  const fastest = front.at(-1)!;
  const plan = (route: Route) => planRoute(context, route, arena);
  if (goal.ramBytes !== undefined) {
    const { ramBytes } = goal;
    const planned = [...front].reverse().filter(({ peakBytes }) => peakBytes <= ramBytes);
    let best: PlannedSchedule | null = null;
    for (const route of planned.slice(0, 2 * plannedRoutes)) {
      const next = plan(route);
      if (next.plan.sizeBytes <= ramBytes) {
        return next;
      }
      best = best === null || next.plan.sizeBytes < best.plan.sizeBytes ? next : best;
    }
    return best ?? plan(front[0]!);
  }
  const affordable = front.filter(({ instructions }) => instructions <= fastest.instructions * goal.slowdown);
  return affordable
    .slice(0, plannedRoutes)
    .map((route) => ({ route, ...planRoute(context, route, { ...arena, iterations: firstIterations }) }))
    .sort((a, b) => a.plan.sizeBytes - b.plan.sizeBytes)
    .slice(0, finalists)
    .map(({ route }) => plan(route))
    .reduce((best, next) => (next.plan.sizeBytes < best.plan.sizeBytes ? next : best));
}

/** Schedules from the smallest to the fastest, none better than another in both RAM and instructions, planned. */
export function scheduleFront(context: OptionContext, arena: ArenaOptions): readonly PlannedSchedule[] {
  const planned = routesOf(context).map((route) => planRoute(context, route, arena));
  return planned.filter(
    (one) =>
      !planned.some(
        (other) =>
          other !== one &&
          other.plan.sizeBytes <= one.plan.sizeBytes &&
          other.instructions <= one.instructions &&
          (other.plan.sizeBytes < one.plan.sizeBytes || other.instructions < one.instructions),
      ),
  );
}

function planRoute(context: OptionContext, { options, instructions }: Route, arena: ArenaOptions): PlannedSchedule {
  const steps: readonly Step[] = options.flatMap((option) => option.steps);
  const segments: readonly Segment[] = options.map((option) => option.segment);
  const program = withSharedRings(programOf(context.graph, steps, segments, context.sources));
  return { program, plan: planArena(program, arena), instructions };
}

/** For every peak that some option has, the fastest route below it: from the smallest to the fastest. */
function routesOf(context: OptionContext): readonly Route[] {
  const options = scheduleOptions(context);
  const peaks = [...new Set(options.map(({ peakBytes }) => peakBytes))].sort((a, b) => a - b);
  const ending = context.steps.map((_, step) =>
    options.filter(({ end }) => end === step + 1).sort((a, b) => a.instructions - b.instructions),
  );
  const routes: Route[] = [];
  let fewest = Number.POSITIVE_INFINITY;
  for (const peakBytes of peaks) {
    const route = fastestBelow(peakBytes, ending);
    if (route !== null && route.instructions < fewest) {
      fewest = route.instructions;
      routes.push(route);
    }
  }
  return routes;
}

/** The route with the fewest instructions of which no option needs more than `peakBytes`; null if there is none. */
function fastestBelow(peakBytes: number, ending: readonly (readonly ScheduleOption[])[]): Route | null {
  const best: ({ readonly instructions: number; readonly last: ScheduleOption | null } | null)[] = [
    { instructions: 0, last: null },
  ];
  for (const options of ending) {
    let found: { readonly instructions: number; readonly last: ScheduleOption } | null = null;
    for (const option of options) {
      const before = option.peakBytes <= peakBytes ? best[option.first]! : null;
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
  return { peakBytes, instructions: total.instructions, options: chosen };
}
