import { elementCount, elementsFromBytes, type NodeView, operand, result } from '../../ir/index.ts';
import { perTensor, quantizedActivationRange } from '../activation.ts';
import { constant, field, type KernelRecord } from '../kernel.ts';
import {
  type Channel,
  channelsOf,
  requantizationFactors,
  suitsRequantization,
  weightMatrix,
} from '../packed-matrix.ts';
import type { Conv2dAttributes } from './definition.ts';
import { rowArguments, rowWindow, windowField } from './window.ts';

type View = NodeView<Conv2dAttributes>;

export const int8SingleChannelDsp: KernelRecord<Conv2dAttributes> = {
  name: 'conv2d_3x3x1_s8__dsp',
  isa: 'dsp',
  description: '3x3 windows of one input channel, from 4 columns: the window stays in registers for all channels.',
  accepts: (view) => {
    const [, height, width, inputs] = operand(view, 1).shape;
    const { dilations, groups } = view.attributes;
    return (
      operand(view, 0).dtype === 'int8' &&
      [height, width, inputs, dilations[1], groups].join() === '3,3,1,1,1' &&
      operand(view, 0).shape[2]! >= 4 &&
      operand(view, 1).quantization!.zeroPoints.every((zeroPoint) => zeroPoint === 0) &&
      windowChannels(view).every(suitsRequantization)
    );
  },
  cost: (view) => {
    const outputs = operand(view, 1).shape[0]!;
    const [batches, height, width] = result(view).shape as [number, number, number];
    return {
      instructions: 14 * elementCount(result(view).shape) + batches * height * (19 * width + 200),
      codeBytes: 700,
      tableBytes: 12 * outputs,
    };
  },
  lower: (view) => {
    const outputs = operand(view, 1).shape[0]!;
    const inputZeroPoint = perTensor(operand(view, 0).quantization).zeroPoint;
    const outputZeroPoint = perTensor(result(view).quantization).zeroPoint;
    const { minimum, maximum } = quantizedActivationRange(view.attributes.activation, result(view));
    return {
      kernel: 'conv2d_3x3x1_s8__dsp',
      work: { kind: 'rows', window: rowWindow(view, inputZeroPoint) },
      constants: [
        {
          name: 'channels',
          values: Int32Array.from(windowChannels(view).flatMap((channel) => packChannel(channel, outputZeroPoint))),
          comment: 'bias, weights, factors of multiplier and shift, zero point of each channel',
        },
      ],
      parameters: {
        type: 'conv2d_3x3x1_s8_parameters',
        fields: [
          windowField(view, inputZeroPoint),
          field('matrix', {
            kind: 'struct',
            fields: [
              field('weights', constant(null)),
              field('channels', constant('channels')),
              field('columns', 12),
              field('outputs', outputs),
              field('zero_point', outputZeroPoint),
              field('output_minimum', minimum),
              field('output_maximum', maximum),
            ],
          }),
        ],
      },
      arguments: rowArguments(),
      scratchBytes: 0,
      inPlace: [],
    };
  },
};

/** The channels, each with three rows of three weights and a zero. */
function windowChannels(view: View): readonly Channel[] {
  const weights = operand(view, 1);
  const values = elementsFromBytes(weights, weights.data!) as Int8Array;
  return channelsOf(view, weightMatrix(values, weights.shape[0]!, 3, 3));
}

/** Nine words: see `conv2d.h`. */
function packChannel({ weights, bias, multiplier }: Channel, zeroPoint: number): readonly number[] {
  const pair = (low: number, high: number) => (weights[low]! & 0xffff) | (weights[high]! << 16);
  return [
    bias,
    pair(0, 2),
    pair(4, 6),
    pair(8, 10),
    pair(1, 5),
    // the fill-up of a row is 0
    pair(9, 11),
    ...requantizationFactors(multiplier),
    zeroPoint,
  ];
}
