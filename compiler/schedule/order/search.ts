import { heapOf } from './heap.ts';
import { bytesAfter, bytesDuring, type LiveModel } from './live-bytes.ts';
import type { Region } from './regions.ts';
import { advance, keyOf, madeReady, orderTo, run, type State } from './state.ts';

/** What a search found. */
export interface Found {
  /** An order whose peak is below the limit; null if none was found. */
  readonly order: readonly number[] | null;
  readonly peakBytes: number;
  /** No order has a lower peak. */
  readonly lowerBoundBytes: number;
  /** Steps tried. */
  readonly iterations: number;
}

/**
 * Best-first search over the sets of steps that have run, each visited once: always goes on from the set that was reached
 * with the lowest peak, of equals from the largest. So the first way to the region's end is a best one. Finds orders with
 * peaks below `limitBytes` only; within `budget` tried steps what it says is exact, else its lower bound still holds.
 *
 * A chain of steps that ends with no more live than before it, and goes no higher than the set was reached with, is
 * followed at once and alone: any order from here can be changed to start with it without a higher peak. For that changes
 * the bytes live beside every later step only by what the chain leaves behind less what it takes away.
 */
export function searchOrder(model: LiveModel, region: Region, start: State, limitBytes: number, budget: number): Found {
  const count = region.to - region.from;
  let iterations = 0;

  /** The chain from a ready step on that releases at least what it takes, or null. */
  const releasingChain = (state: State, first: number): readonly number[] | null => {
    const done = { from: region.from, bits: state.done.bits.slice() };
    const chain: number[] = [];
    let live = state.liveBytes;
    for (let step = first; ; ) {
      iterations++;
      if (bytesDuring(model, done, step, live) > state.peakBytes) {
        return null;
      }
      live = bytesAfter(model, done, step, live);
      chain.push(step);
      if (live <= state.liveBytes) {
        return chain;
      }
      run(done, step);
      const next = madeReady(model, region, done, step);
      if (next.length !== 1) {
        return null;
      }
      step = next[0]!;
    }
  };
  const settle = (state: State): State => {
    let settled = state;
    for (;;) {
      let chain: readonly number[] | null = null;
      for (let i = 0; chain === null && i < settled.ready.length; i++) {
        chain = releasingChain(settled, settled.ready[i]!);
      }
      if (chain === null) {
        return settled;
      }
      settled = advance(model, region, settled, chain);
    }
  };

  const queue = heapOf(isBetter);
  const lowestPeak = new Map<string, number>();
  const offer = (state: State) => {
    const settled = settle(state);
    const key = keyOf(settled);
    if (settled.peakBytes < (lowestPeak.get(key) ?? Number.POSITIVE_INFINITY)) {
      lowestPeak.set(key, settled.peakBytes);
      queue.push(settled);
    }
  };
  offer(start);
  for (let state = queue.pop(); state !== undefined; state = queue.pop()) {
    const { peakBytes } = state;
    if (state.depth === count) {
      return { order: orderTo(state), peakBytes, lowerBoundBytes: peakBytes, iterations };
    }
    if (iterations >= budget) {
      return { order: null, peakBytes: limitBytes, lowerBoundBytes: peakBytes, iterations };
    }
    if (lowestPeak.get(keyOf(state))! < peakBytes) {
      continue;
    }
    for (const step of state.ready) {
      iterations++;
      if (bytesDuring(model, state.done, step, state.liveBytes) < limitBytes) {
        offer(advance(model, region, state, [step]));
      }
    }
  }
  return { order: null, peakBytes: limitBytes, lowerBoundBytes: limitBytes, iterations };
}

/** Lower peak, else further on, else less live. */
function isBetter(a: State, b: State): boolean {
  if (a.peakBytes !== b.peakBytes) {
    return a.peakBytes < b.peakBytes;
  }
  return a.depth === b.depth ? a.liveBytes < b.liveBytes : a.depth > b.depth;
}
