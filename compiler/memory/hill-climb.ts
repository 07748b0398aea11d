import { firstFit, type Placement } from './greedy.ts';
import type { Instance } from './instance.ts';
import { xorshift } from './xorshift.ts';

/**
 * Improves a first-fit order by small changes: a buffer that reaches the top, or one in use together with it, goes
 * earlier or changes places. A change stays unless it raises the height. Deterministic.
 *
 * @param target stops when the height is not above this (units)
 * @param maxIterations stops after this many orders
 */
export function hillClimb(
  instance: Instance,
  start: Placement & { readonly order: Int32Array },
  target: number,
  maxIterations: number,
): Placement & { readonly iterations: number } {
  const { first, last, size } = instance;
  const count = size.length;
  const placer = firstFit(instance);
  const random = xorshift(0x9e3779b9);
  let order = Int32Array.from(start.order);
  let trial = new Int32Array(count);
  let offsets = Float64Array.from(start.offsets);
  let tried = new Float64Array(count);
  let height = start.height;
  let iterations = 0;
  const position = new Int32Array(count);
  const blockers = new Int32Array(count);
  while (height > target && iterations < maxIterations && count > 1) {
    for (let k = 0; k < count; k++) {
      position[order[k]!] = k;
    }
    let tops = 0;
    for (let i = 0; i < count; i++) {
      if (offsets[i]! + size[i]! === height) {
        blockers[tops++] = i;
      }
    }
    const top = blockers[random() % tops]!;
    let chosen = top;
    if (random() % 2 === 0) {
      let meeting = 0;
      for (let i = 0; i < count; i++) {
        if (first[i]! <= last[top]! && first[top]! <= last[i]!) {
          blockers[meeting++] = i;
        }
      }
      chosen = blockers[random() % meeting]!;
    }
    const from = position[chosen]!;
    const to = random() % count;
    trial.set(order);
    if (random() % 2 === 0) {
      trial[from] = order[to]!;
      trial[to] = chosen;
    } else if (to < from) {
      trial.copyWithin(to + 1, to, from);
      trial[to] = chosen;
    } else {
      trial.copyWithin(from, from + 1, to + 1);
      trial[to] = chosen;
    }
    iterations++;
    const reached = placer.place(trial, tried, height);
    if (reached <= height) {
      height = reached;
      [order, trial] = [trial, order];
      [offsets, tried] = [tried, offsets];
    }
  }
  return { offsets, height, iterations };
}
