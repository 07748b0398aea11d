import { randomSource } from './random.ts';

/** A damaged copy of a file, and how it was damaged. */
export interface Mutant {
  readonly what: string;
  readonly bytes: Uint8Array;
}

/** The file cut at `count` lengths, spread evenly from empty to one byte short. */
export function* truncations(bytes: Uint8Array, count: number): Generator<Mutant> {
  for (let i = 0; i < count; i++) {
    const length = Math.floor((i * bytes.length) / count);
    yield { what: `cut to ${length} bytes`, bytes: bytes.slice(0, length) };
  }
}

/**
 * `count` copies with 1 to 4 bytes replaced. Every other copy is damaged in the first and last eighth of the file only, where
 * the tables are: a byte of a weight is rarely interesting.
 */
export function* byteFlips(bytes: Uint8Array, count: number, seed: number): Generator<Mutant> {
  const next = randomSource(seed);
  for (let i = 0; i < count; i++) {
    const copy = bytes.slice();
    const places: string[] = [];
    for (let n = 1 + (next() % 4); n > 0; n--) {
      const eighth = Math.max(1, bytes.length >> 3);
      const anywhere = next() % bytes.length;
      const offset = next() % (2 * eighth);
      const inTables = offset < eighth ? offset : bytes.length - 1 - (offset - eighth);
      const at = i % 2 === 0 ? anywhere : inTables;
      copy[at] = next() & 0xff;
      places.push(`[${at}] = ${copy[at]}`);
    }
    yield { what: places.join(', '), bytes: copy };
  }
}
