import type { Instance } from './instance.ts';
import { alignUp } from './problem.ts';

/** Offsets of an instance's buffers in units, and the height they reach. */
export interface Placement {
  readonly offsets: Float64Array;
  readonly height: number;
}

/** Takes buffers in a given order and puts each at the lowest offset that is free for its whole lifetime. */
export interface FirstFit {
  /**
   * Places `order` (fixed buffers stand already) and writes `offsets`. Returns the height,
   * or Infinity as soon as it exceeds `limit`; the offsets are then incomplete.
   */
  place(order: Int32Array, offsets: Float64Array, limit: number): number;
}

/** Prepares the first-fit placer of one instance. */
export function firstFit(instance: Instance): FirstFit {
  const { first, last, size, alignment, fixed } = instance;
  const capacity = size.length;
  // Placed buffers by rising offset, with their spans beside them: the scan below then reads memory in sequence.
  const bottoms = new Float64Array(capacity);
  const tops = new Float64Array(capacity);
  const firsts = new Int32Array(capacity);
  const lasts = new Int32Array(capacity);
  const standing = [...fixed.keys()].filter((i) => fixed[i]! >= 0);

  const insert = (count: number, index: number, offset: number): void => {
    let at = count;
    while (at > 0 && bottoms[at - 1]! > offset) {
      bottoms[at] = bottoms[at - 1]!;
      tops[at] = tops[at - 1]!;
      firsts[at] = firsts[at - 1]!;
      lasts[at] = lasts[at - 1]!;
      at--;
    }
    bottoms[at] = offset;
    tops[at] = offset + size[index]!;
    firsts[at] = first[index]!;
    lasts[at] = last[index]!;
  };

  return {
    place(order, offsets, limit) {
      let count = 0;
      let height = 0;
      for (const index of standing) {
        offsets[index] = fixed[index]!;
        height = Math.max(height, fixed[index]! + size[index]!);
        insert(count++, index, fixed[index]!);
      }
      for (const index of order) {
        if (fixed[index]! >= 0) {
          continue;
        }
        const from = first[index]!;
        const to = last[index]!;
        const bytes = size[index]!;
        const step = alignment[index]!;
        let offset = 0;
        for (let k = 0; k < count; k++) {
          if (firsts[k]! > to || lasts[k]! < from || tops[k]! <= offset) {
            continue;
          }
          if (bottoms[k]! >= offset + bytes) {
            break;
          }
          offset = step === 1 ? tops[k]! : alignUp(tops[k]!, step);
        }
        if (offset + bytes > limit) {
          return Number.POSITIVE_INFINITY;
        }
        height = Math.max(height, offset + bytes);
        offsets[index] = offset;
        insert(count++, index, offset);
      }
      return height;
    },
  };
}

/** Permutations of an instance's buffers that first fit, and the exact search, do well with. */
export function staticOrders(instance: Instance) {
  const { first, last, size } = instance;
  const length = (i: number) => last[i]! - first[i]! + 1;
  const byKey = (key: (i: number) => number) =>
    Int32Array.from([...size.keys()].sort((a, b) => key(b) - key(a) || size[b]! - size[a]! || a - b));
  const load = sectionLoads(instance);
  const peak = (i: number) => load.subarray(first[i]!, last[i]! + 1).reduce((a, b) => Math.max(a, b), 0);
  return {
    bySize: byKey((i) => size[i]!),
    byArea: byKey((i) => size[i]! * length(i)),
    byLength: byKey(length),
    byStart: byKey((i) => -first[i]!),
    byPeak: byKey(peak),
  };
}

/** Units in use in each section. */
function sectionLoads({ first, last, size, sectionCount }: Instance): Float64Array {
  const load = new Float64Array(sectionCount + 1);
  for (const [i, units] of size.entries()) {
    load[first[i]!]! += units;
    load[last[i]! + 1]! -= units;
  }
  for (let s = 1; s < load.length; s++) {
    load[s]! += load[s - 1]!;
  }
  return load.subarray(0, sectionCount);
}

/** The best first-fit placement over {@link staticOrders}, with the order that gave it. */
export function greedyPlacement(instance: Instance): Placement & { readonly order: Int32Array } {
  const placer = firstFit(instance);
  const candidates = Object.values(staticOrders(instance)).map((order) => {
    const offsets = new Float64Array(order.length);
    return { order, offsets, height: placer.place(order, offsets, Number.POSITIVE_INFINITY) };
  });
  return candidates.reduce((best, candidate) => (candidate.height < best.height ? candidate : best));
}
