import { elementCount, type OperatorDefinition, operand, type Shape } from '../../ir/index.ts';
import type { Activation } from '../activation.ts';
import { constantOperands, elementsOf, quantizedPerTensor, quantizedWeights, rank } from '../constraints.ts';
import { type HeightWidth, maximumWindowStep, outputSize, type Padding } from '../padding.ts';

export type Conv2dAttributes = {
  readonly strides: HeightWidth;
  readonly dilations: HeightWidth;
  readonly padding: Padding;
  readonly groups: number;
  readonly activation: Activation;
};

export const conv2d: OperatorDefinition<Conv2dAttributes> = {
  name: 'conv2d',
  summary:
    'output[n, y, x, o] = activation(bias[o] + sum over i, j, c of weights[o, i, j, c] * input[n, y s + i d - p, x s + j d - p, c]), c within the group of o',
  attributes: {
    strides: '[vertical, horizontal] steps of the window',
    dilations: '[vertical, horizontal] distances between the elements of the window',
    padding: '[top, bottom, left, right] elements of value zero around the image',
    groups: 'channels are split into this many groups that do not mix',
    activation: 'applied to the result',
  },
  inputs: [
    { name: 'input', description: 'NHWC' },
    { name: 'weights', description: '[outputs, height, width, inputs / groups]', constant: true },
    { name: 'bias', description: '[outputs]', constant: true, optional: true },
  ],
  outputs: [{ name: 'output', description: 'NHWC' }],
  signatures: [
    { inputs: ['int8', 'int8', 'int32'], outputs: ['int8'] },
    { inputs: ['float32', 'float32', 'float32'], outputs: ['float32'] },
  ],
  constraints: [
    rank(4, { inputs: [0, 1] }),
    constantOperands(1, 2),
    quantizedPerTensor({ inputs: [0], outputs: [0] }),
    quantizedWeights(1, 0, 'one zero point'),
    elementsOf(2, 'one bias for each output channel', ([, weights]) => weights!.shape[0]!),
    {
      diagnostic: 'unsupported-attribute',
      requires: `strides, dilations and groups are at least 1, padding is at least 0, all are at most ${maximumWindowStep}`,
      violation: ({ attributes: { strides, dilations, groups, padding } }) =>
        [...strides, ...dilations, groups].every((value) => value >= 1 && value <= maximumWindowStep) &&
        padding.every((value) => value >= 0 && value <= maximumWindowStep)
          ? null
          : `strides [${strides}], dilations [${dilations}], groups ${groups}, padding [${padding}]`,
    },
    {
      diagnostic: 'unsupported-shape',
      requires:
        "the input's channels are the weights' inputs times the groups, and the outputs a multiple of the groups",
      violation: (view) => {
        const channels = operand(view, 0).shape[3]!;
        const [outputs, , , inputs] = operand(view, 1).shape as [number, number, number, number];
        const { groups } = view.attributes;
        return channels === inputs * groups && outputs % groups === 0
          ? null
          : `${channels} channels, weights [${operand(view, 1).shape}], ${groups} groups`;
      },
    },
    {
      diagnostic: 'unsupported-shape',
      requires: 'the window fits into the padded image',
      violation: (view) =>
        outputShape(view).every((dimension) => dimension >= 1)
          ? null
          : `input [${operand(view, 0).shape}], weights [${operand(view, 1).shape}], padding [${view.attributes.padding}]`,
    },
  ],
  inferShapes: (view) => [outputShape(view)],
  macs: (view) => {
    const [, height, width, inputs] = operand(view, 1).shape as [number, number, number, number];
    return elementCount(outputShape(view)) * height * width * inputs;
  },
};

type ShapeView = Parameters<typeof conv2d.inferShapes>[0];

function outputShape(view: ShapeView): Shape {
  const [batches, height, width] = operand(view, 0).shape as [number, number, number, number];
  const [outputs, kernelHeight, kernelWidth] = operand(view, 1).shape as [number, number, number, number];
  const { strides, dilations, padding } = view.attributes;
  const [top, bottom, left, right] = padding;
  return [
    batches,
    outputSize(height, kernelHeight, strides[0], dilations[0], [top, bottom]),
    outputSize(width, kernelWidth, strides[1], dilations[1], [left, right]),
    outputs,
  ];
}
