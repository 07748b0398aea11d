import type { Instance } from './instance.ts';
import { finished, type SectionRange, type Skyline } from './skyline.ts';

/** What a search came to: a placement, the proof that there is none, or neither within the budget. */
export type Outcome = 'found' | 'impossible' | 'undecided';

/** One decision: what stands lowest in a section, over its floor. */
interface Decision {
  section: number;
  mark: number;
  /** The candidates are `candidates[next]` up to `candidates[end]`, exclusive. */
  begin: number;
  next: number;
  end: number;
  /** After the candidates comes the choice to leave the floor empty. */
  raised: boolean;
  /** Span of the choice made last. */
  choiceFrom: number;
  choiceTo: number;
  /** The sections whose state alone rules out the choices made so far. */
  readonly reasons: SectionRange;
}

/**
 * Searches a placement of all buffers within `capacity` units, depth first, and leaves it in `skyline.support`.
 *
 * A decision takes a section whose floor nothing can reach under any more. In it, either one of the buffers whose support
 * is the floor stands there, or all of them come to rest on something that is yet to come, and the floor rises to the
 * lowest top that this something can have. Every solution pushed down as far as it goes is in exactly one branch. Each
 * failure names a range of sections that cannot be completed as they stand; decisions outside of the range are skipped on
 * the way back, since other choices there would change nothing.
 *
 * @param rank a permutation; buffers of lower rank are tried first
 * @param maxDecisions budget
 */
