import type { Pace, Segment } from './program.ts';
import type { RowRange } from './row-access.ts';

/**
 * Rows, of `height`, that a step has finished when `ticks` ticks have passed. Generated code computes the same: see
 * `msc_due` of `msc/rows.h`.
 */
export function rowsDue({ lag, every, rows, skip }: Pace, ticks: number, height: number): number {
  if (ticks <= lag) {
    return 0;
  }
  const turns = Math.floor((ticks - lag - 1) / every) + 1;
  return Math.min(height, turns * rows - skip);
}

/** The tick of turn `turn`, counted from 1. */
export function tickOfTurn({ lag, every }: Pick<Pace, 'lag' | 'every'>, turn: number): number {
  return lag + (turn - 1) * every;
}

/** Turns until all rows are done. */
export function turnsOf({ rows, skip }: Pick<Pace, 'rows' | 'skip'>, height: number): number {
  return Math.ceil((height + skip) / rows);
}

/** Rows that turn `turn` computes, of `height`. */
export function rowsOfTurn({ rows, skip }: Pick<Pace, 'rows' | 'skip'>, turn: number, height: number): RowRange {
  const upTo = (turns: number) => Math.min(height, Math.max(0, turns * rows - skip));
  return { begin: upTo(turn - 1), end: upTo(turn) };
}

/** A step alone, all rows in one tick. */
export function wholeSegment(step: number, height: number): Segment {
  return { first: step, end: step + 1, ticks: 1, paces: [{ lag: 0, every: 1, rows: height, skip: 0 }] };
}
