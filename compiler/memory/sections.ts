import type { MemoryBuffer } from './problem.ts';

/**
 * The time axis reduced to the moments that matter. A section is a maximal set of buffers that are in use together:
 * lifetimes are intervals, so two of them meet exactly when they share a section, and each buffer spans consecutive ones.
 */
export interface Sections {
  readonly count: number;
  /** First section of buffer i. */
  readonly first: Int32Array;
  /** Last section of buffer i, inclusive. */
  readonly last: Int32Array;
}

/** Finds the sections of `buffers` by one sweep over their first and last steps. Zero-sized buffers are not expected. */
export function sectionsOf(buffers: readonly MemoryBuffer[]): Sections {
  const starts = buffers.map((_, i) => i).sort((a, b) => buffers[a]!.firstStep - buffers[b]!.firstStep || a - b);
  const ends = buffers.map((_, i) => i).sort((a, b) => buffers[a]!.lastStep - buffers[b]!.lastStep || a - b);
  const first = new Int32Array(buffers.length);
  const last = new Int32Array(buffers.length);
  let count = 0;
  let started = 0;
  let ended = 0;
  while (ended < ends.length) {
    const step = buffers[ends[ended]!]!.lastStep;
    // Everything that starts up to this end belongs to the set that this end closes.
    const before = started;
    while (started < starts.length && buffers[starts[started]!]!.firstStep <= step) {
      first[starts[started++]!] = count;
    }
    if (started > before) {
      count++;
    }
    last[ends[ended++]!] = count - 1;
  }
  return { count, first, last };
}

/**
 * Splits buffers into groups that never meet each other, in order of time: each group is a problem of its own.
 * Returns lists of buffer indices.
 */
export function independentGroups(sections: Sections): readonly (readonly number[])[] {
  const order = [...sections.first.keys()].sort((a, b) => sections.first[a]! - sections.first[b]! || a - b);
  const groups: number[][] = [];
  let reach = -1;
  for (const index of order) {
    if (sections.first[index]! > reach) {
      groups.push([]);
    }
    groups.at(-1)!.push(index);
    reach = Math.max(reach, sections.last[index]!);
  }
  return groups;
}
