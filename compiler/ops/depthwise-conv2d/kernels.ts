import { elementsFromBytes, type NodeView, operand, result } from '../../ir/index.ts';
import { floatActivationRange, perTensor, quantizedActivationRange } from '../activation.ts';
import { type Argument, type CField, constant, field, float, type KernelRecord } from '../kernel.ts';
import { channelMultipliers, foldInputZeroPoint } from '../requantization.ts';
import { imagesOf, rowWindowOf } from '../windows.ts';
import { type DepthwiseConv2dAttributes, depthwiseConv2d, depthwiseWindows } from './definition.ts';
import { channelWeights } from './weights.ts';

type View = NodeView<DepthwiseConv2dAttributes>;
type Kernel = KernelRecord<DepthwiseConv2dAttributes>;

const rowArguments: readonly Argument[] = [
  { kind: 'rows' },
  { kind: 'outputRows' },
  { kind: 'parameters' },
  { kind: 'rowCount' },
];

const int8Portable: Kernel = {
  name: 'depthwise_conv2d_s8__portable',
  isa: 'portable',
  description: 'One output channel after the other, any sizes.',
  accepts: (view) => operand(view, 0).dtype === 'int8',
  cost: (view) => ({ instructions: 12 * depthwiseConv2d.macs(view) + 40 * outputs(view), codeBytes: 320 }),
  lower: (view) => {
    const { outputChannels } = imagesOf(view);
    const weights = operand(view, 1);
    const [, height, width] = weights.shape as [number, number, number];
    const multipliers = channelMultipliers(operand(view, 0), weights, result(view), outputChannels);
    const range = quantizedActivationRange(view.attributes.activation, result(view));
    const inputZeroPoint = perTensor(operand(view, 0).quantization).zeroPoint;
    const bias = foldInputZeroPoint(view, view.inputs[2] ?? null, outputChannels, channelWeights(weights));
    return {
      kernel: 'depthwise_conv2d_s8__portable',
      work: { kind: 'rows', window: rowWindowOf(depthwiseWindows(view), inputZeroPoint) },
      constants: [
        {
          name: 'weights',
          values: elementsFromBytes(weights, weights.data!),
          comment: `int8 [${height}, ${width}, ${outputChannels}]`,
        },
        { name: 'bias', values: bias, comment: "with the input's zero point folded in" },
        {
          name: 'multipliers',
          values: Int32Array.from(multipliers, (m) => m.multiplier),
          comment: '31 fractional bits',
        },
        { name: 'shifts', values: Int8Array.from(multipliers, (m) => m.shift), comment: 'to the left if positive' },
      ],
      parameters: {
        type: 'depthwise_conv2d_s8_parameters',
        fields: [
          field('weights', constant('weights')),
          field('bias', constant('bias')),
          field('multipliers', constant('multipliers')),
          field('shifts', constant('shifts')),
          ...geometryFields(view),
          field('input_zero_point', inputZeroPoint),
          field('weights_zero_point', weights.quantization!.zeroPoints[0]!),
          field('output_zero_point', perTensor(result(view).quantization).zeroPoint),
          field('output_minimum', range.minimum),
          field('output_maximum', range.maximum),
        ],
      },
      arguments: rowArguments,
      scratchBytes: 0,
      inPlace: [],
    };
  },
};

const float32Portable: Kernel = {
  name: 'depthwise_conv2d_f32__portable',
  isa: 'portable',
  description: 'One output channel after the other, any sizes.',
  accepts: (view) => operand(view, 0).dtype === 'float32',
  cost: (view) => ({ instructions: 12 * depthwiseConv2d.macs(view) + 30 * outputs(view), codeBytes: 260 }),
  lower: (view) => {
    const { outputChannels } = imagesOf(view);
    const weights = operand(view, 1);
    const bias = view.inputs[2] ?? null;
    const [, height, width] = weights.shape as [number, number, number];
    const range = floatActivationRange(view.attributes.activation);
    return {
      kernel: 'depthwise_conv2d_f32__portable',
      work: { kind: 'rows', window: rowWindowOf(depthwiseWindows(view), 0) },
      constants: [
        {
          name: 'weights',
          values: elementsFromBytes(weights, weights.data!),
          comment: `float [${height}, ${width}, ${outputChannels}]`,
        },
        ...(bias === null ? [] : [{ name: 'bias', values: elementsFromBytes(bias, bias.data!), comment: 'float' }]),
      ],
      parameters: {
        type: 'depthwise_conv2d_f32_parameters',
        fields: [
          field('weights', constant('weights')),
          field('bias', constant(bias === null ? null : 'bias')),
          ...geometryFields(view),
          field('output_minimum', float(range.minimum)),
          field('output_maximum', float(range.maximum)),
        ],
      },
      arguments: rowArguments,
      scratchBytes: 0,
      inPlace: [],
    };
  },
};

export const depthwiseConv2dKernels: readonly Kernel[] = [int8Portable, float32Portable];

function geometryFields(view: View): readonly CField[] {
  const { channels, width, outputWidth, outputChannels } = imagesOf(view);
  const { kernel, strides, dilations, padding } = depthwiseWindows(view);
  return [
    field('channels', channels),
    field('multiplier', outputChannels / channels),
    field('kernel_height', kernel[0]),
    field('kernel_width', kernel[1]),
    field('stride', strides[1]),
    field('dilation', dilations[1]),
    field('pad_left', padding[2]),
    field('input_width', width),
    field('output_width', outputWidth),
  ];
}

function outputs(view: View): number {
  const { batches, outputHeight, outputWidth, outputChannels } = imagesOf(view);
  return batches * outputHeight * outputWidth * outputChannels;
}
