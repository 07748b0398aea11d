import type { DType } from '../../compiler/ir/index.ts';
import { type CaseTensor, type NodeCase, q } from '../support/node-case.ts';

type Grid = ReturnType<typeof q>;

function quantizeCase(
  name: string,
  from: DType,
  to: DType,
  output: Grid,
  tensor: Partial<CaseTensor> = {},
  input: Grid = q(0.05, 0),
): NodeCase {
  return {
    name: `quantize ${from} to ${to} ${name}`,
    operator: 'quantize',
    attributes: {},
    inputs: [
      from === 'float32'
        ? { dtype: from, shape: [3, 41], range: [-9, 9], ...tensor }
        : { dtype: from, shape: [3, 41], quantization: input, ...tensor },
    ],
    outputs: [{ dtype: to, quantization: output }],
  };
}

function dequantizeCase(name: string, from: DType, input: Grid, tensor: Partial<CaseTensor> = {}): NodeCase {
  return {
    name: `dequantize ${from} ${name}`,
    operator: 'dequantize',
    attributes: {},
    inputs: [{ dtype: from, shape: [3, 41], quantization: input, ...tensor }],
    outputs: [{ dtype: 'float32' }],
  };
}

/** On both sides of halves, where the rounding shows; the third is the largest float32 below 1/2. */
const nearHalves = [
  0.5, -0.5, 0.49999997, -0.49999997, 1.5, 2.5, -1.5, -2.5, 126.5, 127.4, 127.5, -128.5, -129, 1e30, -1e30,
];
const halves: Partial<CaseTensor> = { shape: [nearHalves.length], values: nearHalves };

export const quantizeCases: readonly NodeCase[] = [
  quantizeCase('control', 'float32', 'int8', q(0.06, -3)),
  quantizeCase('halves', 'float32', 'int8', q(1, 0), halves),
  quantizeCase('lowest zero point', 'float32', 'int8', q(0.02, -128)),
  quantizeCase('highest zero point', 'float32', 'int8', q(0.02, 127)),
  quantizeCase('1 element', 'float32', 'int8', q(0.06, -3), { shape: [] }),
  quantizeCase('control', 'float32', 'uint8', q(0.06, 130)),
  quantizeCase('halves', 'float32', 'uint8', q(1, 128), halves),
  quantizeCase('control', 'float32', 'int16', q(0.0003, 0)),
  quantizeCase('lowest zero point', 'float32', 'int16', q(0.0001, -32768)),
  quantizeCase('halves', 'float32', 'int16', q(1, 0), halves),
  quantizeCase('control', 'int8', 'int8', q(0.06, 7)),
  quantizeCase('one grid', 'int8', 'int8', q(0.05, 0)),
  quantizeCase('another zero point', 'int8', 'int8', q(0.05, 100)),
  quantizeCase('finer', 'int8', 'int8', q(0.001, -20), {}, q(0.05, 20)),
  quantizeCase('coarser', 'int8', 'int8', q(0.9, 127), {}, q(0.05, -128)),
  quantizeCase('a grid that holds nothing', 'int8', 'int8', q(1e12, 3)),
  quantizeCase('shifted by 128', 'int8', 'uint8', q(0.05, 128)),
  quantizeCase('another scale', 'int8', 'uint8', q(0.04, 100)),
  quantizeCase('control', 'int8', 'int16', q(0.0002, 0)),
  quantizeCase('lowest zero point', 'int8', 'int16', q(0.0002, -32768)),
  quantizeCase('control', 'int8', 'int32', q(0.00001, 0)),
  quantizeCase('shifted by 128', 'uint8', 'int8', q(0.05, 0), {}, q(0.05, 128)),
  quantizeCase('another scale', 'uint8', 'int8', q(0.03, -7), {}, q(0.05, 100)),
  quantizeCase('control', 'int16', 'int8', q(0.05920833349227905, -128), {}, q(0.0006249999860301614, 0)),
  quantizeCase('control', 'int16', 'int16', q(0.04, 0)),
  quantizeCase('finer', 'int16', 'int16', q(0.0001, 5)),
  quantizeCase(
    'probabilities',
    'int16',
    'int32',
    q(0.000030518509447574615, 0),
    {},
    q(0.000015259021893143654, -32768),
  ),
  quantizeCase('control', 'int32', 'int8', q(0.9, 4), { range: [-3000, 3000] }, q(0.001, 0)),
  quantizeCase(
    'the ends of int32',
    'int32',
    'int8',
    q(0.9, 100),
    { shape: [4], values: [2147483647, -2147483648, 0, 1] },
    q(0.89, 0),
  ),
  quantizeCase('control', 'int32', 'int16', q(0.9, 0), {}, q(0.1, 0)),
  dequantizeCase('control', 'int8', q(0.05, -3)),
  dequantizeCase('lowest zero point', 'int8', q(1 / 256, -128)),
  dequantizeCase('control', 'uint8', q(0.05, 128)),
  dequantizeCase('control', 'int16', q(0.0003, 0)),
  dequantizeCase('lowest zero point', 'int16', q(1 / 65536, -32768)),
  dequantizeCase('control', 'int32', q(0.0003, 0)),
  dequantizeCase('beyond 24 bits', 'int32', q(0.0003, 0), {
    shape: [4],
    values: [2147483647, -2147483648, 16777217, 33554435],
  }),
];
