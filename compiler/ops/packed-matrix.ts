import type { NodeView } from '../ir/index.ts';
import { operand, result } from '../ir/index.ts';
import { clamp, multiplyByQuantizedMultiplier, type QuantizedMultiplier } from '../numerics/index.ts';
import { type Activation, perTensor, quantizedActivationRange } from './activation.ts';
import { type ConstantArray, constant, field, type KernelCall } from './kernel.ts';
import { channelMultipliers, foldInputZeroPoint } from './requantization.ts';

/**
 * Int8 weights as the rows of a matrix, in the order of the columns that a kernel multiplies them with.
 * Mirrors `cmsis-kernels/include/msc/multiply_s8.h`.
 */
export interface WeightMatrix {
  readonly outputs: number;
  /** Multiple of 4; fill-up columns are 0. */
  readonly columns: number;
  /** [outputs, columns] */
  readonly values: Int8Array;
}

/** The matrix of weights whose rows consist of `runs` runs of `length` elements, each filled up with zeros to a multiple of 4. */
export function weightMatrix(weights: Int8Array, outputs: number, runs: number, length: number): WeightMatrix {
  const padded = roundUp4(length);
  const columns = runs * padded;
  const values = new Int8Array(outputs * columns);
  for (let o = 0; o < outputs; o++) {
    for (let run = 0; run < runs; run++) {
      const from = (o * runs + run) * length;
      values.set(weights.subarray(from, from + length), o * columns + run * padded);
    }
  }
  return { outputs, columns, values };
}

/** The next multiple of 4. */
export function roundUp4(value: number): number {
  return Math.ceil(value / 4) * 4;
}

/** An output channel as a kernel computes it. */
export interface Channel {
  readonly weights: Int8Array;
  /** With the input's zero point folded in. */
  readonly bias: number;
  readonly multiplier: QuantizedMultiplier;
}

/** The least right shift that the kernels' requantization can do: its factor is 2^(32 - shift), an int32. */
const leastRightShift = 2;

/**
 * Whether the packed product is exact for these weights: pairs of weights fit a halfword, the sums of second channels
 * 24 bits, all sums 30 bits, and multipliers are below 1/4.
 */
export function canPack(view: MatrixView, matrix: WeightMatrix): boolean {
  if (operand(view, 1).quantization!.zeroPoints.some((zeroPoint) => zeroPoint !== 0)) {
    return false;
  }
  const channels = channelsOf(view, matrix);
  return channels.every((channel, o) => {
    const [low, high] = sumRange(channel);
    const limit = o % 2 === 1 ? 2 ** 23 : 2 ** 30;
    const fits = o % 2 === 0 || fitHalfwords(channels[o - 1]!.weights, channel.weights);
    return rightShift(channel) >= leastRightShift && -limit <= low && high < limit && fits;
  });
}

type MatrixView = NodeView<{ readonly activation: Activation }>;

/** The channels; those that give the same result for every input have weights 0 and the simplest bias and multiplier. */
export function channelsOf(view: MatrixView, { outputs, columns, values }: WeightMatrix): readonly Channel[] {
  const rowOf = (o: number) => values.subarray(o * columns, (o + 1) * columns);
  const multipliers = channelMultipliers(operand(view, 0), operand(view, 1), result(view), outputs);
  const bias = foldInputZeroPoint(view, view.inputs[2] ?? null, outputs, rowOf);
  const { minimum, maximum } = quantizedActivationRange(view.attributes.activation, result(view));
  const zeroPoint = perTensor(result(view).quantization).zeroPoint;
  return multipliers.map((multiplier, o) => {
    const channel = { weights: rowOf(o), bias: bias[o]!, multiplier };
    const sums = sumRange(channel);
    // A left shift that overflows wraps, as in the reference, and then the ends say nothing of what lies between.
    if (sums.some((sum) => Math.abs(sum) * 2 ** Math.max(multiplier.shift, 0) >= 2 ** 31)) {
      return channel;
    }
    const [low, high] = sums.map((sum) =>
      clamp(multiplyByQuantizedMultiplier(sum, multiplier) + zeroPoint, minimum, maximum),
    ) as [number, number];
    return low === high ? constantChannel(columns, low - zeroPoint) : channel;
  });
}

/** A channel whose requantized sum is always `value`, an integer of at most 9 bits. */
function constantChannel(columns: number, value: number): Channel {
  return { weights: new Int8Array(columns), bias: 8 * value, multiplier: { multiplier: 2 ** 30, shift: -2 } };
}

/** Smallest and largest sum of a channel over all int8 inputs. */
export function sumRange({ weights, bias }: Channel): readonly [low: number, high: number] {
  let low = bias;
  let high = bias;
  for (const weight of weights) {
    low += weight > 0 ? weight * -128 : weight * 127;
    high += weight > 0 ? weight * 127 : weight * -128;
  }
  return [low, high];
}

/** The right shift of a channel's requantization; any does for a multiplier of 0. */
function rightShift({ multiplier: { multiplier, shift } }: Channel): number {
  return multiplier === 0 ? leastRightShift : -shift;
}

/** Whether 256 b + a of weights a and b of two channels fit 16 bits: not for b = -128 with a < 0. */
function fitHalfwords(a: Int8Array, b: Int8Array): boolean {
  return b.every((weight, k) => weight !== -128 || a[k]! >= 0);
}

