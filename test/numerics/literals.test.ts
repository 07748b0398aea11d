import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  clamp,
  expOnNegativeValues,
  fixedPointLogistic,
  fixedPointReciprocal,
  fixedPointTanh,
  floatLiteral,
  integerLiteral,
  oneOverOnePlus,
} from '../../compiler/numerics/index.ts';

describe('C literals', () => {
  test('a float reads back exactly, and C takes it for a float', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = floatLiteral(value);
        expect(text).toMatch(/^-?(\d+\.\d+|\d+(\.\d+)?e[+-]\d+)f$/);
        expect(Object.is(Math.fround(Number(text.slice(0, -1))), Math.fround(value))).toBe(true);
      }),
      { numRuns: 4000, seed: 1 },
    );
  });

  test.each([
    [0, '0.0f'],
    [-0, '-0.0f'],
    [1, '1.0f'],
    [0.1, '0.1f'],
    [16777216, '16777216.0f'],
    [1e-45, '1e-45f'],
    [3.4028234663852886e38, '3.4028235e+38f'],
  ])('%f is %s', (value, text) => {
    expect(floatLiteral(value)).toBe(text);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, 1e39])('%f has none', (value) => {
    expect(() => floatLiteral(value)).toThrow(/no literal/);
  });

  test.each([
    [0, '0'],
    [-1, '-1'],
    [2147483647, '2147483647'],
    [-2147483647, '-2147483647'],
    [-2147483648, '(-2147483647 - 1)'],
    [2147483648, '2147483648U'],
    [4294967295, '4294967295U'],
  ])('%i is %s', (value, text) => {
    expect(integerLiteral(value)).toBe(text);
  });

  test.each([0.5, 4294967296, -2147483649, Number.NaN])('%f has none', (value) => {
    expect(() => integerLiteral(value)).toThrow(/no 32-bit literal/);
  });
});

test.each([
  [-1, 0],
  [0, 0],
  [3, 3],
  [5, 5],
  [6, 5],
])('%i within [0, 5] is %i', (value, expected) => {
  expect(clamp(value, 0, 5)).toBe(expected);
});

describe('fixed-point functions are near the real ones', () => {
  const one = 2 ** 31;
  const runs = { numRuns: 2000, seed: 1 };
  const negative = fc.integer({ min: -(2 ** 31), max: 0 });
  const any = fc.integer({ min: -(2 ** 31) + 1, max: 2 ** 31 - 1 });

  test('exp', () => {
    fc.assert(
      fc.property(negative, fc.integer({ min: 0, max: 5 }), (x, bits) => {
        expect(expOnNegativeValues(x, bits) / one).toBeCloseTo(Math.exp(x / 2 ** (31 - bits)), 5);
      }),
      runs,
    );
  });

  test('logistic and tanh', () => {
    fc.assert(
      fc.property(any, (x) => {
        const real = x / 2 ** 27;
        expect(fixedPointLogistic(x, 4) / one).toBeCloseTo(1 / (1 + Math.exp(-real)), 5);
        expect(fixedPointTanh(x, 4) / one).toBeCloseTo(Math.tanh(real), 5);
        expect(fixedPointTanh(-x, 4)).toBe(-fixedPointTanh(x, 4) + 0);
      }),
      runs,
    );
  });

  test('1 / (1 + x) and 1 / x', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 - 1 }), (x) => {
        expect(oneOverOnePlus(x) / one).toBeCloseTo(1 / (1 + x / one), 7);
        if (x > 0) {
          const { reciprocal, bitsOverUnit } = fixedPointReciprocal(x, 12);
          const expected = 1 / (x / 2 ** 19);
          expect((reciprocal / one) * 2 ** -bitsOverUnit).toBeGreaterThan(expected * (1 - 1e-7));
          expect((reciprocal / one) * 2 ** -bitsOverUnit).toBeLessThan(expected * (1 + 1e-7));
        }
      }),
      runs,
    );
  });
});
