import { type CaseTensor, type NodeCase, q } from '../support/node-case.ts';

const everyInt8 = Array.from({ length: 256 }, (_, i) => i - 128);

function int8Case(
  name: string,
  activation: string,
  input: ReturnType<typeof q>,
  output: ReturnType<typeof q>,
): NodeCase {
  return {
    name: `relu int8 ${name}`,
    operator: 'relu',
    attributes: { activation },
    inputs: [{ dtype: 'int8', shape: [1, 256], quantization: input, values: everyInt8 }],
    outputs: [{ dtype: 'int8', quantization: output }],
  };
}

function floatCase(name: string, activation: string, tensor: Partial<CaseTensor> = {}): NodeCase {
  return {
    name: `relu float ${name}`,
    operator: 'relu',
    attributes: { activation },
    inputs: [{ dtype: 'float32', shape: [2, 3, 7], range: [-9, 9], ...tensor }],
    outputs: [{ dtype: 'float32' }],
  };
}

export const reluCases: readonly NodeCase[] = [
  int8Case('control: one grid', 'relu', q(0.05, -3), q(0.05, -3)),
  int8Case('relu to a finer grid', 'relu', q(0.37589699029922485, 41), q(0.12610235810279846, -128)),
  int8Case('relu to a coarser grid', 'relu', q(0.05, -3), q(0.3, 17)),
  int8Case('relu6', 'relu6', q(0.05, -3), q(0.05, -3)),
  int8Case('relu6 to another grid', 'relu6', q(0.1, 0), q(6 / 255, -128)),
  int8Case('relu6 above the range of the output', 'relu6', q(0.1, 0), q(0.01, -128)),
  int8Case('relu_n1_to_1', 'relu_n1_to_1', q(0.02, 10), q(0.01, -20)),
  int8Case('highest zero points', 'relu', q(0.05, 127), q(0.03, 127)),
  int8Case('everything saturates', 'relu', q(10, 0), q(0.0001, 0)),
  {
    ...int8Case('1 element', 'relu', q(0.05, -3), q(0.03, -128)),
    inputs: [{ dtype: 'int8', shape: [1], quantization: q(0.05, -3) }],
  },
  floatCase('relu', 'relu'),
  floatCase('relu6', 'relu6'),
  floatCase('relu_n1_to_1', 'relu_n1_to_1'),
  floatCase('the bounds', 'relu6', { shape: [6], values: [-0, 0, 6, -1e30, 1e30, 5.9999995] }),
];
