import { type NodeView, operand, result } from '../../ir/index.ts';
import { perTensor, quantizedActivationRange } from '../activation.ts';
import { constant, field, type KernelCall, type KernelCost, type KernelRecord } from '../kernel.ts';
import { channelMultipliers, foldInputZeroPoint } from '../requantization.ts';
import { imagesOf } from '../windows.ts';
import { type DepthwiseConv2dAttributes, depthwiseWindows } from './definition.ts';
import { rowArguments, rowWindow } from './int8.ts';
import { channelWeights } from './weights.ts';

type View = NodeView<DepthwiseConv2dAttributes>;
type Kernel = KernelRecord<DepthwiseConv2dAttributes>;

export const int8Rows: Kernel = {
  name: 'depthwise_conv2d_3x3_rows_s8__dsp',
  isa: 'dsp',
  description: '3x3 of stride 1, an even number of channels: two channels of a row at a time, every pixel read once.',
  accepts: (view) => suitsRows(view, 1),
  // As counted on Cortex-M7.
  cost: (view) => {
    const { outputWidth } = imagesOf(view);
    const isOdd = outputWidth % 2 === 1;
    const isPadded = padRight(view) > 0;
    const isDouble = isPadded && !isOdd;
    const pairs = Math.floor(outputWidth / 2) - (isDouble ? 1 : 0);
    const tail = isDouble ? 61 : isOdd ? (isPadded ? 39 : 44) : 3;
    return rowsCost(view, (isPaddedLeft(view) ? 45 : 49) + 72 * pairs + tail, 1400);
  },
  // Stride 1: every byte of the rows is read before the byte in its place is written.
  lower: (view) => ({ ...rowsCall(view, 'depthwise_conv2d_3x3_rows_s8__dsp'), inPlace: [0] }),
};

export const int8RowsStride2: Kernel = {
  name: 'depthwise_conv2d_3x3_stride_2_rows_s8__dsp',
  isa: 'dsp',
  description: '3x3 of horizontal stride 2, an even number of channels: as stride 1.',
  accepts: (view) => suitsRows(view, 2),
  cost: (view) => {
    const { outputWidth } = imagesOf(view);
    return rowsCost(
      view,
      (isPaddedLeft(view) ? 37 : 40) + 50 * (outputWidth - 1) + (padRight(view) > 0 ? 36 : 41),
      800,
    );
  },
  lower: (view) => rowsCall(view, 'depthwise_conv2d_3x3_stride_2_rows_s8__dsp'),
};

/** What a convolution costs whose rows take so many instructions for every two channels. */
function rowsCost(view: View, perChannelPair: number, codeBytes: number): KernelCost {
  const { batches, outputHeight, outputWidth, channels } = imagesOf(view);
  const { minimum, maximum } = quantizedActivationRange(view.attributes.activation, result(view));
  const clamping = minimum > -128 || maximum < 127 ? 3 * outputWidth * channels : 0;
  return {
    instructions: batches * outputHeight * (110 + (channels / 2) * perChannelPair + clamping),
    codeBytes,
    tableBytes: channels * (4 * tableWords - plainBytes),
  };
}

/** Words of a channel in the kernel's table, and bytes that other kernels need for it. */
const tableWords = 10;
const plainBytes = 18;

/** Whether the first window reaches over the left border. */
function isPaddedLeft(view: View): boolean {
  return depthwiseWindows(view).padding[2] > 0;
}

/** Columns by which the last window reaches over the right border; negative if it does not get there. */
function padRight(view: View): number {
  const { width, outputWidth } = imagesOf(view);
  const { strides, padding } = depthwiseWindows(view);
  return (outputWidth - 1) * strides[1] + 3 - padding[2] - width;
}

/**
 * Whether the kernel of a stride computes this node: at most one column of padding, sums that fit 30 bits and multipliers
 * below 1/4, so that the requantization of `matrix_s8.h` is exact.
 */
function suitsRows(view: View, stride: number): boolean {
  const { channels, outputChannels } = imagesOf(view);
  const { kernel, strides, dilations, padding } = depthwiseWindows(view);
  const is3x3 = kernel.join() === '3,3' && dilations[1] === 1 && strides[1] === stride;
  if (operand(view, 0).dtype !== 'int8' || !is3x3 || channels !== outputChannels || channels % 2 !== 0) {
    return false;
  }
  if (padding[2] > 1 || padRight(view) > 1) {
    return false;
  }
  const weightsOf = channelWeights(operand(view, 1));
  const bias = foldInputZeroPoint(view, view.inputs[2] ?? null, channels, weightsOf);
  const multipliers = channelMultipliers(operand(view, 0), operand(view, 1), result(view), channels);
  return multipliers.every(({ multiplier, shift }, channel) => {
    const largest = weightsOf(channel).reduce((sum, weight) => sum + Math.abs(weight) * 128, Math.abs(bias[channel]!));
    return largest < 2 ** 30 && (multiplier === 0 || shift <= -2);
  });
}

function rowsCall(view: View, kernel: string): KernelCall {
  const { channels, width, outputWidth } = imagesOf(view);
  const { minimum, maximum } = quantizedActivationRange(view.attributes.activation, result(view));
  return {
    kernel,
    work: { kind: 'rows', window: rowWindow(view) },
    constants: [
      {
        name: 'table',
        values: tableOf(view),
        comment: `for each of ${channels} channels: weights as int16, factors of multiplier and shift, bias`,
      },
    ],
    parameters: {
      type: 'depthwise_rows_s8_parameters',
      fields: [
        field('table', constant('table')),
        field('channels', channels),
        field('input_width', width),
        field('output_width', outputWidth),
        field('pad_left', depthwiseWindows(view).padding[2]),
        field('pad_right', padRight(view)),
        field('input_zero_point', perTensor(operand(view, 0).quantization).zeroPoint),
        field('output_minimum', minimum),
        field('output_maximum', maximum),
      ],
    },
    arguments: rowArguments,
    scratchBytes: 0,
    inPlace: [],
  };
}

/** Ten words for each channel: see `depthwise_rows.h`. */
function tableOf(view: View): Int32Array {
  const { channels } = imagesOf(view);
  const weightsOf = channelWeights(operand(view, 1));
  const bias = foldInputZeroPoint(view, view.inputs[2] ?? null, channels, weightsOf);
  const multipliers = channelMultipliers(operand(view, 0), operand(view, 1), result(view), channels);
  const zeroPoint = perTensor(result(view).quantization).zeroPoint;
  return Int32Array.from(
    multipliers.flatMap(({ multiplier, shift }, channel) => {
      const weights = weightsOf(channel);
      const pair = (low: number, high: number) => (weights[low]! & 0xffff) | (weights[high]! << 16);
      // With a second factor of 0 any first one gives 0.
      const factors = multiplier === 0 ? [0, 0] : [2 * multiplier - 2 ** 32, 2 ** (32 + shift)];
      return [
        pair(1, 4),
        pair(2, 5),
        pair(7, 8),
        ...factors,
        zeroPoint,
        bias[channel]!,
        pair(0, 3),
        pair(1, 4),
        pair(6, 7),
      ];
    }),
  );
}
