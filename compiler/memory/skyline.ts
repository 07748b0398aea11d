import type { Instance } from './instance.ts';
import { alignUp, greatestCommonDivisor } from './problem.ts';

/** Floor of a section in which nothing is left to place. */
export const finished = 0x3fffffff;

/** A range of sections, both ends inclusive. */
export interface SectionRange {
  from: number;
  to: number;
}

/**
 * The state of the exact search: buffers stand on one another from below, and each section knows how high it is filled.
 *
 * - `support[i]`: no later decision puts buffer i lower; the highest top under its span, aligned, clear of fixed buffers.
 * - `floor[s]`: the lowest support among the buffers still to place in s, or {@link finished}; `count[s]` of them have it.
 *
 * All typed arrays are for reading; only the operations change them. `place`, `raise` and `start` return false when some
 * section cannot hold what is left, and leave in `conflict` the sections whose state alone shows it.
 */
export interface Skyline {
  readonly support: Int32Array;
  readonly placed: Uint8Array;
  readonly floor: Int32Array;
  readonly top: Int32Array;
  /** Buffer whose top is the section's, or -1. */
  readonly topBuffer: Int32Array;
  readonly size: Int32Array;
  /** The buffers of section s: `members[memberStart[s]]` up to `members[memberStart[s + 1]]`, exclusive. */
  readonly members: Int32Array;
  readonly memberStart: Int32Array;
  /** The buffers that meet buffer i, in the same form. */
  readonly meeting: Int32Array;
  readonly meetingStart: Int32Array;
  readonly conflict: SectionRange;
  /** Empties the memory and sets its capacity in units. */
  start(capacity: number): boolean;
  /** Puts buffer i onto its support, which must be the floor of every section it spans. */
  place(i: number): boolean;
  /** Decides that nothing more stands below `height` in section s. */
  raise(s: number, height: number): boolean;
  /** Units that may still be wasted in section s. */
  slack(s: number): number;
  /** The section to decide next: of all that no later placement can reach under, the one with the fewest choices. */
  choose(): number;
  /** Widens `range` until it shows that every unplaced buffer of s supported at `height` or above is so. */
  explain(s: number, height: number, range: SectionRange): void;
  /** A point to return to with `undo`. */
  mark(): number;
  undo(mark: number): void;
  unplaced(): number;
}

const enough = 1024;
const changedSupport = 0;
const changedFloor = 1;
const changedPlaced = 2;
const changedTop = 3;

