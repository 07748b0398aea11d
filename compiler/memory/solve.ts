import { greedyPlacement } from './greedy.ts';
import { hillClimb } from './hill-climb.ts';
import { instanceOf } from './instance.ts';
import { lowerBound } from './lower-bound.ts';
import { assertWellFormed, type BufferId, heightOf, type MemoryPlan, type MemoryProblem } from './problem.ts';
import { independentGroups, sectionsOf } from './sections.ts';

/** How far the planner goes. */
export interface PlanOptions {
  /** Buffer placements that may be spent, at least one pass of the greedy; default 400,000 (below half a second). */
  readonly maxIterations?: number;
}

/**
 * Plans a memory: the lowest height found, and whether it is proven to be the lowest. Deterministic: the budget counts
 * placements. A plan above `capacityBytes` is returned as it is; whether that is an error is the caller's to say.
 * Throws on two fixed buffers that collide.
 */
export function planMemory(problem: MemoryProblem, options: PlanOptions = {}): MemoryPlan {
  assertWellFormed(problem);
  const budget = options.maxIterations ?? 400_000;
  const offsets = new Map<BufferId, number>();
  for (const { id, sizeBytes, fixedOffset } of problem.buffers) {
    if (sizeBytes === 0) {
      offsets.set(id, fixedOffset ?? 0);
    }
  }
  const buffers = problem.buffers.filter((buffer) => buffer.sizeBytes > 0);
  const lowerBoundBytes = lowerBound(problem);
  let iterations = 0;
  for (const group of independentGroups(sectionsOf(buffers))) {
    const members = group.map((index) => buffers[index]!);
    const instance = instanceOf(members);
    const greedy = greedyPlacement(instance);
    const target = Math.ceil(lowerBoundBytes / instance.unitBytes);
    const climbed = hillClimb(instance, greedy, target, budget - iterations);
    iterations += climbed.placements;
    for (const [index, buffer] of members.entries()) {
      offsets.set(buffer.id, climbed.offsets[index]! * instance.unitBytes);
    }
  }
  const heightBytes = heightOf(problem.buffers, offsets);
  return { offsets, heightBytes, lowerBoundBytes, optimal: heightBytes === lowerBoundBytes, iterations };
}
