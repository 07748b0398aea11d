import { alignUp, greatestCommonDivisor, type MemoryBuffer, type MemoryProblem } from './problem.ts';
import { sectionsOf } from './sections.ts';

/**
 * Bytes that every plan of `problem` needs: the largest sum of buffers in use together. Offsets are multiples of the
 * alignments, so those buffers whose alignments share a divisor g stand in slots of g bytes, of which only the topmost
 * may be cut short; the bound is the best over the alignments that occur. A fixed buffer's end counts as it stands.
 */
export function lowerBound(problem: MemoryProblem): number {
  const buffers = problem.buffers.filter((buffer) => buffer.sizeBytes > 0);
  const { count, first, last } = sectionsOf(buffers);
  let bound = 0;
  for (const { fixedOffset, sizeBytes } of buffers) {
    bound = Math.max(bound, (fixedOffset ?? 0) + sizeBytes);
  }
  for (const slotBytes of slotSizes(buffers)) {
    const change = new Float64Array(count + 1);
    const saved = new Float64Array(count);
    for (const [i, { sizeBytes, alignmentBytes }] of buffers.entries()) {
      if (alignmentBytes % slotBytes !== 0) {
        continue;
      }
      const slots = alignUp(sizeBytes, slotBytes);
      change[first[i]!]! += slots;
      change[last[i]! + 1]! -= slots;
      for (let s = first[i]!; slots > sizeBytes && s <= last[i]!; s++) {
        saved[s] = Math.max(saved[s]!, slots - sizeBytes);
      }
    }
    let total = 0;
    for (let s = 0; s < count; s++) {
      total += change[s]!;
      bound = Math.max(bound, total - saved[s]!);
    }
  }
  return bound;
}

/** 1, every alignment, and what all of them have in common. */
function slotSizes(buffers: readonly MemoryBuffer[]): ReadonlySet<number> {
  const alignments = new Set(buffers.map((buffer) => buffer.alignmentBytes));
  return new Set([1, [...alignments].reduce(greatestCommonDivisor, 0) || 1, ...alignments]);
}
