/**
 * Whether items fit below a height: exact, alignment included. Every two items have allowed ranges of distances, those between
 * their forbidden ones. The search halves these ranges pair by pair, at a forbidden interval, until every pair has one range left. What
 * then is known is a system of differences, `start of j - start of i <= most[i][j]`. Closed under `most[i][k] + most[k][j]`, with every
 * bound rounded to a multiple of what both starts are multiples of, it has a solution unless some `most[i][j] + most[j][i]` is
 * negative: the least starts, `-most[i][floor]`. The floor counts as an item that starts at 0. As both halves of a range are
 * searched, and closing and rounding only drop what no placement has, nothing is missed.
 */
import type { PlacementProblem } from './lay-out.ts';
import { greatestCommonDivisor } from './problem.ts';

/** What is known of items and a height. */
export type RoomAnswer =
  | { readonly outcome: 'fits' /** In the order of the items. */; readonly starts: readonly number[] }
  | { readonly outcome: 'impossible' }
  /** The work ran out. */
  | { readonly outcome: 'unknown' };

/** Work that a search may take: bounds that are compared. Counts down; the same in every run. */
export interface Work {
  left: number;
}

/** Answers for one height after the other. */
export interface RoomSearch {
  (heightBytes: number): RoomAnswer;
  /** By item, in their order: in how many dead ends so far the item was one of the two that closed it. */
  blame(): readonly number[];
}

/** Weights of pairs grow by this with every dead end that they close: later searches decide them early. */
const deadEndWeight = 1;

