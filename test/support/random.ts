/** A seeded generator of uniform 32-bit integers (xorshift32): tests draw the same numbers everywhere. */
export function randomSource(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}

/** Uniform integers in [minimum, maximum]. */
export function integersBetween(next: () => number, minimum: number, maximum: number, count: number): number[] {
  const span = maximum - minimum + 1;
  return Array.from({ length: count }, () => minimum + Math.floor((next() / 4294967296) * span));
}

/** Uniform reals in [minimum, maximum). */
export function realsBetween(next: () => number, minimum: number, maximum: number, count: number): number[] {
  return Array.from({ length: count }, () => Math.fround(minimum + (next() / 4294967296) * (maximum - minimum)));
}
