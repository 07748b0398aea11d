import type { Activation } from '../../compiler/ops/activation.ts';
import type { Padding } from '../../compiler/ops/padding.ts';
import { type CaseTensor, type NodeCase, q, qPerChannel } from '../support/node-case.ts';

interface Changes {
  readonly shape?: readonly number[];
  readonly kernel?: readonly [number, number];
  readonly multiplier?: number;
  readonly strides?: readonly [number, number];
  readonly dilations?: readonly [number, number];
  readonly padding?: Padding;
  readonly activation?: Activation;
  readonly inputZeroPoint?: number;
  readonly outputZeroPoint?: number;
  readonly outputScale?: number;
  readonly perTensor?: boolean;
  readonly weightsZeroPoint?: number;
  readonly weightsScale?: number;
  readonly weightsRange?: readonly [number, number];
  readonly bias?: boolean | Partial<CaseTensor>;
}

function attributesOf(changes: Changes) {
  return {
    strides: changes.strides ?? [1, 1],
    dilations: changes.dilations ?? [1, 1],
    padding: changes.padding ?? [1, 1, 1, 1],
    activation: changes.activation ?? 'none',
  };
}

/** The control: 3 by 3, stride 1, one row and column of padding around, 8 channels, per channel. */
function int8Case(name: string, changes: Changes = {}): NodeCase {
  const shape = changes.shape ?? [1, 6, 7, 8];
  const outputs = shape[3]! * (changes.multiplier ?? 1);
  const [height, width] = changes.kernel ?? [3, 3];
  const weightsZeroPoint = changes.weightsZeroPoint ?? 0;
  const weightsScale = changes.weightsScale ?? 0.004;
  return {
    name: `int8 ${name}`,
    operator: 'depthwise_conv2d',
    attributes: attributesOf(changes),
    inputs: [
      { dtype: 'int8', shape, quantization: q(0.05, changes.inputZeroPoint ?? -3) },
      {
        dtype: 'int8',
        shape: [1, height, width, outputs],
        kind: 'constant',
        quantization:
          changes.perTensor === true
            ? q(weightsScale, weightsZeroPoint)
            : qPerChannel(
                Array.from({ length: outputs }, (_, i) => weightsScale * (0.2 + 0.37 * i)),
                3,
              ),
        ...(changes.weightsRange === undefined ? {} : { range: changes.weightsRange }),
      },
      changes.bias === false
        ? null
        : {
            dtype: 'int32',
            shape: [outputs],
            kind: 'constant',
            ...(typeof changes.bias === 'object' ? changes.bias : {}),
          },
    ],
    outputs: [{ dtype: 'int8', quantization: q(changes.outputScale ?? 0.3, changes.outputZeroPoint ?? 5) }],
  };
}

function floatCase(name: string, changes: Changes = {}): NodeCase {
  const shape = changes.shape ?? [1, 5, 6, 3];
  const outputs = shape[3]! * (changes.multiplier ?? 1);
  const [height, width] = changes.kernel ?? [3, 3];
  return {
    name: `float ${name}`,
    operator: 'depthwise_conv2d',
    attributes: attributesOf(changes),
    inputs: [
      { dtype: 'float32', shape },
      { dtype: 'float32', shape: [1, height, width, outputs], kind: 'constant' },
      changes.bias === false ? null : { dtype: 'float32', shape: [outputs], kind: 'constant' },
    ],
    outputs: [{ dtype: 'float32' }],
  };
}

