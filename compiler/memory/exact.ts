import { type Placement, staticOrders } from './greedy.ts';
import type { Instance } from './instance.ts';
import { searchPlacement } from './search.ts';
import { skylineOf } from './skyline.ts';

/** What the exact solver found, and what it proved. */
export interface ExactResult extends Placement {
  /** No placement is lower than this, in units. */
  readonly lowerBound: number;
  /** Decisions spent. */
  readonly iterations: number;
}

/** Decisions of one attempt in the first round. */
const firstBudget = 1000;
/** Later rounds have so many times the budget of the one before. */
const growth = 4;
const maxBuffers = 2000;
const maxUnits = 2 ** 29;

/**
 * Lowers `start` until it is proven to be lowest, `enough` is reached, or the budget is spent. Heights between the bound
 * and the best are probed from below by halving, each with several orders of trying buffers: which order finds its way
 * differs from problem to problem by factors of thousands, so that every round gives each of them the same budget.
 * An instance of more than 2,000 buffers, or 2^29 units, is returned as it is.
 *
 * @param lowerBound a known bound in units
 * @param enough no placement lower than this is wanted, in units
 */
export function exactPlacement(
  instance: Instance,
  start: Placement,
  lowerBound: number,
  enough: number,
  maxIterations: number,
): ExactResult {
  let best = start;
  let bound = lowerBound;
  let iterations = 0;
  if (best.height <= enough || !isSearchable(instance)) {
    return { ...best, lowerBound: bound, iterations };
  }
  const skyline = skylineOf(instance);
  const ranks = searchRanks(instance);

  const attempt = (capacity: number, budget: number): void => {
    for (const rank of ranks) {
      const limit = Math.min(budget, maxIterations - iterations);
      const { outcome, decisions } = searchPlacement(instance, skyline, capacity, rank, limit);
      iterations += decisions;
      if (outcome === 'found') {
        const offsets = Float64Array.from(skyline.support);
        best = { offsets, height: offsets.reduce((height, at, i) => Math.max(height, at + instance.size[i]!), 0) };
        return;
      }
      if (outcome === 'impossible') {
        bound = Math.max(bound, capacity + 1);
        return;
      }
    }
  };

  for (let budget = firstBudget; iterations < maxIterations; budget *= growth) {
    let probe = Math.max(bound, enough);
    while (probe < best.height) {
      attempt(probe, budget);
      const above = Math.max(bound, probe + 1);
      probe = above + Math.floor((best.height - above) / 2);
    }
    if (best.height <= Math.max(bound, enough)) {
      break;
    }
  }
  return { ...best, lowerBound: bound, iterations };
}

/** The orders in which candidates are tried, as ranks: longest lived first, largest first, largest area first. */
function searchRanks(instance: Instance): readonly Int32Array[] {
  const { bySize, byArea, byLength } = staticOrders(instance);
  return [byLength, bySize, byArea].map((order) => {
    const rank = new Int32Array(order.length);
    for (const [position, index] of order.entries()) {
      rank[index] = position;
    }
    return rank;
  });
}

function isSearchable({ size, alignment, fixed }: Instance): boolean {
  let total = 0;
  for (let i = 0; i < size.length; i++) {
    total += size[i]! + alignment[i]! + Math.max(0, fixed[i]!);
  }
  return size.length <= maxBuffers && total < maxUnits;
}
