import type { IntervalSet } from './interval-set.ts';
import type { PlacementProblem } from './lay-out.ts';

/** An item that needs no search: it stands `distanceBytes` behind the start of another one. */
export interface Follower {
  readonly item: number;
  readonly leader: number;
  readonly distanceBytes: number;
}

/**
 * Splits items into those that decide the height and those that can always stand within another one: with the same start or the
 * same end they are allowed beside it, and what is forbidden to them is forbidden to it as well. A placement of the first, and the
 * last follower first, gives one of all that is as low.
 */
export function essentialItems(problem: PlacementProblem): {
  readonly items: readonly number[];
  readonly followers: readonly Follower[];
} {
  let items = problem.sizes.map((_, i) => i);
  const followers: Follower[] = [];
  for (;;) {
    const next = followerAmong(problem, items);
    if (next === null) {
      return { items, followers };
    }
    followers.push(next);
    items = items.filter((item) => item !== next.item);
  }
}

/** Starts of all items from those of the essential ones. */
export function withFollowers(
  starts: ReadonlyMap<number, number>,
  followers: readonly Follower[],
): Map<number, number> {
  const all = new Map(starts);
  for (const { item, leader, distanceBytes } of followers.toReversed()) {
    all.set(item, all.get(leader)! + distanceBytes);
  }
  return all;
}

function followerAmong({ sizes, alignments, distances }: PlacementProblem, items: readonly number[]): Follower | null {
  for (const item of items) {
    for (const leader of items) {
      const spare = sizes[leader]! - sizes[item]!;
      if (item === leader || spare < 0 || alignments[leader]! % alignments[item]! !== 0) {
        continue;
      }
      for (const distanceBytes of spare % alignments[item]! === 0 ? [0, spare] : [0]) {
        const isAllowed = !distances[leader]![item]!.some(([from, to]) => from < distanceBytes && distanceBytes < to);
        const isFree = (other: number) =>
          other === item ||
          other === leader ||
          isWithin(distances[item]![other]!, distances[leader]![other]!, distanceBytes);
        if (isAllowed && items.every(isFree)) {
          return { item, leader, distanceBytes };
        }
      }
    }
  }
  return null;
}

/** True if every interval of `inner`, moved by `distance`, lies in one of `outer`. */
function isWithin(inner: IntervalSet, outer: IntervalSet, distance: number): boolean {
  return inner.every(([from, to]) => outer.some(([low, high]) => low <= from + distance && to + distance <= high));
}
