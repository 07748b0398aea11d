import { describe, expect, it } from 'vitest';
import { resultOf, violationsOf } from '../support/check-case.ts';
import { importOne } from '../support/import-one.ts';
import { type NodeCase, q } from '../support/node-case.ts';
import { logisticTanhCases } from './logistic-tanh.cases.ts';

const values = [-128, -90, -60, -41, -30, -20, -10, -4, -3, -2, 5, 17, 40, 63, 99, 127];
const grids = { logistic: q(1 / 256, -128), tanh: q(1 / 128, 0) };

function vector(operator: 'logistic' | 'tanh', scale: number, grid = grids[operator]): NodeCase {
  return {
    name: operator,
    operator,
    attributes: {},
    inputs: [{ dtype: 'int8', shape: [16], quantization: q(scale, -3), values }],
    outputs: [{ dtype: 'int8', quantization: grid }],
  };
}

/** Computed by TensorFlow Lite Micro's reference kernels (PyPI tflite-micro) from the same tensors. */
const vectors = [
  ['logistic', 0.05, [-128, -125, -114, -95, -75, -51, -22, -3, 0, 3, 25, 59, 101, 119, 126, 127]],
  ['logistic', 0.011, [-76, -57, -39, -26, -19, -12, -5, -1, 0, 1, 6, 14, 30, 45, 65, 79]],
  ['logistic', 8, [-128, -128, -128, -128, -128, -128, -128, -128, -128, 127, 127, 127, 127, 127, 127, 127]],
  ['tanh', 0.05, [-128, -128, -127, -122, -112, -88, -43, -6, 0, 6, 49, 97, 125, 127, 127, 127]],
  ['tanh', 0.011, [-113, -95, -71, -51, -37, -24, -10, -1, 0, 1, 11, 28, 56, 79, 103, 114]],
  ['tanh', 8, [-128, -128, -128, -128, -128, -128, -128, -128, -128, 127, 127, 127, 127, 127, 127, 127]],
] as const;

describe('int8 logistic and tanh', () => {
  it.each(vectors)('equal TensorFlow Lite Micro: %s, scale %d', (operator, scale, expected) => {
    expect(resultOf(vector(operator, scale))).toEqual(expected);
  });
});

describe('float logistic and tanh', () => {
  const evaluate = (operator: string, x: number) =>
    resultOf({
      name: operator,
      operator,
      attributes: {},
      inputs: [{ dtype: 'float32', shape: [1], values: [x] }],
      outputs: [{ dtype: 'float32' }],
    })[0];

  it.each([-200, -3.5, 0, 0.25, 200])('of %d', (x) => {
    expect(evaluate('logistic', x)).toBeCloseTo(1 / (1 + Math.exp(-x)), 7);
    expect(evaluate('tanh', x)).toBeCloseTo(Math.tanh(x), 7);
  });
});

describe('the definitions of logistic and tanh', () => {
  it.each(logisticTanhCases)('accept $name', (nodeCase) => {
    expect(violationsOf(nodeCase)).toEqual([]);
  });

  it('refuse results on another grid', () => {
    expect(violationsOf(vector('logistic', 0.1, q(1 / 256, 0)))).toEqual([
      'invalid-quantization: an int8 result has scale 1/256 and zero point -128',
    ]);
    expect(violationsOf(vector('tanh', 0.1, q(1 / 256, 0)))).toEqual([
      'invalid-quantization: an int8 result has scale 1/128 and zero point 0',
    ]);
  });

  it('refuse int16', () => {
    const tensor = { dtype: 'int16', shape: [4], quantization: q(1 / 4096, 0) } as const;
    const outputs = [{ dtype: 'int16', quantization: q(1 / 32768, 0) }] as const;
    expect(violationsOf({ ...vector('tanh', 1), inputs: [tensor], outputs })[0]).toMatch(/^unsupported-operand-type/);
  });
});

describe('importing logistic and tanh', () => {
  it.each([
    ['LOGISTIC', 'logistic'],
    ['TANH', 'tanh'],
  ])('reads TensorFlow Lite %s', (kind, operator) => {
    const tensor = { dtype: 'float32', shape: [2, 3] } as const;
    expect(importOne('tflite', kind, {}, [tensor], [tensor]).nodes).toMatchObject([{ operator, attributes: {} }]);
  });
});
