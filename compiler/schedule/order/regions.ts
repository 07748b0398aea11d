import type { LiveModel } from './live-bytes.ts';

/** Steps `from` to `to` (exclusive) of the file's order, which some order of the graph can mix. */
export interface Region {
  readonly from: number;
  readonly to: number;
}

/**
 * The parts of the graph that have more than one order, in the file's order. Between them stand the steps that all others
 * precede or follow, as every layer of a chain: whatever the order, these run at the same time, with the same tensors live.
 * So each region's order can be chosen alone, and the highest one decides.
 */
export function regionsOf({ before, after }: Pick<LiveModel, 'before' | 'after'>): readonly Region[] {
  const count = before.length;
  // A step is reached by all earlier ones if each of those has a follower no later than it; likewise backwards.
  const latestFirstFollower = new Array<number>(count).fill(-1);
  const earliestLastPreceder = new Array<number>(count).fill(count);
  for (let i = 1; i < count; i++) {
    latestFirstFollower[i] = Math.max(latestFirstFollower[i - 1]!, after[i - 1]![0] ?? count);
  }
  for (let i = count - 2; i >= 0; i--) {
    earliestLastPreceder[i] = Math.min(earliestLastPreceder[i + 1]!, before[i + 1]!.at(-1) ?? -1);
  }
  const regions: Region[] = [];
  let from = 0;
  for (let i = 0; i <= count; i++) {
    if (i === count || (latestFirstFollower[i]! <= i && earliestLastPreceder[i]! >= i)) {
      if (i - from > 1) {
        regions.push({ from, to: i });
      }
      from = i + 1;
    }
  }
  return regions;
}
