import { type NodeCase, q } from '../support/node-case.ts';

type Operator = 'logistic' | 'tanh';

const everyInt8 = Array.from({ length: 256 }, (_, i) => i - 128);
const grids = { logistic: q(1 / 256, -128), tanh: q(1 / 128, 0) };

function int8Case(operator: Operator, name: string, input: ReturnType<typeof q>): NodeCase {
  return {
    name: `${operator} int8 ${name}`,
    operator,
    attributes: {},
    inputs: [{ dtype: 'int8', shape: [1, 256], quantization: input, values: everyInt8 }],
    outputs: [{ dtype: 'int8', quantization: grids[operator] }],
  };
}

function cases(operator: Operator): readonly NodeCase[] {
  return [
    int8Case(operator, 'control', q(0.05, -3)),
    int8Case(operator, 'fine input', q(0.001, 0)),
    int8Case(operator, 'power of two', q(0.0625, 0)),
    int8Case(operator, 'coarse input', q(0.7, 20)),
    int8Case(operator, 'an input that saturates at once', q(16, 0)),
    int8Case(operator, 'lowest zero point', q(0.03, -128)),
    int8Case(operator, 'highest zero point', q(0.03, 127)),
    {
      name: `${operator} float`,
      operator,
      attributes: {},
      inputs: [{ dtype: 'float32', shape: [3, 17], range: [-9, 9] }],
      outputs: [{ dtype: 'float32' }],
    },
    {
      name: `${operator} float far out`,
      operator,
      attributes: {},
      inputs: [{ dtype: 'float32', shape: [6], values: [-200, -88, 0, 1e-6, 88, 200] }],
      outputs: [{ dtype: 'float32' }],
    },
  ];
}

export const logisticTanhCases: readonly NodeCase[] = [...cases('logistic'), ...cases('tanh')];
