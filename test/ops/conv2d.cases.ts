import type { Conv2dAttributes } from '../../compiler/ops/conv2d/definition.ts';
import { type CaseTensor, type NodeCase, q, qPerChannel } from '../support/node-case.ts';

interface Changes {
  readonly input?: readonly [batches: number, height: number, width: number];
  readonly kernel?: readonly [height: number, width: number];
  readonly channels?: number;
  readonly outputs?: number;
  readonly attributes?: Partial<Conv2dAttributes>;
  /** Range of the input's values. */
  readonly values?: readonly [number, number];
  readonly inputZeroPoint?: number;
  readonly outputZeroPoint?: number;
  readonly outputScale?: number;
  readonly weightScale?: number;
  readonly weightZeroPoint?: number;
  readonly perChannel?: boolean;
  readonly bias?: boolean;
  readonly biasRange?: readonly [number, number];
  readonly weights?: Partial<CaseTensor>;
}

const plain: Conv2dAttributes = {
  strides: [1, 1],
  dilations: [1, 1],
  padding: [0, 0, 0, 0],
  groups: 1,
  activation: 'none',
};

const same3: Partial<Conv2dAttributes> = { padding: [1, 1, 1, 1] };

function shapes(changes: Changes) {
  const [batches, height, width] = changes.input ?? [1, 4, 4];
  const channels = changes.channels ?? 8;
  const outputs = changes.outputs ?? 8;
  const groups = changes.attributes?.groups ?? 1;
  const kernel = changes.kernel ?? [1, 1];
  return { input: [batches, height, width, channels], weights: [outputs, ...kernel, channels / groups], outputs };
}

function int8Case(name: string, changes: Changes = {}): NodeCase {
  const { input, weights, outputs } = shapes(changes);
  const scale = changes.weightScale ?? 0.004;
  return {
    name: `int8 ${name}`,
    operator: 'conv2d',
    attributes: { ...plain, ...changes.attributes },
    inputs: [
      {
        dtype: 'int8',
        shape: input,
        quantization: q(0.05, changes.inputZeroPoint ?? -3),
        ...(changes.values === undefined ? {} : { range: changes.values }),
      },
      {
        dtype: 'int8',
        shape: weights,
        kind: 'constant',
        range: [-127, 127],
        quantization: changes.perChannel
          ? qPerChannel(
              Array.from({ length: outputs }, (_, i) => scale * (0.25 + i * 0.21)),
              0,
            )
          : q(scale, changes.weightZeroPoint ?? 0),
        ...changes.weights,
      },
      changes.bias === false
        ? null
        : { dtype: 'int32', shape: [outputs], kind: 'constant', range: changes.biasRange ?? [-20000, 20000] },
    ],
    outputs: [{ dtype: 'int8', quantization: q(changes.outputScale ?? 0.3, changes.outputZeroPoint ?? 5) }],
  };
}

function floatCase(name: string, changes: Changes = {}): NodeCase {
  const { input, weights, outputs } = shapes(changes);
  return {
    name: `float ${name}`,
    operator: 'conv2d',
    attributes: { ...plain, ...changes.attributes },
    inputs: [
      { dtype: 'float32', shape: input, step: 2 ** -6 },
      { dtype: 'float32', shape: weights, kind: 'constant', step: 2 ** -6 },
      changes.bias === false ? null : { dtype: 'float32', shape: [outputs], kind: 'constant', step: 2 ** -12 },
    ],
    outputs: [{ dtype: 'float32' }],
  };
}

const pointwise: readonly (readonly [string, Changes])[] = [
  ['1x1', {}],
  ['1x1 on one pixel', { input: [1, 1, 1] }],
  ['1x1 on an odd number of pixels', { input: [1, 3, 3] }],
  ['1x1 of 1 channel', { channels: 1 }],
  ['1x1 of 3 channels, 5 outputs', { channels: 3, outputs: 5 }],
  ['1x1 of 5 channels, 1 output', { channels: 5, outputs: 1 }],
  ['1x1 of 6 channels, 2 outputs', { channels: 6, outputs: 2 }],
  ['1x1 of 7 channels, 3 outputs on 5 pixels', { input: [1, 1, 5], channels: 7, outputs: 3 }],
  ['1x1 of 12 channels', { channels: 12, outputs: 12 }],
  ['1x1 of 16 channels', { channels: 16, outputs: 4 }],
  ['1x1 of 20 channels', { channels: 20, outputs: 4 }],
  ['1x1 of 33 channels, 10 outputs', { input: [1, 2, 2], channels: 33, outputs: 10 }],
  ['1x1 of 64 channels', { input: [1, 3, 2], channels: 64, outputs: 16 }],
  ['1x1 of 70 channels', { input: [1, 1, 3], channels: 70, outputs: 6 }],
  ['1x1 in a batch', { input: [3, 1, 3] }],
  ['1x1 with strides', { input: [1, 5, 5], attributes: { strides: [2, 2] } }],
  ['1x1 with padding', { input: [1, 2, 2], attributes: { padding: [1, 0, 0, 1] } }],
];

