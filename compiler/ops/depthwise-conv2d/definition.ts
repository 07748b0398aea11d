import { elementCount, type OperatorDefinition, operand, type Shape } from '../../ir/index.ts';
import type { Activation } from '../activation.ts';
import { constantOperands, elementsOf, quantizedPerTensor, quantizedWeights, rank } from '../constraints.ts';
import type { HeightWidth, Padding } from '../padding.ts';
import { positionsOf, type ShapeView, validWindows, type Windows } from '../windows.ts';

export type DepthwiseConv2dAttributes = {
  readonly strides: HeightWidth;
  readonly dilations: HeightWidth;
  readonly padding: Padding;
  readonly activation: Activation;
};

export const depthwiseConv2d: OperatorDefinition<DepthwiseConv2dAttributes> = {
  name: 'depthwise_conv2d',
  summary:
    'output[n, y, x, c m + k] = activation(bias[c m + k] + sum over i, j of weights[0, i, j, c m + k] * input[n, y s + i d - p, x s + j d - p, c]), m outputs for each of the C channels',
  attributes: {
    strides: '[vertical, horizontal] steps of the window',
    dilations: '[vertical, horizontal] distances between the elements of the window',
    padding: '[top, bottom, left, right] elements of value zero around the image',
    activation: 'applied to the result',
  },
  inputs: [
    { name: 'input', description: 'NHWC' },
    { name: 'weights', description: '[1, height, width, outputs]', constant: true },
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
    quantizedWeights(1, 3, 'one zero point'),
    elementsOf(2, 'one bias for each output channel', ([, weights]) => weights!.shape[3]!),
    {
      diagnostic: 'unsupported-shape',
      requires: "weights [1, height, width, outputs], the outputs a multiple of the input's channels",
      violation: (view) => {
        const channels = operand(view, 0).shape[3]!;
        const [one, , , outputs] = operand(view, 1).shape as [number, number, number, number];
        return one === 1 && outputs % channels === 0
          ? null
          : `${channels} channels, weights [${operand(view, 1).shape}]`;
      },
    },
    validWindows(depthwiseWindows),
  ],
  inferShapes: (view) => [outputShape(view)],
  macs: (view) => {
    const [, height, width] = operand(view, 1).shape as [number, number, number];
    return elementCount(outputShape(view)) * height * width;
  },
};

/** The windows of a depthwise convolution: as large as its weights. */
export function depthwiseWindows(view: ShapeView<DepthwiseConv2dAttributes>): Windows {
  const [, height, width] = operand(view, 1).shape as [number, number, number];
  const { strides, dilations, padding } = view.attributes;
  return { kernel: [height, width], strides, dilations, padding };
}

function outputShape(view: ShapeView<DepthwiseConv2dAttributes>): Shape {
  const image = operand(view, 0).shape;
  return [image[0]!, ...positionsOf(image, depthwiseWindows(view)), operand(view, 1).shape[3]!];
}
