/** Decides whether layers are computed in strips of columns: only where rows as a whole are too large. */
import type { Graph } from '../ir/index.ts';
import { type Step, type TiledGraph, type Tiling, tileColumns } from '../schedule/index.ts';
import {
  chooseSchedule,
  fastestThatFits,
  type PlannedSchedule,
  plansWithin,
  type TiledLayers,
} from './choose-schedule.ts';
import { bytesInUse } from './placement-bound.ts';
import { allowedInstructions, contextOf, mostSlowdown, type PlanningOptions } from './plan-in-best-order.ts';
import { type OptionContext, scheduleOptions } from './schedule-options.ts';
import { bestEstimates, type TilingEstimate, tilingEstimates } from './tilings.ts';

/** Tiles multiply what has to be placed: so many orders are tried, and bounds compared where steps are few. */
const effortForTiles = { iterations: 400, effort: 1_000_000 };
const fewSteps = 48;

/** Plans are up to so much smaller than estimates: rows are handed over in place. */
const slack = 1.06;

/** Kernels for the nodes of a graph. */
export type StepsOf = (graph: Graph) => readonly Step[];

/** Tilings that are planned for the smallest arena. */
const mostPlans = 4;

/**
 * The plan, or one with some layers in strips of columns where only that does what is asked for: keeps to `ramBytes`, or with the
 * objective `ram` makes the arena smaller for as many instructions as it may cost. If nothing keeps to `ramBytes`, the smallest.
 */
export function planInTiles(whole: PlannedSchedule, options: PlanningOptions, stepsOf: StepsOf): PlannedSchedule {
  const { ramBytes, objective } = options;
  if (ramBytes === undefined ? objective !== 'ram' : whole.plan.sizeBytes <= ramBytes) {
    return whole;
  }
  const tilings = tilingsOf(whole, options, stepsOf);
  return ramBytes === undefined ? smallest(whole, tilings) : withinRam(whole, tilings, ramBytes);
}

/** What `planInTiles` gives for every budget of RAM below what the smallest plan without tiles takes, from the largest on. */
export function tiledFront(
  whole: PlannedSchedule,
  options: PlanningOptions,
  stepsOf: StepsOf,
): readonly PlannedSchedule[] {
  const tilings = tilingsOf(whole, options, stepsOf);
  const front: PlannedSchedule[] = [];
  for (let ramBytes = whole.plan.sizeBytes - 1; ramBytes > 0; ) {
    const found = withinRam(whole, tilings, ramBytes);
    const { sizeBytes } = found.plan;
    if (sizeBytes > ramBytes) {
      break;
    }
    // A budget of just what was found may lead to something else: listed is what its own size leads to.
    if (sizeBytes === ramBytes) {
      front.push(found);
    }
    ramBytes = sizeBytes === ramBytes ? sizeBytes - 1 : sizeBytes;
  }
  return front;
}

/** The fastest tiling that is found to fit; if none does, the smallest plan of those that were made, this one among them. */
function withinRam(whole: PlannedSchedule, tilings: Tilings, ramBytes: number): PlannedSchedule {
  const within = tilings.estimatesWithin(ramBytes);
  // Where nothing fits, the smallest is what can be reported.
  const estimates = within.length > 0 ? within : tilings.estimatesWithin(whole.plan.sizeBytes - 1).slice(-1);
  const found = fastestThatFits(estimates, ramBytes, ({ tiling }) => tilings.planWithin(tiling, ramBytes));
  return found !== null && found.plan.sizeBytes < whole.plan.sizeBytes ? found : whole;
}

/** The smallest arena for what `ram` may spend. */
function smallest(whole: PlannedSchedule, tilings: Tilings): PlannedSchedule {
  const estimates = tilings.estimatesWithin(whole.plan.sizeBytes - 1);
  if (estimates.length === 0) {
    return whole;
  }
  const allowed = tilings.allowedInstructions();
  return estimates
    .filter(({ furtherInstructions }) => furtherInstructions <= allowed * (1 - 1 / mostSlowdown))
    .slice(-mostPlans)
    .map(({ tiling }) => tilings.planFor(tiling, allowed))
    .filter((found) => found.instructions <= allowed)
    .reduce((best, found) => (found.plan.sizeBytes < best.plan.sizeBytes ? found : best), whole);
}

/** The tilings of a graph in the order that its plan has. */
interface Tilings {
  /** Those that are thought to take at most so much, the fastest first. */
  readonly estimatesWithin: (bytes: number) => readonly TilingEstimate[];
  readonly allowedInstructions: () => number;
  /** The smallest arena for so many instructions. */
  readonly planFor: (tiling: Tiling, instructions: number) => PlannedSchedule;
  /** The fastest schedule within so much RAM. */
  readonly planWithin: (tiling: Tiling, ramBytes: number) => PlannedSchedule;
}