const spatial: readonly (readonly [string, Changes])[] = [
  ['3x3', { kernel: [3, 3], attributes: same3 }],
  ['3x3 without padding', { kernel: [3, 3] }],
  ['3x3 on one pixel', { input: [1, 1, 1], kernel: [3, 3], attributes: same3 }],
  ['3x3 of 1 channel', { input: [1, 7, 5], kernel: [3, 3], channels: 1, outputs: 6, attributes: same3 }],
  ['3x3 of 2 channels', { kernel: [3, 3], channels: 2, outputs: 3, attributes: same3 }],
  ['3x3 of 3 channels', { input: [1, 5, 6], kernel: [3, 3], channels: 3, outputs: 8, attributes: same3 }],
  ['3x3 of 5 channels, 7 outputs', { kernel: [3, 3], channels: 5, outputs: 7, attributes: same3 }],
  ['3x3 with strides', { input: [1, 6, 6], kernel: [3, 3], attributes: { strides: [2, 2], padding: [0, 1, 0, 1] } }],
  [
    '3x3 of 1 channel with strides',
    {
      input: [1, 8, 8],
      kernel: [3, 3],
      channels: 1,
      outputs: 8,
      attributes: { strides: [2, 2], padding: [0, 1, 0, 1] },
    },
  ],
  ['3x3 with unequal strides', { input: [1, 7, 6], kernel: [3, 3], attributes: { strides: [3, 1], ...same3 } }],
  ['3x3 with dilation', { input: [1, 7, 7], kernel: [3, 3], attributes: { dilations: [2, 2], padding: [2, 2, 2, 2] } }],
  ['3x3 with unequal dilations', { input: [1, 7, 7], kernel: [3, 3], attributes: { dilations: [1, 3], ...same3 } }],
  ['2x5', { input: [1, 5, 7], kernel: [2, 5], channels: 4, attributes: { padding: [0, 1, 2, 2] } }],
  [
    '10x4 of 1 channel',
    {
      input: [1, 12, 6],
      kernel: [10, 4],
      channels: 1,
      outputs: 4,
      attributes: { strides: [2, 2], padding: [4, 5, 1, 1] },
    },
  ],
  ['1x7 on a narrow image', { input: [1, 2, 3], kernel: [1, 7], channels: 4, attributes: { padding: [0, 0, 3, 3] } }],
  ['3x3 with wide padding', { input: [1, 2, 2], kernel: [3, 3], attributes: { padding: [3, 2, 4, 3] } }],
  ['3x3 in a batch', { input: [2, 3, 3], kernel: [3, 3], channels: 3, outputs: 4, attributes: same3 }],
  ['3x3 on 4 columns', { input: [1, 2, 4], kernel: [3, 3], channels: 4, outputs: 2, attributes: same3 }],
  ['3x3 on 5 columns, 3 rows', { input: [1, 3, 5], kernel: [3, 3], channels: 4, outputs: 6, attributes: same3 }],
  ['3x3 on 11 columns, 1 row', { input: [1, 1, 11], kernel: [3, 3], channels: 12, outputs: 4, attributes: same3 }],
  ['3x3 of 1 channel, 4 outputs', { input: [1, 5, 6], kernel: [3, 3], channels: 1, outputs: 4 }],
  ['3x3 of 3 channels without padding', { input: [1, 6, 8], kernel: [3, 3], channels: 3, outputs: 4 }],
  ['3x3 of 16 channels', { input: [1, 4, 8], kernel: [3, 3], channels: 16, outputs: 16, attributes: same3 }],
  ['3x3 with uneven padding', { input: [1, 4, 5], kernel: [3, 3], attributes: { padding: [2, 1, 0, 3] } }],
  ['3x3 of 8 channels in a batch', { input: [3, 3, 6], kernel: [3, 3], outputs: 4, attributes: same3 }],
  ['two groups', { kernel: [3, 3], attributes: { groups: 2, ...same3 } }],
  ['four groups of 3 channels', { kernel: [3, 3], channels: 12, outputs: 4, attributes: { groups: 4, ...same3 } }],
  ['as many groups as channels', { kernel: [3, 3], attributes: { groups: 8, ...same3 } }],
  ['groups of 1x1 with strides', { channels: 6, outputs: 9, attributes: { groups: 3, strides: [2, 2] } }],
];

