import { greatestCommonDivisor, type MemoryBuffer } from './problem.ts';
import { sectionsOf } from './sections.ts';

/** A problem as the solvers see it: buffers by index, time as sections, sizes in the largest unit that loses nothing. */
export interface Instance {
  readonly buffers: readonly MemoryBuffer[];
  readonly sectionCount: number;
  /** First section of each buffer. */
  readonly first: Int32Array;
  /** Last section of each buffer, inclusive. */
  readonly last: Int32Array;
  /** Bytes of one unit; all figures below are in units. */
  readonly unitBytes: number;
  readonly size: Float64Array;
  readonly alignment: Float64Array;
  /** Fixed offset, or -1. */
  readonly fixed: Float64Array;
}

/** Makes the instance of `buffers`, none of them of size zero. */
export function instanceOf(buffers: readonly MemoryBuffer[]): Instance {
  const { count, first, last } = sectionsOf(buffers);
  const unitBytes = unitOf(buffers);
  return {
    buffers,
    sectionCount: count,
    first,
    last,
    unitBytes,
    size: Float64Array.from(buffers, (b) => b.sizeBytes / unitBytes),
    alignment: Float64Array.from(buffers, (b) => Math.max(1, b.alignmentBytes / unitBytes)),
    fixed: Float64Array.from(buffers, (b) => (b.fixedOffset === undefined ? -1 : b.fixedOffset / unitBytes)),
  };
}

/**
 * The unit divides all sizes and fixed offsets, and each alignment divides the unit or is a multiple of it. Pushing all
 * buffers down as far as they go leaves their offsets multiples of the unit, so nothing is lost by counting in it.
 */
function unitOf(buffers: readonly MemoryBuffer[]): number {
  let unit = 0;
  for (const { sizeBytes, fixedOffset } of buffers) {
    unit = greatestCommonDivisor(greatestCommonDivisor(unit, sizeBytes), fixedOffset ?? 0);
  }
  for (let previous = -1; previous !== unit; ) {
    previous = unit;
    for (const { alignmentBytes } of buffers) {
      if (unit % alignmentBytes !== 0) {
        unit = greatestCommonDivisor(unit, alignmentBytes);
      }
    }
  }
  return unit || 1;
}