function tilingsOf(whole: PlannedSchedule, options: PlanningOptions, stepsOf: StepsOf): Tilings {
  const { graph } = whole.program;
  const steps = stepsOf(graph);
  const context = contextOf(graph, steps, options);
  const contextOfTiling = (tiling: Tiling) => contextOfTiles(tileColumns(graph, tiling)!, options, stepsOf);
  const arenaFor = (tiled: OptionContext) => ({
    alignmentBytes: options.alignmentBytes,
    ...effortForTiles,
    ...(tiled.steps.length <= fewSteps ? {} : { effort: 0 }),
  });
  const isAtPeak = peakOf(whole);
  const plans = new Map<string, ReturnType<typeof plansWithin>>();
  let besides: ((tiling: Tiling) => number) | undefined;
  return {
    estimatesWithin: (bytes) => {
      const estimates = tilingEstimates(context, bytes * slack).filter(({ tiling }) => isAtPeak(tiling));
      if (estimates.length === 0) {
        return [];
      }
      besides ??= leastBesides(context);
      return bestEstimates(estimates.filter(({ tiling }) => besides!(tiling) <= bytes));
    },
    allowedInstructions: () => allowedInstructions(graph, steps, options),
    planFor: (tiling, instructions) => {
      const tiled = contextOfTiling(tiling);
      const schedule = chooseSchedule(tiled, { slowdown: 1, instructions }, arenaFor(tiled));
      return { ...schedule, tiling: layersOf(graph, tiling) };
    },
    planWithin: (tiling, ramBytes) => {
      const key = `${tiling.first} ${tiling.end} ${tiling.tiles}`;
      let within = plans.get(key);
      if (within === undefined) {
        const tiled = contextOfTiling(tiling);
        within = plansWithin(tiled, arenaFor(tiled));
        plans.set(key, within);
      }
      return { ...within(ramBytes), tiling: layersOf(graph, tiling) };
    },
  };
}

function layersOf(graph: Graph, { first, end, tiles }: Tiling): TiledLayers {
  return { layers: graph.nodes.slice(first, end).map(({ name }) => name), tiles };
}

/** The context of a tiled graph: a tile goes together with nothing else. */
function contextOfTiles({ graph, tileOf }: TiledGraph, options: PlanningOptions, stepsOf: StepsOf): OptionContext {
  const steps = stepsOf(graph);
  const beginnings = new Set<number>();
  steps.forEach(({ node }, index) => {
    if (index > 0 && tileOf.get(node) !== tileOf.get(steps[index - 1]!.node)) {
      beginnings.add(index);
    }
  });
  return { ...contextOf(graph, steps, options), beginnings };
}

/** True of tilings with a layer that runs while the plan has most bytes in use: others leave it as high as it is. */
function peakOf({ program }: PlannedSchedule): (tiling: Tiling) => boolean {
  const bytes = bytesInUse(program);
  const most = bytes.reduce((a, b) => Math.max(a, b), 0);
  const steps = program.calls.flatMap(({ step }, call) =>
    Math.max(bytes[2 * call + 1]!, bytes[2 * call + 2]!) === most ? [step] : [],
  );
  const together = program.segments.filter(({ first, end }) => steps.some((step) => step >= first && step < end));
  const nodes = together.flatMap(({ first, end }) =>
    program.steps.slice(first, end).map(({ node }) => program.graph.nodes.indexOf(node)),
  );
  return ({ first, end }) => nodes.some((node) => node >= first && node < end);
}

/** What the layers in front of a tiling and those behind it need at least, however they are scheduled. */
function leastBesides(context: OptionContext): (tiling: Tiling) => number {
  const options = scheduleOptions(context);
  const count = context.steps.length;
  const before = new Array<number>(count + 1).fill(Number.POSITIVE_INFINITY);
  const behind = new Array<number>(count + 1).fill(Number.POSITIVE_INFINITY);
  before[0] = 0;
  behind[count] = 0;
  for (const { first, end, leastBytes } of [...options].sort((a, b) => a.end - b.end)) {
    before[end] = Math.min(before[end]!, Math.max(before[first]!, leastBytes));
  }
  for (const { first, end, leastBytes } of [...options].sort((a, b) => b.first - a.first)) {
    behind[first] = Math.min(behind[first]!, Math.max(behind[end]!, leastBytes));
  }
  const nodes = context.steps.map(({ node }) => context.graph.nodes.indexOf(node));
  const stepAt = (node: number) => nodes.filter((index) => index < node).length;
  return ({ first, end }) => Math.max(before[stepAt(first)]!, behind[stepAt(end)]!);
}