export function searchPlacement(
  instance: Instance,
  skyline: Skyline,
  capacity: number,
  rank: Int32Array,
  maxDecisions: number,
): { readonly outcome: Outcome; readonly decisions: number } {
  const { first, last, alignment, fixed } = instance;
  const { support, placed, floor, top, topBuffer, size, members, memberStart, meeting, meetingStart } = skyline;
  const { conflict } = skyline;
  const exchangeable = fixed.every((offset) => offset < 0);
  const candidates: number[] = [];
  const stack: Decision[] = [];
  let depth = 0;
  let decisions = 0;

  const open = (): void => {
    const section = skyline.choose();
    const height = floor[section]!;
    const begin = depth === 0 ? 0 : stack[depth - 1]!.end;
    let end = begin;
    for (let p = memberStart[section]!; p < memberStart[section + 1]!; p++) {
      const i = members[p]!;
      if (placed[i] !== 0 || support[i] !== height) {
        continue;
      }
      let at = end++;
      for (; at > begin && rank[candidates[at - 1]!]! > rank[i]!; at--) {
        candidates[at] = candidates[at - 1]!;
      }
      candidates[at] = i;
    }
    const reasons = stack[depth]?.reasons ?? { from: 0, to: 0 };
    reasons.from = section;
    reasons.to = section;
    skyline.explain(section, height, reasons);
    skyline.explain(section, height + 1, reasons);
    const mark = skyline.mark();
    const decision = stack[depth];
    if (decision === undefined) {
      stack.push({ section, mark, begin, next: begin, end, raised: false, choiceFrom: 0, choiceTo: 0, reasons });
    } else {
      decision.section = section;
      decision.mark = mark;
      decision.begin = begin;
      decision.next = begin;
      decision.end = end;
      decision.raised = false;
    }
    depth++;
  };

  /** True when an equal buffer was tried before i, or exchanging i with the one under it gives a branch of its own. */
  const redundant = (decision: Decision, i: number): boolean => {
    if (!exchangeable) {
      return false;
    }
    for (let k = decision.begin; k < decision.next - 1; k++) {
      const j = candidates[k]!;
      if (first[j] === first[i] && last[j] === last[i] && size[j] === size[i] && alignment[j] === alignment[i]) {
        return true;
      }
    }
    const under = topBuffer[decision.section]!;
    if (under < 0 || rank[under]! < rank[i]! || first[under] !== first[i] || last[under] !== last[i]) {
      return false;
    }
    const step = alignment[i]!;
    if (alignment[under] !== step || size[under]! % step !== 0 || size[i]! % step !== 0) {
      return false;
    }
    const height = support[i]!;
    for (let s = first[i]!; s <= last[i]!; s++) {
      if (topBuffer[s] !== under || top[s] !== height) {
        return false;
      }
    }
    return true;
  };

  /** The lowest top that can hold up a candidate of the decision, or the next support above the floor. */
  const nextFloor = (decision: Decision): number => {
    const { section, begin, end, reasons } = decision;
    const height = floor[section]!;
    let lowest = finished;
    for (let k = begin; k < end; k++) {
      const i = candidates[k]!;
      widen(reasons, first[i]!, last[i]!);
      for (let p = meetingStart[i]!; p < meetingStart[i + 1]!; p++) {
        const j = meeting[p]!;
        if (placed[j] === 0 && (first[j]! > section || last[j]! < section)) {
          widen(reasons, first[j]!, last[j]!);
          lowest = Math.min(lowest, support[j]! + size[j]!);
        }
      }
    }
    for (let p = memberStart[section]!; p < memberStart[section + 1]!; p++) {
      const i = members[p]!;
      if (placed[i] === 0 && support[i]! > height) {
        lowest = Math.min(lowest, support[i]!);
      }
    }
    skyline.explain(section, lowest, reasons);
    return lowest;
  };

  /** Makes the next choice of a decision: true when it stands, false when it fails at once, undefined when none is left. */
  const choose = (decision: Decision): boolean | undefined => {
    const { section } = decision;
    while (decision.next < decision.end) {
      const i = candidates[decision.next++]!;
      if (redundant(decision, i)) {
        widen(decision.reasons, first[i]!, last[i]!);
        continue;
      }
      decision.choiceFrom = first[i]!;
      decision.choiceTo = last[i]!;
      if (support[i]! + size[i]! > capacity) {
        conflict.from = section;
        conflict.to = section;
        return false;
      }
      return skyline.place(i);
    }
    const slack = skyline.slack(section);
    if (decision.raised || slack === 0) {
      return undefined;
    }
    decision.raised = true;
    const height = nextFloor(decision);
    if (height > floor[section]! + slack) {
      return undefined;
    }
    decision.choiceFrom = section;
    decision.choiceTo = section;
    return skyline.raise(section, height);
  };

  /** Where the choice stood over a section filled less high, the conflict took for granted that nothing fits between. */
  const explainPocket = ({ section, choiceFrom, choiceTo, reasons }: Decision): void => {
    const height = floor[section]!;
    for (let s = Math.max(conflict.from, choiceFrom); s <= Math.min(conflict.to, choiceTo); s++) {
      if (top[s]! < height) {
        skyline.explain(s, height, reasons);
      }
    }
  };

  if (!skyline.start(capacity)) {
    return { outcome: 'impossible', decisions };
  }
  let stands = true;
  for (;;) {
    if (stands) {
      if (skyline.unplaced() === 0) {
        return { outcome: 'found', decisions };
      }
      if (decisions === maxDecisions) {
        return { outcome: 'undecided', decisions };
      }
      decisions++;
      open();
    } else {
      const decision = stack[depth - 1];
      if (depth === 0 || decision === undefined) {
        return { outcome: 'impossible', decisions };
      }
      skyline.undo(decision.mark);
      if (conflict.to < decision.choiceFrom || conflict.from > decision.choiceTo) {
        depth--;
        continue;
      }
      widen(decision.reasons, conflict.from, conflict.to);
      explainPocket(decision);
    }
    const decision = stack[depth - 1]!;
    const chosen = choose(decision);
    if (chosen === undefined) {
      conflict.from = decision.reasons.from;
      conflict.to = decision.reasons.to;
      depth--;
    }
    stands = chosen === true;
  }
}

function widen(range: SectionRange, from: number, to: number): void {
  range.from = Math.min(range.from, from);
  range.to = Math.max(range.to, to);
}
