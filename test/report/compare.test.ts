import { describe, expect, test } from 'vitest';
import type { Tensor } from '../../compiler/ir/index.ts';
import { compareOutputs, defaultTolerance, type Tolerance } from '../../compiler/report/compare.ts';

const floats: Tensor = {
  id: 0,
  name: 'y',
  kind: 'computed',
  dtype: 'float32',
  shape: [1],
  quantization: null,
  data: null,
};
const bytesOf = (value: number) => new Uint8Array(Float32Array.of(value).buffer);
const isSame = (actual: number, expected: number, tolerance: Tolerance) =>
  compareOutputs([floats], [4], bytesOf(actual), bytesOf(expected), tolerance).length === 0;

describe('floats are compared', () => {
  test.each([
    [1, 1.000_009, true],
    [1, 1.000_02, false],
    [0, -0, true],
    [9e-7, 0, true],
    [2e-6, 0, false],
    [Number.NaN, Number.NaN, true],
    [Number.NaN, 0, false],
    [0, Number.NaN, false],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, true],
    [Number.POSITIVE_INFINITY, 1, false],
    [1, Number.POSITIVE_INFINITY, false],
    [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, false],
    [Number.NaN, Number.POSITIVE_INFINITY, false],
  ])('%f where %f is expected: %s', (actual, expected, same) => {
    expect(isSame(actual, expected, defaultTolerance)).toBe(same);
  });

  test('without a tolerance, only equal is equal', () => {
    const none = { relative: 0, absolute: 0 };
    expect([isSame(1, 1, none), isSame(1, 1.000_000_2, none)]).toEqual([true, false]);
  });

  test('the largest difference is infinite where one of them is no number', () => {
    const [difference] = compareOutputs([floats], [4], bytesOf(Number.NaN), bytesOf(1), defaultTolerance);
    expect(difference).toMatchObject({ tensor: 'y', inference: 0, index: 0, largest: Number.POSITIVE_INFINITY });
  });
});
