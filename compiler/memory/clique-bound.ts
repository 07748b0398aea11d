import type { IntervalSet } from './interval-set.ts';
import type { PlacementProblem } from './lay-out.ts';

/** Steps of one search for the heaviest clique. */
const mostSteps = 20_000;

/**
 * The least room for a clique: items of which no two can share a byte stand one behind the other, so they need the sum of their
 * sizes. And for a clique with one more item S, which some of the clique may overlap: where each of them starts at most `before`
 * or at least `behind` the start of S, S cuts their line in two. Those of the first kind, the last of them apart, stand before the
 * start of S and reach at most `before` and that last one's size into it; those of the second kind stand behind. So the clique needs the
 * sum of its sizes, and `behind` less that reach.
 */
export function leastRoomForCliques({ sizes, distances }: Pick<PlacementProblem, 'sizes' | 'distances'>): number {
  const all = sizes.map((_, i) => i).sort((a, b) => sizes[b]! - sizes[a]! || a - b);
  const apart = sizes.map((a, i) => sizes.map((b, j) => i !== j && areApart(distances[i]![j]!, a, b)));
  let most = heaviestClique(sizes, apart, all, 0);
  sizes.forEach((cutBytes, cut) => {
    const gaps = all.flatMap((item) =>
      item === cut ? [] : gapFor(item, distances[cut]![item]!, cutBytes, sizes[item]!),
    );
    for (const reach of distinct(gaps.map((gap) => gap.reach))) {
      for (const behind of distinct(gaps.map((gap) => gap.behind))) {
        const spare = behind - reach;
        if (spare > 0) {
          const members = gaps.filter((gap) => gap.reach <= reach && gap.behind >= behind).map(({ item }) => item);
          most = Math.max(most, spare + heaviestClique(sizes, apart, members, most - spare));
        }
      }
    }
  });
  return most;
}

/** An item as S sees it: how far it ends behind the start of S, if it does not start `behind` bytes or more behind it. */
interface Gap {
  readonly item: number;
  readonly reach: number;
  readonly behind: number;
}

/** By the longest range of distances that are forbidden. */
function gapFor(item: number, forbidden: IntervalSet, cutBytes: number, itemBytes: number): readonly Gap[] {
  if (forbidden.length === 0) {
    return [];
  }
  const [before, behind] = forbidden.reduce((best, next) => (next[1] - next[0] > best[1] - best[0] ? next : best));
  return [{ item, reach: Math.max(0, before + itemBytes), behind: Math.min(behind, cutBytes) }];
}

function areApart(forbidden: IntervalSet, aBytes: number, bBytes: number): boolean {
  return forbidden.some(([from, to]) => from <= -bBytes && aBytes <= to);
}

function distinct(values: readonly number[]): readonly number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

/**
 * The most that the sizes of a clique among `candidates` (largest first) come to, if that is more than `enough`: exact for few
 * items, and what was found where the search is cut short.
 */
function heaviestClique(
  sizes: readonly number[],
  apart: readonly (readonly boolean[])[],
  candidates: readonly number[],
  enough: number,
): number {
  let best = enough;
  let steps = 0;
  const extend = (rest: readonly number[], sum: number): void => {
    best = Math.max(best, sum);
    let left = rest.reduce((total, item) => total + sizes[item]!, 0);
    for (let k = 0; k < rest.length && sum + left > best && steps++ < mostSteps; k++) {
      const item = rest[k]!;
      const others = rest.slice(k + 1).filter((other) => apart[item]![other]);
      extend(others, sum + sizes[item]!);
      left -= sizes[item]!;
    }
  };
  extend(candidates, 0);
  return best;
}
