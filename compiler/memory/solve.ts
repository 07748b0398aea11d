import { exactPlacement } from './exact.ts';
import { greedyPlacement } from './greedy.ts';
import { hillClimb } from './hill-climb.ts';
import { instanceOf } from './instance.ts';
import { lowerBound } from './lower-bound.ts';
import { assertWellFormed, type BufferId, heightOf, type MemoryPlan, type MemoryProblem } from './problem.ts';
import { independentGroups, sectionsOf } from './sections.ts';

/** How far the planner goes. */
export interface PlanOptions {
  /**
   * Budget: orders that the climb tries plus decisions of the exact search. The default, 30,000, is below half a second
   * for some dozens of buffers.
   */
  readonly maxIterations?: number;
  /** `smallest` (the default) goes on to the lowest height; `fits` is content with `capacityBytes`. */
  readonly goal?: 'smallest' | 'fits';
}

const defaultIterations = 30_000;
/** Most real graphs are at the bound before; where the climb stalls, the exact search does more with the time. */
const climbIterations = 300;

/**
 * Plans a memory: the lowest height found, and whether it is proven to be the lowest. Deterministic: budgets count
 * iterations. A plan above `capacityBytes` is returned as it is; whether that is an error is the caller's to say.
 * Throws on a problem that is not well formed (`assertWellFormed`).
 */
export function planMemory(problem: MemoryProblem, options: PlanOptions = {}): MemoryPlan {
  assertWellFormed(problem);
  const budget = options.maxIterations ?? defaultIterations;
  const buffers = problem.buffers.filter((buffer) => buffer.sizeBytes > 0);
  const offsets = new Map<BufferId, number>();
  for (const { id, fixedOffset } of problem.buffers) {
    offsets.set(id, fixedOffset ?? 0);
  }
  // The highest group decides, so it comes first; the others need only stay below it.
  const groups = independentGroups(sectionsOf(buffers))
    .map((group) => group.map((index) => buffers[index]!))
    .map((members) => ({ members, boundBytes: lowerBound({ buffers: members }) }))
    .sort((a, b) => b.boundBytes - a.boundBytes);
  let lowerBoundBytes = 0;
  let enoughBytes = options.goal === 'fits' ? (problem.capacityBytes ?? 0) : 0;
  let iterations = 0;
  for (const { members, boundBytes } of groups) {
    const instance = instanceOf(members);
    const { unitBytes } = instance;
    const bound = Math.ceil(boundBytes / unitBytes);
    const enough = Math.max(bound, Math.floor(enoughBytes / unitBytes));
    const climbed = hillClimb(
      instance,
      greedyPlacement(instance),
      enough,
      Math.min(climbIterations, budget - iterations),
    );
    iterations += climbed.iterations;
    const exact = exactPlacement(instance, climbed, bound, enough, budget - iterations);
    iterations += exact.iterations;
    for (const [index, { id }] of members.entries()) {
      offsets.set(id, exact.offsets[index]! * unitBytes);
    }
    lowerBoundBytes = Math.max(lowerBoundBytes, boundBytes, exact.lowerBound * unitBytes);
    enoughBytes = Math.max(enoughBytes, exact.height * unitBytes);
  }
  const heightBytes = heightOf(problem.buffers, offsets);
  return { offsets, heightBytes, lowerBoundBytes, optimal: heightBytes === lowerBoundBytes, iterations };
}
