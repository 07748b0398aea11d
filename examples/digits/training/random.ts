/** A source of numbers in [0, 1); the same seed gives the same sequence everywhere (integer arithmetic only). */
export type Random = () => number;

/** Mulberry32 (T. Ettinger, public domain): 32 bits of state, good enough for initial weights and shuffles. */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A number in [minimum, maximum). */
export function uniform(random: Random, minimum: number, maximum: number): number {
  return minimum + (maximum - minimum) * random();
}

/** The numbers 0 to length - 1 in a random order. */
export function permutation(random: Random, length: number): Uint32Array {
  const order = Uint32Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const swapped = order[i]!;
    order[i] = order[j]!;
    order[j] = swapped;
  }
  return order;
}
