import { bytesAfter, bytesDuring, type Done, hasRun, type LiveModel } from './live-bytes.ts';
import type { Region } from './regions.ts';

/** A set of steps of a region that have run, by the best way known to get there. */
export interface State {
  readonly done: Done;
  /** Steps that can run next, ascending. */
  readonly ready: readonly number[];
  readonly liveBytes: number;
  /** Highest so far. */
  readonly peakBytes: number;
  /** How many steps have run. */
  readonly depth: number;
  /** The last steps that ran, and what came before them. */
  readonly steps: readonly number[];
  readonly previous: State | null;
}

/** The region's start; peaks below `peakBytes` are of no interest. */
export function startOf(model: LiveModel, { from, to }: Region, liveBytes: number, peakBytes: number): State {
  const done = { from, bits: new Uint32Array(Math.ceil((to - from) / 32)) };
  const ready: number[] = [];
  for (let step = from; step < to; step++) {
    if (model.before[step]!.every((earlier) => earlier < from)) {
      ready.push(step);
    }
  }
  return { done, ready, liveBytes, peakBytes, depth: 0, steps: [], previous: null };
}

/** The state after `steps`, one or more, of which each can run when its turn comes. */
export function advance(model: LiveModel, region: Region, state: State, steps: readonly number[]): State {
  const done = { from: state.done.from, bits: state.done.bits.slice() };
  let { liveBytes, peakBytes } = state;
  let ready: number[] = [...state.ready];
  for (const step of steps) {
    peakBytes = Math.max(peakBytes, bytesDuring(model, done, step, liveBytes));
    liveBytes = bytesAfter(model, done, step, liveBytes);
    run(done, step);
    ready = ready.filter((other) => other !== step).concat(madeReady(model, region, done, step));
  }
  ready.sort((a, b) => a - b);
  return { done, ready, liveBytes, peakBytes, depth: state.depth + steps.length, steps, previous: state };
}

/** Marks a step as run. */
export function run({ from, bits }: Done, step: number): void {
  bits[(step - from) >>> 5]! |= 1 << ((step - from) & 31);
}

/** Steps of the region that waited for `step` alone. */
export function madeReady(model: LiveModel, { to }: Region, done: Done, step: number): readonly number[] {
  return model.after[step]!.filter(
    (next) => next < to && model.before[next]!.every((earlier) => hasRun(done, earlier)),
  );
}

/** The same set of steps gives the same key. */
export function keyOf({ done }: State): string {
  return String.fromCharCode(...new Uint16Array(done.bits.buffer));
}

/** All steps that led to the state, in order. */
export function orderTo(state: State): readonly number[] {
  const parts: (readonly number[])[] = [];
  for (let at: State | null = state; at !== null; at = at.previous) {
    parts.push(at.steps);
  }
  return parts.reverse().flat();
}
