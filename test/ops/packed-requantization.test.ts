import { describe, expect, it } from 'vitest';
import { multiplyByQuantizedMultiplier } from '../../compiler/numerics/index.ts';
import { integersBetween, randomSource } from '../support/random.ts';

const asInt32 = (value: bigint) => Number(BigInt.asIntN(32, value));

/** SMMLAR: c + the high word of a * b + 2^31. */
function smmlar(a: number, b: number, c: number): number {
  return asInt32((BigInt(a) * BigInt(b) + (BigInt(c) << 32n) + (1n << 31n)) >> 32n);
}

const saturate = (value: number) => Math.min(Math.max(value, -128), 127);

/** What `multiply_s8.h` computes of a sum: two multiplications, with or without the sign that makes ties go away from zero. */
function packed(sum: number, multiplier: number, right: number, zeroPoint: number, signed: boolean): number {
  const high = smmlar(sum, 2 * multiplier - 2 ** 32, sum);
  return saturate(smmlar(high + (signed ? high >> 31 : 0), 2 ** (32 - right), zeroPoint));
}

const next = randomSource(99);
const multipliers = [2 ** 30, 2 ** 30 + 1, 2 ** 31 - 1, 1518500250, ...integersBetween(next, 2 ** 30, 2 ** 31 - 1, 12)];
const sums = (right: number) => {
  const ties = integersBetween(next, -200, 200, 24).map((k) => (2 * k + 1) * 2 ** (right - 1));
  const near = ties.flatMap((tie) => [2 * tie - 1, 2 * tie, 2 * tie + 1, tie]);
  const extremes = [0, 1, -1, 2, -2, 2 ** 30 - 1, -(2 ** 30), 2 ** 23 - 1, -(2 ** 23)];
  return [...near, ...extremes, ...integersBetween(next, -(2 ** 30), 2 ** 30 - 1, 40)].filter(
    (sum) => Math.abs(sum) <= 2 ** 30,
  );
};

describe('requantization by two multiplications', () => {
  it.each(Array.from({ length: 30 }, (_, i) => i + 2))('equals the exact one for right shifts of %i', (right) => {
    const wrong: string[] = [];
    for (const multiplier of multipliers) {
      for (const sum of sums(right)) {
        const exact = multiplyByQuantizedMultiplier(sum, { multiplier, shift: -right });
        for (const zeroPoint of [-128, -127, 0, 5, 127]) {
          const expected = saturate(exact + zeroPoint);
          const isWrong =
            packed(sum, multiplier, right, zeroPoint, true) !== expected ||
            (zeroPoint === -128 && packed(sum, multiplier, right, zeroPoint, false) !== expected);
          if (isWrong) {
            wrong.push(`${sum} * ${multiplier} >> ${right} + ${zeroPoint}`);
          }
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  it('recovers the sum of the second channel of a pair from 32 bits', () => {
    for (const b of [0, 1, -1, 2 ** 23 - 1, -(2 ** 23), ...integersBetween(next, -(2 ** 23), 2 ** 23 - 1, 2000)]) {
      const [a = 0] = integersBetween(next, -(2 ** 30), 2 ** 30, 1);
      const both = asInt32(BigInt(a) + 256n * BigInt(b));
      expect(asInt32(BigInt(both) - BigInt(a)) >> 8).toBe(b);
    }
  });
});
