import { randomSource } from '../random.ts';

/** Choices that follow from a seed. */
export interface Draw {
  /** Uniform in [minimum, maximum]. */
  readonly integer: (minimum: number, maximum: number) => number;
  /** Uniform in [minimum, maximum). */
  readonly real: (minimum: number, maximum: number) => number;
  readonly pick: <T>(from: readonly T[]) => T;
  /** True in `percent` of 100 cases. */
  readonly chance: (percent: number) => boolean;
}

export function drawFrom(seed: number): Draw {
  const next = randomSource(Math.imul(seed, 2654435761));
  // neighbouring seeds start alike
  for (let i = 0; i < 8; i++) {
    next();
  }
  const real = (minimum: number, maximum: number) => minimum + (next() / 4294967296) * (maximum - minimum);
  const integer = (minimum: number, maximum: number) => Math.floor(real(minimum, maximum + 1));
  return {
    integer,
    real,
    pick: (from) => from[integer(0, from.length - 1)]!,
    chance: (percent) => next() % 100 < percent,
  };
}
