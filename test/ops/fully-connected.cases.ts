import type { FullyConnectedAttributes } from '../../compiler/ops/fully-connected/definition.ts';
import { type CaseTensor, type NodeCase, q, qPerChannel } from '../support/node-case.ts';

function int8Case(
  name: string,
  inputs: number,
  outputs: number,
  changes: {
    input?: CaseTensor;
    attributes?: Partial<FullyConnectedAttributes>;
    perChannel?: boolean;
    weightsZeroPoint?: number;
    bias?: boolean;
  } = {},
): NodeCase {
  return {
    name: `int8 ${name}`,
    operator: 'fully_connected',
    attributes: { activation: 'none', keepDimensions: false, ...changes.attributes },
    inputs: [
      changes.input ?? { dtype: 'int8', shape: [1, inputs], quantization: q(0.05, -3) },
      {
        dtype: 'int8',
        shape: [outputs, inputs],
        kind: 'constant',
        quantization: changes.perChannel
          ? qPerChannel(
              Array.from({ length: outputs }, (_, i) => 0.001 + i * 0.0007),
              0,
            )
          : q(0.004, changes.weightsZeroPoint ?? 0),
      },
      changes.bias === false ? null : { dtype: 'int32', shape: [outputs], kind: 'constant' },
    ],
    outputs: [{ dtype: 'int8', quantization: q(0.3, 5) }],
  };
}

export const fullyConnectedCases: readonly NodeCase[] = [
  int8Case('16 to 16', 16, 16),
  int8Case('1 to 1', 1, 1),
  int8Case('1 to 7', 1, 7),
  int8Case('3 inputs', 3, 4),
  int8Case('5 inputs, 3 outputs', 5, 3),
  int8Case('odd sizes 37 to 11', 37, 11),
  int8Case('per channel', 24, 10, { perChannel: true }),
  int8Case('asymmetric weights', 24, 10, { weightsZeroPoint: -37 }),
  int8Case('no bias', 24, 10, { bias: false }),
  int8Case('relu', 32, 9, { attributes: { activation: 'relu' } }),
  int8Case('relu6', 32, 9, { attributes: { activation: 'relu6' } }),
  int8Case('batch 3', 20, 6, { input: { dtype: 'int8', shape: [3, 20], quantization: q(0.05, 127) } }),
  int8Case('leading dimensions kept', 8, 5, {
    input: { dtype: 'int8', shape: [2, 3, 8], quantization: q(0.05, -128) },
    attributes: { keepDimensions: true },
  }),
  int8Case('640 to 128', 640, 128),
  {
    name: 'float 33 to 9',
    operator: 'fully_connected',
    attributes: { activation: 'relu', keepDimensions: false },
    inputs: [
      { dtype: 'float32', shape: [2, 33] },
      { dtype: 'float32', shape: [9, 33], kind: 'constant' },
      { dtype: 'float32', shape: [9], kind: 'constant' },
    ],
    outputs: [{ dtype: 'float32' }],
  },
];