/** Makes the empty skyline of an instance whose figures all lie below 2^29 units. */
export function skylineOf(instance: Instance): Skyline {
  const { first, last, fixed, sectionCount } = instance;
  const n = instance.size.length;
  const size = Int32Array.from(instance.size);
  const alignment = Int32Array.from(instance.alignment);
  const slot = alignment.reduce(greatestCommonDivisor, 0) || 1;
  const slots = Int32Array.from(size, (units) => alignUp(units, slot));
  const { members, memberStart, meeting, meetingStart } = incidence(instance);
  const fixedBuffers = [...fixed.keys()].filter((i) => fixed[i]! >= 0).sort((a, b) => fixed[a]! - fixed[b]!);
  const hasFixed = fixedBuffers.length > 0;

  const support = new Int32Array(n);
  const placed = new Uint8Array(n);
  const floor = new Int32Array(sectionCount);
  const count = new Int32Array(sectionCount);
  const top = new Int32Array(sectionCount);
  const topBuffer = new Int32Array(sectionCount);
  /** Slots of the unplaced buffers of each section, and their number. */
  const load = new Int32Array(sectionCount);
  const live = new Int32Array(sectionCount);
  /** Unplaced buffers that span both s and s + 1. */
  const crossing = new Int32Array(sectionCount);
  const conflict = { from: 0, to: 0 };
  const everything = { from: 0, to: sectionCount - 1 };
  let trail = new Int32Array(4 * enough);
  let trailLength = 0;
  let unplaced = n;
  let slotLimit = 0;
  let staleFrom = 0;
  let staleTo = 0;

  const record = (kind: number, index: number, a: number, b: number): void => {
    if (trailLength + 4 > trail.length) {
      const longer = new Int32Array(2 * trail.length);
      longer.set(trail);
      trail = longer;
    }
    trail[trailLength++] = kind;
    trail[trailLength++] = index;
    trail[trailLength++] = a;
    trail[trailLength++] = b;
  };

  const fail = (range: SectionRange): false => {
    conflict.from = range.from;
    conflict.to = range.to;
    return false;
  };

  /** The lowest place for buffer i at `height` or above; a fixed buffer that is above its place already gives -1. */
  const lift = (i: number, height: number): number => {
    const step = alignment[i]!;
    if (!hasFixed) {
      return step === 1 ? height : alignUp(height, step);
    }
    if (fixed[i]! >= 0) {
      return height <= fixed[i]! ? fixed[i]! : -1;
    }
    let offset = alignUp(height, step);
    for (const f of fixedBuffers) {
      const meets = first[f]! <= last[i]! && first[i]! <= last[f]! && placed[f] === 0;
      if (meets && fixed[f]! < offset + size[i]! && offset < fixed[f]! + size[f]!) {
        offset = alignUp(fixed[f]! + size[f]!, step);
      }
    }
    return offset;
  };

  const liftSupport = (i: number, height: number): boolean => {
    const before = support[i]!;
    const after = lift(i, height);
    if (after < 0) {
      return fail(everything);
    }
    if (after === before) {
      return true;
    }
    const from = first[i]!;
    const to = last[i]!;
    record(changedSupport, i, before, 0);
    for (let s = from; s <= to; s++) {
      if (floor[s] === before) {
        count[s]!--;
      }
    }
    support[i] = after;
    staleFrom = Math.min(staleFrom, from);
    staleTo = Math.max(staleTo, to);
    return true;
  };

  const explain = (s: number, height: number, range: SectionRange): void => {
    if (hasFixed) {
      range.from = 0;
      range.to = sectionCount - 1;
      return;
    }
    const here = top[s]!;
    for (let p = memberStart[s]!, end = memberStart[s + 1]!; p < end; p++) {
      const i = members[p]!;
      if (placed[i] !== 0 || support[i]! < height) {
        continue;
      }
      const step = alignment[i]!;
      const needed = step === 1 ? height : alignUp(height, step) - step + 1;
      if (here >= needed) {
        continue;
      }
      // One section as high as needed suffices as a reason: the nearest one widens the range least.
      for (let distance = 1; ; distance++) {
        const left = s - distance;
        const right = s + distance;
        if (left >= first[i]! && top[left]! >= needed) {
          range.from = Math.min(range.from, left);
          break;
        }
        if (right <= last[i]! && top[right]! >= needed) {
          range.to = Math.max(range.to, right);
          break;
        }
        if (left < first[i]! && right > last[i]!) {
          throw new Error(`support ${support[i]} of buffer ${i} has no reason`);
        }
      }
    }
  };

  /** Finds the floors anew of those sections that have lost the last buffer on theirs. */
  const refresh = (): boolean => {
    for (let s = staleFrom; s <= staleTo; s++) {
      if (count[s] !== 0 || floor[s] === finished) {
        continue;
      }
      let lowest = finished;
      let there = 0;
      for (let p = memberStart[s]!, end = memberStart[s + 1]!; live[s] !== 0 && p < end; p++) {
        const i = members[p]!;
        const height = support[i]!;
        if (height <= lowest && placed[i] === 0) {
          there = height === lowest ? there + 1 : 1;
          lowest = height;
        }
      }
      if (there > 0 && lowest + load[s]! > slotLimit) {
        conflict.from = s;
        conflict.to = s;
        explain(s, lowest, conflict);
        return false;
      }
      record(changedFloor, s, floor[s]!, 0);
      floor[s] = lowest;
      count[s] = there;
    }
    return true;
  };

  return {
    support,
    placed,
    floor,
    top,
    topBuffer,
    size,
    members,
    memberStart,
    meeting,
    meetingStart,
    conflict,
    explain,
    mark: () => trailLength,
    unplaced: () => unplaced,
    slack: (s) => slotLimit - floor[s]! - load[s]!,

    start(capacity) {
      slotLimit = alignUp(capacity, slot);
      trailLength = 0;
      unplaced = n;
      placed.fill(0);
      top.fill(0);
      topBuffer.fill(-1);
      floor.fill(0);
      for (const counts of [count, load, live, crossing]) {
        counts.fill(0);
      }
      for (let i = 0; i < n; i++) {
        support[i] = lift(i, 0);
        for (let s = first[i]!; s <= last[i]!; s++) {
          load[s]! += slots[i]!;
          live[s]!++;
          crossing[s]! += s < last[i]! ? 1 : 0;
        }
      }
      staleFrom = 0;
      staleTo = sectionCount - 1;
      return refresh();
    },

    place(i) {
      const from = first[i]!;
      const to = last[i]!;
      const bottom = support[i]!;
      const height = bottom + size[i]!;
      for (let s = from; s <= to; s++) {
        record(changedTop, s, top[s]!, topBuffer[s]!);
        top[s] = height;
        topBuffer[s] = i;
        load[s]! -= slots[i]!;
        live[s]!--;
        crossing[s]! -= s < to ? 1 : 0;
        if (floor[s] === bottom) {
          count[s]!--;
        }
      }
      placed[i] = 1;
      unplaced--;
      record(changedPlaced, i, 0, 0);
      staleFrom = from;
      staleTo = to;
      for (let p = meetingStart[i]!, end = meetingStart[i + 1]!; p < end; p++) {
        const j = meeting[p]!;
        if (placed[j] === 0 && support[j]! < height && !liftSupport(j, height)) {
          return false;
        }
      }
      return refresh();
    },

    raise(s, height) {
      record(changedTop, s, top[s]!, topBuffer[s]!);
      top[s] = height;
      topBuffer[s] = -1;
      staleFrom = s;
      staleTo = s;
      for (let p = memberStart[s]!, end = memberStart[s + 1]!; p < end; p++) {
        const j = members[p]!;
        if (placed[j] === 0 && support[j]! < height && !liftSupport(j, height)) {
          return false;
        }
      }
      return refresh();
    },

    choose() {
      let best = -1;
      let bestChoices = finished;
      let bestFloor = finished;
      let end = 0;
      for (let start = 0; start < sectionCount; start = end) {
        const height = floor[start]!;
        end = start + 1;
        if (height === finished) {
          continue;
        }
        while (end < sectionCount && floor[end] === height && crossing[end - 1]! > 0) {
          end++;
        }
        const leftWall = start === 0 || crossing[start - 1] === 0 || floor[start - 1]! > height;
        const rightWall = end === sectionCount || crossing[end - 1] === 0 || floor[end]! > height;
        for (let s = start; leftWall && rightWall && s < end; s++) {
          const choices = count[s]! + (slotLimit - height - load[s]! > 0 ? 1 : 0);
          if (choices < bestChoices || (choices === bestChoices && height < bestFloor)) {
            best = s;
            bestChoices = choices;
            bestFloor = height;
          }
        }
      }
      return best;
    },

    undo(mark) {
      while (trailLength > mark) {
        trailLength -= 4;
        const index = trail[trailLength + 1]!;
        const a = trail[trailLength + 2]!;
        switch (trail[trailLength]) {
          case changedSupport:
            support[index] = a;
            for (let s = first[index]!; s <= last[index]!; s++) {
              count[s]! += floor[s] === a ? 1 : 0;
            }
            break;
          case changedFloor:
            floor[index] = a;
            count[index] = 0;
            break;
          case changedTop:
            top[index] = a;
            topBuffer[index] = trail[trailLength + 3]!;
            break;
          default: {
            placed[index] = 0;
            unplaced++;
            for (let s = first[index]!; s <= last[index]!; s++) {
              load[s]! += slots[index]!;
              live[s]!++;
              crossing[s]! += s < last[index]! ? 1 : 0;
              count[s]! += floor[s] === support[index] ? 1 : 0;
            }
          }
        }
      }
    },
  };
}

/** Which buffers are in each section, and which meet each buffer: two lists of lists, each in one array. */
function incidence({ first, last, sectionCount, size }: Instance) {
  const indices = [...size.keys()];
  const bySection = Array.from({ length: sectionCount }, (): number[] => []);
  for (const i of indices) {
    for (let s = first[i]!; s <= last[i]!; s++) {
      bySection[s]!.push(i);
    }
  }
  const byBuffer = indices.map((i) => indices.filter((j) => j !== i && first[i]! <= last[j]! && first[j]! <= last[i]!));
  const starts = (lists: readonly number[][]) => {
    let total = 0;
    return Int32Array.from([0, ...lists.map((list) => (total += list.length))]);
  };
  return {
    members: Int32Array.from(bySection.flat()),
    memberStart: starts(bySection),
    meeting: Int32Array.from(byBuffer.flat()),
    meetingStart: starts(byBuffer),
  };
}
