/** Damaged copies of a file, the same ones in every run. */
import { randomSource } from '../support/random.ts';

/** The file cut off at `count` lengths, evenly spread from 0. */
export function* truncations(bytes: Uint8Array, count: number): Generator<Uint8Array> {
  for (let i = 0; i < count; i += 1) {
    yield bytes.slice(0, Math.floor((bytes.length * i) / count));
  }
}

/** `count` copies with one byte replaced by another value. */
export function* byteFlips(bytes: Uint8Array, count: number, seed: number): Generator<Uint8Array> {
  const next = randomSource(seed);
  for (let i = 0; i < count; i += 1) {
    const damaged = bytes.slice();
    const position = next() % bytes.length;
    damaged[position] = (damaged[position] ?? 0) ^ (1 + (next() % 255));
    yield damaged;
  }
}