/** The constants and the fields of a `matrix_s8` of which a kernel multiplies so many channels at a time. */
export function packMatrix(
  view: MatrixView,
  matrix: WeightMatrix,
  channelsTogether: 2 | 4,
): { readonly constants: readonly ConstantArray[]; readonly fields: KernelFields } {
  const { minimum, maximum } = quantizedActivationRange(view.attributes.activation, result(view));
  const channels = channelsOf(view, matrix);
  return {
    constants: [
      {
        name: 'weights',
        values: packWeights(channels, matrix.columns, channelsTogether),
        comment: `int8 [${matrix.outputs}, ${matrix.columns}], two channels a halfword`,
      },
      {
        name: 'channels',
        values: packChannels(channels, channelsTogether),
        comment: 'for two channels: first sums, factors of multiplier and shift of each',
      },
    ],
    fields: [
      field('weights', constant('weights')),
      field('channels', constant('channels')),
      field('columns', matrix.columns),
      field('outputs', matrix.outputs),
      field('zero_point', perTensor(result(view).quantization).zeroPoint),
      field('output_minimum', minimum),
      field('output_maximum', maximum),
    ],
  };
}

type KernelFields = NonNullable<KernelCall['parameters']>['fields'];

/** Words [outputs / together][columns / 2][together / 2]: see `multiply_s8.h`. Missing channels at the end are 0. */
function packWeights(channels: readonly Channel[], columns: number, together: 2 | 4): Uint32Array {
  const weight = (o: number, k: number) => channels[o]?.weights[k] ?? 0;
  const halfword = (o: number, k: number) => (weight(o, k) + 256 * weight(o + 1, k)) & 0xffff;
  const words: number[] = [];
  for (let o = 0; o < channels.length; o += together) {
    for (let k = 0; k < columns; k += 4) {
      for (const first of [k, k + 1]) {
        for (let channel = o; channel < o + together; channel += 2) {
          words.push((halfword(channel, first) | (halfword(channel, first + 2) << 16)) >>> 0);
        }
      }
    }
  }
  return Uint32Array.from(words);
}

/** Six words for every two channels: see `multiply_s8.h`. */
function packChannels(channels: readonly Channel[], together: 2 | 4): Int32Array {
  const nothing = constantChannel(0, 0);
  const words: number[] = [];
  for (let o = 0; o < Math.ceil(channels.length / together) * together; o += 2) {
    const pair = [channels[o] ?? nothing, channels[o + 1] ?? nothing] as const;
    words.push((pair[0].bias + 256 * pair[1].bias) | 0, pair[0].bias);
    words.push(...pair.flatMap((channel) => requantizationFactors(channel.multiplier)));
  }
  return Int32Array.from(words);
}

/** The factors of a multiplier as `matrix_s8.h` has them: with a second one of 0 any first one gives 0. */
export function requantizationFactors({ multiplier, shift }: QuantizedMultiplier): readonly [number, number] {
  return multiplier === 0 ? [0, 0] : [2 * multiplier - 2 ** 32, 2 ** (32 + shift)];
}

/** Whether the sums of a channel and its multiplier suit the kernels' requantization. */
export function suitsRequantization(channel: Channel): boolean {
  const [low, high] = sumRange(channel);
  return rightShift(channel) >= leastRightShift && -(2 ** 30) <= low && high < 2 ** 30;
}

/**
 * Instructions of products with so many pixels, as counted on Cortex-M7: three at a time, then two, as
 * `msc_pixels_in_threes` says. `perBlock` is what a block of them costs besides the product and the expansion of its columns.
 */
export function pixelsInstructions(
  view: MatrixView,
  { outputs, columns }: Pick<WeightMatrix, 'outputs' | 'columns'>,
  pixels: number,
  perBlock: number,
): number {
  const pairs = pixels === 1 ? 1 : (3 - (pixels % 3)) % 3;
  const threes = pixels === 1 ? 0 : (pixels - 2 * pairs) / 3;
  const signed = perTensor(result(view).quantization).zeroPoint === -128 ? 0 : 1;
  const channelPairs = Math.ceil(outputs / 2);
  const lastAlone = outputs % 2 === 1 && outputs > 1 ? 50 : 0;
  const loopEnds = 2 * Math.ceil(columns / 32);
  const three = channelPairs * (17 * (columns / 4) + loopEnds + 47 + 7 * signed) + 3 * columns;
  const pair = channelPairs * (12 * (columns / 4) + loopEnds + 35 + 5 * signed) + 2.25 * columns;
  return threes * (three + lastAlone + perBlock) + pairs * (pair + lastAlone + perBlock + 7);
}

/** Whether results have to be moved into the range of an activation that is narrower than int8. */
export function isClamped(view: MatrixView): boolean {
  const { minimum, maximum } = quantizedActivationRange(view.attributes.activation, result(view));
  return minimum > -128 || maximum < 127;
}

/** Instructions of clamping so many results of a product, where that is needed. */
export function clampingInstructions(view: MatrixView, results: number): number {
  return isClamped(view) ? 13 * results : 0;
}

/** Instructions of a product with one vector: for every four channels as above; what is left of four is a call of its own. */
export function vectorInstructions({ outputs, columns }: Pick<WeightMatrix, 'outputs' | 'columns'>): number {
  const loop = 16 * (columns / 4) + 2 * Math.ceil(columns / 16);
  const rest = outputs % 4 === 0 ? 0 : outputs < 4 ? 33 : 72;
  return 60 + rest + Math.ceil(outputs / 4) * (loop + 39);
}