/** Sums too long for the tolerance of floats. */
const deep: readonly (readonly [string, Changes])[] = [
  ['3x3 of 60 channels', { input: [1, 3, 7], kernel: [3, 3], channels: 60, outputs: 4, attributes: same3 }],
  ['3x3 of 64 channels', { input: [1, 4, 4], kernel: [3, 3], channels: 64, outputs: 2, attributes: same3 }],
  ['3x3 of 68 channels', { input: [1, 2, 4], kernel: [3, 3], channels: 68, outputs: 2, attributes: same3 }],
];

export const conv2dCases: readonly NodeCase[] = [
  ...[...pointwise, ...spatial, ...deep].map(([name, changes]) => int8Case(name, changes)),
  int8Case('per channel 1x1', { perChannel: true }),
  int8Case('per channel 3x3', { kernel: [3, 3], outputs: 10, perChannel: true, attributes: same3 }),
  ...[-128, 127].flatMap((value) =>
    [-128, -127, 127].flatMap((weight) => {
      const ends: Changes = { input: [1, 3, 5], values: [value, value], weights: { range: [weight, weight] } };
      const window: Changes = { kernel: [3, 3], channels: 64, outputs: 2, outputScale: 30, attributes: same3 };
      return int8Case(`3x3 of inputs of ${value}, weights of ${weight}`, { ...ends, ...window });
    }),
  ),
  ...(
    [
      ['on 4 columns', { input: [1, 3, 4], attributes: same3 }],
      ['with stride 3 and wide padding', { input: [2, 6, 9], attributes: { strides: [2, 3], padding: [3, 2, 4, 5] } }],
      ['with dilated rows', { input: [1, 7, 6], attributes: { dilations: [2, 1], padding: [2, 2, 1, 1] } }],
      ['from the lowest to the highest zero point', { inputZeroPoint: -128, outputZeroPoint: 127, attributes: same3 }],
      ['of ends', { values: [-128, -128], weights: { range: [-128, -128] }, outputScale: 0.3, attributes: same3 }],
      ['of all int8, relu6', { weights: { range: [-128, 127] }, attributes: { activation: 'relu6', ...same3 } }],
      ['per channel', { perChannel: true, outputs: 7, input: [1, 9, 12], attributes: { strides: [2, 2], ...same3 } }],
    ] as readonly (readonly [string, Changes])[]
  ).map(([name, changes]) => int8Case(`3x3 of 1 channel ${name}`, { kernel: [3, 3], channels: 1, ...changes })),
  ...(
    [
      ['on 3 columns', { input: [1, 2, 3], attributes: same3 }],
      ['on 10 columns', { input: [1, 3, 10], outputs: 5, attributes: same3 }],
      ['with stride 2', { input: [1, 9, 16], outputs: 6, attributes: { strides: [2, 2], padding: [0, 1, 0, 1] } }],
      ['with stride 3 and wide padding', { input: [2, 6, 9], attributes: { strides: [2, 3], padding: [3, 2, 4, 5] } }],
      ['with dilated rows', { input: [1, 7, 6], attributes: { dilations: [2, 1], padding: [2, 2, 1, 1] } }],
      ['from the lowest to the highest zero point', { inputZeroPoint: -128, outputZeroPoint: 127, attributes: same3 }],
      ['of ends', { values: [-128, -128], weights: { range: [-127, -127] }, outputScale: 0.9, attributes: same3 }],
      ['with relu6', { attributes: { activation: 'relu6', ...same3 } }],
    ] as readonly (readonly [string, Changes])[]
  ).map(([name, changes]) => int8Case(`3x3 of 3 channels ${name}`, { kernel: [3, 3], channels: 3, ...changes })),
  int8Case('1x1 of 32 channels', { input: [1, 3, 3], channels: 32, outputs: 6, outputScale: 0.1 }),
  int8Case('1x1 of 31 channels, lowest zero points', {
    input: [1, 2, 5],
    channels: 31,
    outputs: 4,
    inputZeroPoint: -128,
    outputZeroPoint: -128,
    outputScale: 0.1,
  }),
  int8Case('1x1 of 32 channels of ends', {
    channels: 32,
    outputs: 2,
    values: [-128, -128],
    weights: { range: [-128, -128] },
    outputScale: 2,
  }),
  int8Case('1x1 of 8 channels on one pixel, relu6', { input: [1, 1, 1], attributes: { activation: 'relu6' } }),
  int8Case('3x3 of all int8', {
    input: [1, 5, 8],
    kernel: [3, 3],
    channels: 16,
    outputScale: 0.9,
    weights: { range: [-128, 127] },
    attributes: same3,
  }),
  int8Case('3x3 per channel, relu from the lowest zero point', {
    input: [1, 4, 6],
    kernel: [3, 3],
    perChannel: true,
    outputZeroPoint: -128,
    attributes: { activation: 'relu', ...same3 },
  }),
  int8Case('no bias', { bias: false }),
  int8Case('relu', { attributes: { activation: 'relu' } }),
  int8Case('relu6', { kernel: [3, 3], attributes: { activation: 'relu6', ...same3 } }),
  int8Case('relu from -1 to 1', { outputs: 5, attributes: { activation: 'relu_n1_to_1' } }),
  int8Case('relu without a lower cut', { outputZeroPoint: -128, attributes: { activation: 'relu' } }),
  int8Case('lowest zero points', { kernel: [3, 3], inputZeroPoint: -128, outputZeroPoint: -128, attributes: same3 }),
  int8Case('highest zero points', { kernel: [3, 3], inputZeroPoint: 127, outputZeroPoint: 127, attributes: same3 }),
  int8Case('saturating', { outputScale: 0.002 }),
  int8Case('all results near the zero point', { outputScale: 30 }),
  int8Case('multiplier just below 1/2', { outputScale: 0.00041, biasRange: [-100, 100] }),
  int8Case('multiplier above 1/2', { outputScale: 0.00039, biasRange: [-100, 100] }),
  int8Case('multiplier above 1', { outputScale: 0.00015, biasRange: [-100, 100] }),
  int8Case('multiplier far below 1', { outputScale: 3000 }),
  int8Case('multiplier rounded to 0', { weightScale: 1e-12 }),
  int8Case('channels that are always the same', { biasRange: [-1000000000, 1000000000], outputScale: 0.01 }),
  int8Case('large biases', { biasRange: [-30000000, 30000000], outputScale: 60 }),
  int8Case('huge biases', { biasRange: [-1000000000, 1000000000], outputScale: 3000 }),
  int8Case('weights of -128', { weights: { range: [-128, -128] } }),
  int8Case('weights of 127', { kernel: [3, 3], weights: { range: [127, 127] }, attributes: same3 }),
  int8Case('weights of -127', { kernel: [3, 3], weights: { range: [-127, -127] }, attributes: same3 }),
  int8Case('weights of 0', { weights: { range: [0, 0] } }),
  int8Case('weights of all int8', { kernel: [3, 3], weights: { range: [-128, 127] }, attributes: same3 }),
  int8Case('weights with a zero point', { kernel: [3, 3], weightZeroPoint: 22, attributes: same3 }),
  int8Case('weights with the lowest zero point', { weightZeroPoint: -128 }),
  int8Case('1x1 of 640 channels', { input: [1, 1, 2], channels: 640, outputs: 4, outputScale: 3 }),
  int8Case('1x1 of 640 channels, weights of 127', {
    input: [1, 1, 2],
    channels: 640,
    outputs: 4,
    outputScale: 3,
    weights: { range: [127, 127] },
  }),
  ...[...pointwise, ...spatial].map(([name, changes]) => floatCase(name, changes)),
  floatCase('no bias', { bias: false }),
  floatCase('relu6', { attributes: { activation: 'relu6' } }),
  floatCase('relu', { kernel: [3, 3], attributes: { activation: 'relu', ...same3 } }),
];
