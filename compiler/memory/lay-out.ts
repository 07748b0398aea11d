/** Places items of which every two have forbidden distances (`distances.ts`), as low as can be found. */
import type { IntervalSet } from './interval-set.ts';
import { xorshift } from './xorshift.ts';

/** What is placed: sizes in bytes. */
export interface PlacementProblem {
  readonly sizes: readonly number[];
  /** Starts are multiples of these. */
  readonly alignments: readonly number[];
  /** At `[i][j]` the forbidden distances from the start of item i to the start of item j. */
  readonly distances: readonly (readonly IntervalSet[])[];
}

/** Where the items start. */
export interface Placement {
  readonly starts: readonly number[];
  /** One past the highest byte in use. */
  readonly heightBytes: number;
}

/**
 * The lowest placement that is found: items are put at their lowest place in many orders, each a small change of one that was
 * good. Deterministic. Stops at `enoughBytes`, or after `iterations` orders.
 */
export function placeItems(problem: PlacementProblem, enoughBytes: number, iterations: number): Placement {
  const { sizes } = problem;
  const count = sizes.length;
  const place = placer(problem);
  const inTurn = sizes.map((_, i) => i);
  const bySize = [...inTurn].sort((a, b) => sizes[b]! - sizes[a]! || a - b);
  let best: Placement = { starts: [], heightBytes: Number.POSITIVE_INFINITY };
  let order = bySize;
  for (const first of [bySize, inTurn, [...inTurn].reverse()]) {
    const heightBytes = place(first, Number.POSITIVE_INFINITY);
    if (heightBytes < best.heightBytes) {
      best = { starts: Array.from(place.starts), heightBytes };
      order = first;
    }
  }
  const random = xorshift(0x9e3779b9);
  for (let i = 0; i < iterations && best.heightBytes > enoughBytes && count > 1; i++) {
    const next = [...order];
    const tops = best.starts.flatMap((start, item) => (start + sizes[item]! === best.heightBytes ? [item] : []));
    const from = random() % 2 === 0 ? next.indexOf(tops[random() % tops.length]!) : random() % count;
    const to = random() % count;
    if (random() % 2 === 0) {
      const [moved] = next.splice(from, 1);
      next.splice(to, 0, moved!);
    } else {
      [next[from], next[to]] = [next[to]!, next[from]!];
    }
    const heightBytes = place(next, best.heightBytes);
    if (heightBytes <= best.heightBytes) {
      best = { starts: Array.from(place.starts), heightBytes };
      order = next;
    }
  }
  return best;
}

/** Places in an order and returns the height; ends early, with a greater one, once `limit` is passed. */
interface Placer {
  (order: readonly number[], limit: number): number;
  readonly starts: Float64Array;
}

function placer({ sizes, alignments, distances }: PlacementProblem): Placer {
  const count = sizes.length;
  const starts = new Float64Array(count);
  const flat = distances.map((row) => row.map((set) => Float64Array.from(set.flat())));
  const longest = flat.flat().reduce((sum, set) => sum + set.length, 0);
  const from = new Float64Array(longest);
  const to = new Float64Array(longest);
  const place = (order: readonly number[], limit: number): number => {
    let height = 0;
    for (let k = 0; k < count; k++) {
      const item = order[k]!;
      let blocked = 0;
      for (let before = 0; before < k; before++) {
        const other = order[before]!;
        const set = flat[other]![item]!;
        const base = starts[other]!;
        for (let i = 0; i < set.length; i += 2) {
          const end = base + set[i + 1]!;
          if (end > 0) {
            const begin = base + set[i]!;
            let at = blocked++;
            while (at > 0 && from[at - 1]! > begin) {
              from[at] = from[at - 1]!;
              to[at] = to[at - 1]!;
              at--;
            }
            from[at] = begin;
            to[at] = end;
          }
        }
      }
      let start = 0;
      for (let i = 0; i < blocked && from[i]! < start + 1; i++) {
        if (from[i]! < start && to[i]! > start) {
          start = Math.ceil(to[i]! / alignments[item]!) * alignments[item]!;
        }
      }
      starts[item] = start;
      height = Math.max(height, start + sizes[item]!);
      if (height > limit) {
        return height;
      }
    }
    return height;
  };
  return Object.assign(place, { starts });
}