/** The search as a function of the height; it learns from one height for the next which pairs matter. */
export function searchOf(
  { sizes, alignments, distances }: PlacementProblem,
  members: readonly number[],
  work: Work,
): RoomSearch {
  const n = members.length;
  const floor = n;
  const width = n + 1;
  const unit = new Float64Array(width * width).fill(1);
  /** Of the pair i < j at `i * width + j`: allowed ranges as [low, high] one after another; null if all is allowed. */
  const ranges: (Float64Array | null)[] = new Array(width * width).fill(null);
  const pairs: number[] = [];
  const weight = new Float64Array(width * width).fill(1);
  members.forEach((a, i) => {
    unit[i * width + floor] = unit[floor * width + i] = alignments[a]!;
    for (let j = i + 1; j < n; j++) {
      const b = members[j]!;
      const step = greatestCommonDivisor(alignments[a]!, alignments[b]!);
      unit[i * width + j] = unit[j * width + i] = step;
      if (distances[a]![b]!.length > 0) {
        ranges[i * width + j] = allowedRanges(distances[a]![b]!, step);
        pairs.push(i * width + j);
      }
    }
  });

  const most = new Float64Array(width * width);
  const trailAt: number[] = [];
  const trailValue: number[] = [];
  const queue: number[] = [];
  const isQueued = new Uint8Array(width * width);

  /** Lowers one bound; false if that leaves nothing. */
  const lower = (i: number, j: number, value: number): boolean => {
    const at = i * width + j;
    const step = unit[at]!;
    const rounded = step === 1 ? value : Math.floor(value / step) * step;
    if (rounded >= most[at]!) {
      return true;
    }
    trailAt.push(at);
    trailValue.push(most[at]!);
    most[at] = rounded;
    if (isQueued[at] === 0) {
      isQueued[at] = 1;
      queue.push(at);
    }
    return rounded + most[j * width + i]! >= 0;
  };

  /** Keeps of the pair's bounds what lies within its allowed ranges. */
  const tighten = (i: number, j: number): boolean => {
    const list = ranges[i * width + j];
    if (list === null || list === undefined) {
      return true;
    }
    const [low, high] = [-most[j * width + i]!, most[i * width + j]!];
    let first = 0;
    while (first < list.length && list[first + 1]! < low) {
      first += 2;
    }
    let last = list.length - 2;
    while (last >= first && list[last]! > high) {
      last -= 2;
    }
    return first <= last && lower(i, j, Math.min(high, list[last + 1]!)) && lower(j, i, -Math.max(low, list[first]!));
  };

  /** First in, first out: bounds that are about to be lowered once more wait for it. */
  const close = (): boolean => {
    for (let next = 0; next < queue.length; next++) {
      const at = queue[next]!;
      isQueued[at] = 0;
      const i = Math.floor(at / width);
      const j = at - i * width;
      const [a, b] = i < j ? [i, j] : [j, i];
      if (!tighten(a, b)) {
        weight[a * width + b]! += deadEndWeight;
        return false;
      }
      const bound = most[at]!;
      work.left -= width;
      for (let k = 0; k < width; k++) {
        if (k !== i && k !== j) {
          const fromK = most[k * width + i]! + bound;
          if (fromK < most[k * width + j]! && !lower(k, j, fromK)) {
            weight[Math.min(k, j) * width + Math.max(k, j)]! += deadEndWeight;
            return false;
          }
          const toK = bound + most[j * width + k]!;
          if (toK < most[i * width + k]! && !lower(i, k, toK)) {
            weight[Math.min(k, i) * width + Math.max(k, i)]! += deadEndWeight;
            return false;
          }
        }
      }
    }
    queue.length = 0;
    return true;
  };

  const dropQueue = () => {
    for (const at of queue) {
      isQueued[at] = 0;
    }
    queue.length = 0;
  };

  const undoTo = (mark: number) => {
    while (trailAt.length > mark) {
      most[trailAt.pop()!] = trailValue.pop()!;
    }
  };

  /** Where the pair splits best: the two bounds on either side of a forbidden interval. */
  let below = 0;
  let above = 0;
  const chooseSplit = (): number => {
    let [best, bestKey] = [-1, Number.POSITIVE_INFINITY];
    work.left -= pairs.length;
    for (const at of pairs) {
      const i = Math.floor(at / width);
      const j = at - i * width;
      const list = ranges[at]!;
      const [low, high] = [-most[j * width + i]!, most[at]!];
      for (let k = 0; k + 2 < list.length; k += 2) {
        const [left, right] = [list[k + 1]!, list[k + 2]!];
        if (left >= low && right <= high) {
          const [ones, others] = [left - low, high - right];
          const key = (ones + others + 1) / (right - left) / weight[at]!;
          if (key < bestKey) {
            [best, bestKey] = [at, key];
            below = left;
            above = right;
          }
        }
      }
    }
    return best;
  };

  const descend = (): RoomAnswer['outcome'] => {
    if (!close()) {
      dropQueue();
      return 'impossible';
    }
    if (work.left <= 0) {
      return 'unknown';
    }
    const at = chooseSplit();
    if (at < 0) {
      return 'fits';
    }
    const i = Math.floor(at / width);
    const j = at - i * width;
    const [left, right] = [below, above];
    const isLeftFirst = left + most[j * width + i]! >= most[at]! - right;
    const mark = trailAt.length;
    for (const isLeft of [isLeftFirst, !isLeftFirst]) {
      const isPossible = isLeft ? lower(i, j, left) : lower(j, i, -right);
      const outcome = isPossible ? descend() : 'impossible';
      if (outcome !== 'impossible') {
        return outcome;
      }
      dropQueue();
      undoTo(mark);
    }
    return 'impossible';
  };

  const answer = (heightBytes: number): RoomAnswer => {
    trailAt.length = 0;
    trailValue.length = 0;
    dropQueue();
    most.fill(heightBytes);
    for (let i = 0; i < n; i++) {
      most[i * width + floor] = 0;
      most[floor * width + i] =
        Math.floor((heightBytes - sizes[members[i]!]!) / alignments[members[i]!]!) * alignments[members[i]!]!;
      most[i * width + i] = 0;
      if (most[floor * width + i]! < 0) {
        return { outcome: 'impossible' };
      }
    }
    most[floor * width + floor] = 0;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        if (i !== j) {
          most[i * width + j] = most[floor * width + j]!;
        }
      }
    }
    for (const at of pairs) {
      const i = Math.floor(at / width);
      if (!tighten(i, at - i * width)) {
        return { outcome: 'impossible' };
      }
    }
    const outcome = descend();
    return outcome === 'fits' ? { outcome, starts: members.map((_, i) => 0 - most[i * width + floor]!) } : { outcome };
  };
  const blame = () =>
    members.map((_, i) =>
      weight.reduce((sum, w, at) => sum + (Math.floor(at / width) === i || at % width === i ? w - 1 : 0), 0),
    );
  return Object.assign(answer, { blame });
}

/** The distances outside of open intervals that are multiples of `step`, as [low, high] one after another. */
function allowedRanges(forbidden: readonly (readonly [number, number])[], step: number): Float64Array {
  const found: number[] = [];
  for (let k = 0; k <= forbidden.length; k++) {
    const low = k === 0 ? Number.NEGATIVE_INFINITY : Math.ceil(forbidden[k - 1]![1] / step) * step;
    const high = k === forbidden.length ? Number.POSITIVE_INFINITY : Math.floor(forbidden[k]![0] / step) * step;
    if (low <= high) {
      found.push(low, high);
    }
  }
  return Float64Array.from(found);
}
