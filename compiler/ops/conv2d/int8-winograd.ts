import { elementsFromBytes, type NodeView, operand, result } from '../../ir/index.ts';
import { perTensor, quantizedActivationRange } from '../activation.ts';
import { constant, field, type KernelRecord } from '../kernel.ts';
import {
  type Channel,
  channelsOf,
  requantizationFactors,
  roundUp4,
  suitsRequantization,
  sumRange,
  weightMatrix,
} from '../packed-matrix.ts';
import type { Conv2dAttributes } from './definition.ts';
import { rowArguments, rowWindow } from './window.ts';

type View = NodeView<Conv2dAttributes>;

/** Input channels that the kernel's unrolled loop takes. */
const mostInputs = 64;

/** What a call keeps in its scratch beside the transformed inputs: `MSC_WINOGRAD_WORK`. */
const workBytes = 160;

export const int8WinogradDsp: KernelRecord<Conv2dAttributes> = {
  name: 'conv2d_winograd_s8__dsp',
  isa: 'dsp',
  description:
    '3x3 of stride 1 by 16 products for 4 outputs (exact Winograd), from 4 columns, up to 64 input channels.',
  accepts: (view) => operand(view, 0).dtype === 'int8' && hasWindow(view) && hasRanges(view),
  cost: (view) => {
    const { outputs, steps } = sizesOf(view);
    const [batches, height, width] = result(view).shape as [number, number, number];
    const pairsOfTiles = batches * Math.ceil(height / 2) * Math.ceil(width / 4);
    const products = (outputs / 2) * (16 * (10 * steps + 3) + 230);
    return {
      instructions: pairsOfTiles * (products + 300 * steps + 350) + 150 * batches * Math.ceil(height / 2),
      codeBytes: 3150,
      tableBytes: outputs * steps * (16 * 8 - 9 * 4),
    };
  },
  lower: (view) => {
    const { inputs, outputs, steps } = sizesOf(view);
    const channels = windowChannels(view);
    const inputZeroPoint = perTensor(operand(view, 0).quantization).zeroPoint;
    const { minimum, maximum } = quantizedActivationRange(view.attributes.activation, result(view));
    return {
      kernel: 'conv2d_winograd_s8__dsp',
      work: { kind: 'rows', window: rowWindow(view, inputZeroPoint, 2) },
      constants: [
        {
          name: 'weights',
          values: packFilters(channels, roundUp4(inputs)),
          comment: `int16 [${outputs / 2}, 16, ${steps}, 2, 4], transformed filters`,
        },
        {
          name: 'channels',
          values: Int32Array.from(
            channels.flatMap((channel) => [channel.bias, ...requantizationFactors(channel.multiplier)]),
          ),
          comment: 'bias, factors of multiplier and shift of each channel',
        },
        {
          name: 'outside',
          values: new Int8Array(roundUp4(inputs)).fill(inputZeroPoint),
          comment: 'a pixel outside of the image',
        },
      ],
      parameters: {
        type: 'conv2d_winograd_s8_parameters',
        fields: [
          field('matrix', {
            kind: 'struct',
            fields: [
              field('weights', constant('weights')),
              field('channels', constant('channels')),
              field('columns', 9 * roundUp4(inputs)),
              field('outputs', outputs),
              field('zero_point', perTensor(result(view).quantization).zeroPoint),
              field('output_minimum', minimum),
              field('output_maximum', maximum),
            ],
          }),
          field('outside', constant('outside')),
          field('input_width', operand(view, 0).shape[2]!),
          field('input_channels', inputs),
          field('output_width', result(view).shape[2]!),
          field('pad_left', view.attributes.padding[2]),
        ],
      },
      arguments: rowArguments({ kind: 'scratch' }),
      scratchBytes: workBytes + 16 * (16 * steps + 4) + 4,
      inPlace: [],
    };
  },
};

/** Whether the window is one that the kernel computes. */
function hasWindow(view: View): boolean {
  const { strides, dilations, groups } = view.attributes;
  const [, kernelHeight, kernelWidth] = operand(view, 1).shape;
  const { inputs, outputs } = sizesOf(view);
  return (
    [kernelHeight, kernelWidth, ...strides, ...dilations, groups].join() === '3,3,1,1,1,1,1' &&
    (inputs < 4 || (inputs % 4 === 0 && inputs <= mostInputs)) &&
    outputs % 2 === 0 &&
    result(view).shape[2]! >= 4
  );
}

/**
 * Whether four times a sum of products fits 32 bits, sums 30 bits, and multipliers are below 1/4. Transformed inputs are at
 * most 4 * 128, transformed filters 9 * 128.
 */
function hasRanges(view: View): boolean {
  return (
    operand(view, 1).quantization!.zeroPoints.every((zeroPoint) => zeroPoint === 0) &&
    windowChannels(view).every((channel) => {
      const [low, high] = sumRange(channel).map((sum) => sum - channel.bias) as [number, number];
      return suitsRequantization(channel) && -(2 ** 29) <= low && high < 2 ** 29;
    })
  );
}

function sizesOf(view: View) {
  const [outputs, , , inputs] = operand(view, 1).shape as [number, number, number, number];
  return { outputs, inputs, steps: Math.ceil(inputs / 4) };
}

/** The channels, each with weights [3, 3, inputs], inputs filled up with zeros to a multiple of 4. */
function windowChannels(view: View): readonly Channel[] {
  const { outputs, inputs } = sizesOf(view);
  const weights = operand(view, 1);
  const values = elementsFromBytes(weights, weights.data!) as Int8Array;
  return channelsOf(view, weightMatrix(values, outputs, 9, inputs));
}

/** Words [outputs / 2][16][inputs / 4][2][2]: see `conv2d.h`. */
function packFilters(channels: readonly Channel[], inputs: number): Uint32Array {
  const words: number[] = [];
  const filters = channels.map(({ weights }) =>
    Array.from({ length: inputs }, (_, input) =>
      transformFilter(Array.from({ length: 9 }, (_, tap) => weights[tap * inputs + input]!)),
    ),
  );
  for (let o = 0; o < channels.length; o += 2) {
    for (let place = 0; place < 16; place++) {
      for (let input = 0; input < inputs; input += 4) {
        for (const filter of [filters[o]!, filters[o + 1]!]) {
          for (const first of [input, input + 1]) {
            const [low, high] = [filter[first]![place]!, filter[first + 2]![place]!];
            words.push(((low & 0xffff) | (high << 16)) >>> 0);
          }
        }
      }
    }
  }
  return Uint32Array.from(words);
}

/** A filter g of 3 by 3, row by row, as 4 G g G', column by column. */
function transformFilter(filter: readonly number[]): readonly number[] {
  const transformed = [0, 1, 2].map((x) => transformLine([filter[x]!, filter[3 + x]!, filter[6 + x]!]));
  const rows = [0, 1, 2, 3].map((y) => transformLine([transformed[0]![y]!, transformed[1]![y]!, transformed[2]![y]!]));
  return [0, 1, 2, 3].flatMap((x) => rows.map((row) => row[x]!));
}

/** 2 G of three elements. */
function transformLine([a, b, c]: readonly [number, number, number]): readonly number[] {
  return [2 * a, a + b + c, a - b + c, 2 * c];
}
