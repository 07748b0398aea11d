import { bytesAfter, bytesDuring, type LiveModel } from './live-bytes.ts';
import type { Region } from './regions.ts';
import { advance, keyOf, orderTo, type State } from './state.ts';

/** Sets of steps that are followed side by side. */
const maximumWidth = 64;

/**
 * A good order of a region that is too large for the exact search: goes on, step by step, from the sets of steps with the
 * lowest peaks, of equals those that leave the least live. How many depends on how many tried steps are left of `budget`.
 * Null if none of them ends below `limitBytes`.
 */
export function beamOrder(
  model: LiveModel,
  region: Region,
  start: State,
  limitBytes: number,
  budget: number,
): { readonly order: readonly number[] | null; readonly peakBytes: number; readonly iterations: number } {
  const count = region.to - region.from;
  let iterations = 0;
  let beam: readonly State[] = [start];
  for (let depth = 0; depth < count; depth++) {
    const candidates: { readonly state: State; readonly step: number; readonly peak: number; readonly live: number }[] =
      [];
    let mostReady = 1;
    for (const state of beam) {
      const { done, ready, liveBytes, peakBytes } = state;
      mostReady = Math.max(mostReady, ready.length);
      iterations += ready.length;
      for (const step of ready) {
        const peak = Math.max(peakBytes, bytesDuring(model, done, step, liveBytes));
        if (peak < limitBytes) {
          candidates.push({ state, step, peak, live: bytesAfter(model, done, step, liveBytes) });
        }
      }
    }
    candidates.sort((a, b) => a.peak - b.peak || a.live - b.live);
    const affordable = Math.floor((budget - iterations) / (mostReady * (count - depth)));
    const width = Math.min(Math.max(affordable, 1), maximumWidth);
    const bySet = new Map<string, State>();
    for (let i = 0; i < candidates.length && bySet.size < width; i++) {
      const { state, step } = candidates[i]!;
      const next = advance(model, region, state, [step]);
      const key = keyOf(next);
      if (!bySet.has(key)) {
        bySet.set(key, next);
      }
    }
    beam = [...bySet.values()];
  }
  const [best] = beam;
  return { order: best === undefined ? null : orderTo(best), peakBytes: best?.peakBytes ?? limitBytes, iterations };
}
