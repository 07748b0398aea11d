import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  frexp,
  multiplyByQuantizedMultiplier,
  quantizeMultiplier,
  roundHalfAwayFromZero,
  roundingDivideByPowerOfTwo,
  saturatingRoundingDoublingHighMul,
} from '../../compiler/numerics/index.ts';

const lowest = -2147483648;
const highest = 2147483647;

/** int32 values: uniform ones, and those around which rounding, saturation and signs change. */
const int32 = fc.oneof(
  fc.integer({ min: lowest, max: highest }),
  fc.constantFrom(lowest, lowest + 1, -1073741824, -65537, -65536, -2, -1, 0, 1, 2, 65535, 65536, 1073741824, highest),
);
const multiplier = fc.oneof(
  fc.integer({ min: 1073741824, max: highest }),
  fc.integer({ min: lowest + 1, max: -1073741824 }),
  fc.constantFrom(0, 1073741824, highest),
);

const runs = { numRuns: 4000, seed: 1 };

/** a / b rounded to nearest, ties upwards, for b > 0. */
function divideTiesUp(a: bigint, b: bigint): bigint {
  const doubled = 2n * a + b;
  const quotient = doubled / (2n * b);
  return doubled < 0n && doubled % (2n * b) !== 0n ? quotient - 1n : quotient;
}

/** a / b rounded to nearest, ties away from zero, for b > 0. */
function divideTiesAway(a: bigint, b: bigint): bigint {
  return a < 0n ? -divideTiesUp(-a, b) : divideTiesUp(a, b);
}

function saturate(value: bigint): number {
  return Number(value > 2147483647n ? 2147483647n : value < -2147483648n ? -2147483648n : value);
}

describe('the product of fixed-point numbers', () => {
  test('is the high half of 2ab to nearest, ties upwards, saturated', () => {
    fc.assert(
      fc.property(int32, int32, (a, b) => {
        const exact = saturate(divideTiesUp(BigInt(a) * BigInt(b), 1n << 31n));
        expect(saturatingRoundingDoublingHighMul(a, b)).toBe(exact);
      }),
      runs,
    );
    expect(saturatingRoundingDoublingHighMul(lowest, lowest)).toBe(highest);
  });

  test('a shift to the right rounds to nearest, ties away from zero', () => {
    fc.assert(
      fc.property(int32, fc.integer({ min: 0, max: 31 }), (x, exponent) => {
        expect(roundingDivideByPowerOfTwo(x, exponent)).toBe(Number(divideTiesAway(BigInt(x), 1n << BigInt(exponent))));
      }),
      runs,
    );
  });

  test.each([
    [5, 1, 3],
    [-5, 1, -3],
    [4, 3, 1],
    [-4, 3, -1],
    [3, 3, 0],
    [-3, 3, 0],
    [lowest, 31, -1],
    [highest, 31, 1],
  ])('%i / 2^%i is %i', (x, exponent, expected) => {
    expect(roundingDivideByPowerOfTwo(x, exponent)).toBe(expected);
  });
});

describe('requantization', () => {
  const shift = fc.integer({ min: -31, max: 30 });

  test('double rounding: the product to nearest, then the shift to nearest', () => {
    fc.assert(
      fc.property(int32, multiplier, shift, (x, m, s) => {
        const shifted = BigInt.asIntN(32, BigInt(x) << BigInt(Math.max(s, 0)));
        const high = BigInt(saturate(divideTiesUp(shifted * BigInt(m), 1n << 31n)));
        const expected = Number(divideTiesAway(high, 1n << BigInt(Math.max(-s, 0))));
        expect(multiplyByQuantizedMultiplier(x, { multiplier: m, shift: s }, 'double')).toBe(expected);
      }),
      runs,
    );
  });

  test('single rounding: the exact product, once, ties upwards, saturated', () => {
    fc.assert(
      fc.property(int32, multiplier, shift, (x, m, s) => {
        const expected = saturate(divideTiesUp(BigInt(x) * BigInt(m), 1n << BigInt(31 - s)));
        expect(multiplyByQuantizedMultiplier(x, { multiplier: m, shift: s }, 'single')).toBe(expected);
      }),
      runs,
    );
  });

  test('the two differ where the first rounding makes a tie of the second', () => {
    // 3 * 0.5 = 1.5 rounds to 2, and 2 / 4 = 0.5 away from zero to 1; the exact 0.375 rounds to 0.
    const to = { multiplier: 1073741824, shift: -2 };
    expect(multiplyByQuantizedMultiplier(3, to, 'double')).toBe(1);
    expect(multiplyByQuantizedMultiplier(3, to, 'single')).toBe(0);
  });
});

describe('quantizeMultiplier', () => {
  test('is within half a unit of the multiplier, which has its highest bit set', () => {
    const reals = fc.double({ min: 2 ** -31, max: 2 ** 29, noNaN: true });
    fc.assert(
      fc.property(reals, fc.boolean(), (magnitude, negative) => {
        const value = negative ? -magnitude : magnitude;
        const { multiplier: m, shift } = quantizeMultiplier(value);
        expect(Math.abs(m)).toBeGreaterThanOrEqual(1073741824);
        expect(Math.abs(m)).toBeLessThanOrEqual(highest);
        expect(Math.abs(m * 2 ** (shift - 31) - value)).toBeLessThanOrEqual(2 ** (shift - 31) / 2);
      }),
      runs,
    );
  });

  test.each([
    ['0', 0, 0, 0],
    ['1/2', 0.5, 1073741824, 0],
    ['1', 1, 1073741824, 1],
    ['a mantissa that rounds up to 1', 1 - 2 ** -40, 1073741824, 1],
    ['the smallest', 2 ** -32, 1073741824, -31],
    ['too small', 2 ** -33, 0, 0],
    ['the largest', 2 ** 29, 1073741824, 30],
    ['too large', 2 ** 30, highest, 30],
    ['too large, negative', -(2 ** 30), -highest, 30],
  ])('of %s', (_, value, m, shift) => {
    expect(quantizeMultiplier(value)).toEqual({ multiplier: m, shift });
  });
});

test('frexp splits every double exactly', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const [mantissa, exponent] = frexp(value);
      if (value === 0) {
        expect([Math.abs(mantissa), exponent]).toEqual([0, 0]);
      } else {
        expect(Math.abs(mantissa)).toBeGreaterThanOrEqual(0.5);
        expect(Math.abs(mantissa)).toBeLessThan(1);
        // In two steps: 2^exponent alone may be beyond the doubles.
        const half = Math.trunc(exponent / 2);
        expect(mantissa * 2 ** half * 2 ** (exponent - half)).toBe(value);
      }
    }),
    runs,
  );
});

test.each([
  [0.5, 1],
  [-0.5, -1],
  [1.5, 2],
  [2.5, 3],
  [-2.5, -3],
  [0.49999999999999994, 0],
  [2147483647.5, 2147483648],
])('%f rounds to %i', (value, expected) => {
  expect(roundHalfAwayFromZero(value)).toBe(expected);
});