export const depthwiseConv2dCases: readonly NodeCase[] = [
  int8Case('3x3 stride 1'),
  int8Case('3x3 stride 2', { strides: [2, 2] }),
  int8Case('3x3 stride 2, odd sizes', { strides: [2, 2], shape: [1, 7, 9, 8] }),
  int8Case('3x3 stride 2, padding at the end only', { strides: [2, 2], shape: [1, 6, 8, 8], padding: [0, 1, 0, 1] }),
  int8Case('3x3 stride 2, no padding', { strides: [2, 2], shape: [1, 7, 8, 8], padding: [0, 0, 0, 0] }),
  int8Case('strides 2 by 1', { strides: [2, 1] }),
  int8Case('strides 1 by 2', { strides: [1, 2] }),
  int8Case('strides 3 by 2', { strides: [3, 2], shape: [1, 8, 7, 4] }),
  int8Case('no padding', { padding: [0, 0, 0, 0] }),
  int8Case('padding at the end only', { padding: [0, 2, 0, 2] }),
  int8Case('padding at the start only', { padding: [2, 0, 2, 0] }),
  int8Case('padding wider than the window', { padding: [4, 4, 5, 4], shape: [1, 3, 4, 4] }),
  int8Case('width 1', { shape: [1, 5, 1, 8] }),
  int8Case('width 2', { shape: [1, 5, 2, 8] }),
  int8Case('width 3', { shape: [1, 3, 3, 8] }),
  int8Case('width 4', { shape: [1, 4, 4, 8] }),
  int8Case('width 5', { shape: [1, 4, 5, 8] }),
  int8Case('width 6', { shape: [1, 6, 6, 4] }),
  int8Case('width 7', { shape: [1, 2, 7, 4], outputZeroPoint: -128 }),
  int8Case('width 8', { shape: [1, 2, 8, 4] }),
  int8Case('width 9', { shape: [1, 2, 9, 12] }),
  ...[5, 6, 8, 10, 11, 12].flatMap((width) => [
    int8Case(`width ${width}, lowest zero point`, { shape: [1, 3, width, 4], outputZeroPoint: -128, outputScale: 0.1 }),
    int8Case(`width ${width}, stride 2, lowest zero point`, {
      shape: [1, 3, 2 * width, 4],
      strides: [2, 2],
      outputZeroPoint: -128,
      outputScale: 0.1,
    }),
  ]),
  int8Case('width 11', { shape: [1, 3, 11, 4] }),
  int8Case('width 13', { shape: [1, 3, 13, 4] }),
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((width) => [
    ...(width < 2
      ? []
      : [int8Case(`width ${width}, padding right`, { shape: [1, 3, width, 4], padding: [0, 0, 0, 1] })]),
    ...(width < 2
      ? []
      : [int8Case(`width ${width}, padding left`, { shape: [1, 3, width, 4], padding: [0, 0, 1, 0] })]),
    int8Case(`width ${width}, stride 2`, { shape: [1, 3, width, 4], strides: [2, 2], padding: [0, 0, 1, 1] }),
    ...(width < 2
      ? []
      : [
          int8Case(`width ${width}, stride 2, padding right`, {
            shape: [1, 3, width, 4],
            strides: [2, 2],
            padding: [0, 0, 0, 1],
          }),
        ]),
  ]),
  int8Case('one row of a wide image', { shape: [1, 3, 48, 8], padding: [0, 0, 1, 1] }),
  int8Case('6 channels', { shape: [1, 4, 5, 6] }),
  int8Case('6 channels, stride 2', { shape: [1, 5, 8, 6], strides: [2, 2] }),
  int8Case('height 1', { shape: [1, 1, 6, 8] }),
  int8Case('1 by 1 image', { shape: [1, 1, 1, 4] }),
  int8Case('more rows than a call computes', { shape: [1, 37, 4, 4] }),
  int8Case('a wide image', { shape: [1, 4, 70, 4] }),
  int8Case('1 channel', { shape: [1, 4, 5, 1] }),
  int8Case('2 channels', { shape: [1, 4, 5, 2] }),
  int8Case('3 channels', { shape: [1, 4, 5, 3] }),
  int8Case('4 channels', { shape: [1, 4, 5, 4] }),
  int8Case('5 channels', { shape: [1, 4, 5, 5] }),
  int8Case('7 channels, stride 2', { shape: [1, 5, 6, 7], strides: [2, 2] }),
  int8Case('multiplier 2', { shape: [1, 4, 5, 4], multiplier: 2 }),
  int8Case('multiplier 3, 3 channels', { shape: [1, 4, 5, 3], multiplier: 3, strides: [2, 2] }),
  int8Case('5x5', { kernel: [5, 5], padding: [2, 2, 2, 2] }),
  int8Case('5x5 stride 2', { kernel: [5, 5], padding: [1, 2, 1, 2], strides: [2, 2], shape: [1, 8, 8, 8] }),
  int8Case('1x1', { kernel: [1, 1], padding: [0, 0, 0, 0] }),
  int8Case('1x3', { kernel: [1, 3], padding: [0, 0, 1, 1] }),
  int8Case('3x1', { kernel: [3, 1], padding: [1, 1, 0, 0] }),
  int8Case('2x2', { kernel: [2, 2], padding: [0, 1, 0, 1] }),
  int8Case('4x3, all of the height', { kernel: [4, 3], padding: [0, 0, 1, 1], shape: [1, 4, 6, 6] }),
  int8Case('dilation 2', { dilations: [2, 2], padding: [2, 2, 2, 2] }),
  int8Case('dilations 2 by 1', { dilations: [2, 1], padding: [2, 2, 1, 1] }),
  int8Case('dilations 1 by 3', { dilations: [1, 3], padding: [1, 1, 3, 3] }),
  int8Case('dilation 2 and stride 2', {
    dilations: [2, 2],
    strides: [2, 2],
    padding: [2, 1, 2, 1],
    shape: [1, 9, 9, 4],
  }),
  int8Case('no bias', { bias: false }),
  int8Case('per tensor', { perTensor: true }),
  int8Case('weights of zero point 9', { perTensor: true, weightsZeroPoint: 9 }),
  int8Case('weights of zero point -128', { perTensor: true, weightsZeroPoint: -128 }),
  int8Case('weights of zero point 127, stride 2', { perTensor: true, weightsZeroPoint: 127, strides: [2, 2] }),
  int8Case('weights of -128', { weightsRange: [-128, -128] }),
  int8Case('relu', { activation: 'relu' }),
  int8Case('relu6', { activation: 'relu6', outputScale: 0.1 }),
  int8Case('relu6 over the whole range', { activation: 'relu6', outputScale: 6 / 255, outputZeroPoint: -128 }),
  int8Case('relu_n1_to_1', { activation: 'relu_n1_to_1', outputScale: 0.03, strides: [2, 2] }),
  int8Case('zero points at the ends', { inputZeroPoint: -128, outputZeroPoint: 127 }),
  int8Case('zero points at the other ends', { inputZeroPoint: 127, outputZeroPoint: -128 }),
  int8Case('saturating', { outputScale: 0.01 }),
  int8Case('multipliers around 1', { weightsScale: 4, outputScale: 0.4, bias: { range: [-100, 100] } }),
  int8Case('multipliers around 1/2', { weightsScale: 1, outputScale: 0.2, bias: { range: [-100, 100] } }),
  int8Case('tiny multipliers', { weightsScale: 1e-7, outputScale: 1, bias: { range: [-1e6, 1e6] } }),
  int8Case('vanishing multipliers', { weightsScale: 1e-12, outputScale: 1 }),
  int8Case('biases that dominate', { bias: { range: [-5e8, 5e8] }, weightsScale: 1e-5 }),
  int8Case('channels of weight 0', { weightsRange: [0, 0], bias: { range: [-3e8, 3e8] }, weightsScale: 1e-6 }),
  int8Case('batch 3', { shape: [3, 4, 5, 4] }),
  int8Case('batch 2, stride 2, multiplier 2', { shape: [2, 5, 4, 2], strides: [2, 2], multiplier: 2 }),
  floatCase('3x3'),
  floatCase('3x3 stride 2, relu6', { strides: [2, 2], activation: 'relu6' }),
  floatCase('5x3, dilated, multiplier 2, no bias', {
    kernel: [5, 3],
    dilations: [1, 2],
    padding: [2, 2, 2, 2],
    multiplier: 2,
    bias: false,
  }),
  floatCase('batch 2', { shape: [2, 3, 4, 5] }),
  floatCase('4 channels', { shape: [1, 5, 6, 4] }),
];
