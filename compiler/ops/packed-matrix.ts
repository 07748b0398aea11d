import type { NodeView } from '../ir/index.ts';
import { operand, result } from '../ir/index.ts';
import type { QuantizedMultiplier } from '../numerics/index.ts';
import { type Activation, perTensor, quantizedActivationRange } from './activation.ts';
import { type ConstantArray, constant, field, type KernelCall } from './kernel.ts';
import { channelMultipliers, foldInputZeroPoint } from './requantization.ts';

/**
 * Int8 weights as the rows of a matrix, in the order of the columns that a kernel multiplies them with.
 * Mirrors `cmsis-kernels/include/msc/matrix_s8.h`.
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

/** The least right shift that the kernels' requantization can do: its factor is 2^(32 - shift), an int32. */
const leastRightShift = 2;

/**
 * Whether the packed product is exact for these weights: pairs of weights fit a halfword, the sums of second channels
 * 24 bits, all sums 30 bits, and multipliers are below 1/4.
 */
export function canPack(view: NodeView, matrix: WeightMatrix): boolean {
  const weights = operand(view, 1);
  if (weights.quantization!.zeroPoints.some((zeroPoint) => zeroPoint !== 0)) {
    return false;
  }
  const { outputs } = matrix;
  const multipliers = channelMultipliers(operand(view, 0), weights, result(view), outputs);
  const bias = foldedBias(view, matrix);
  return multipliers.every(({ multiplier, shift }, o) => {
    const right = multiplier === 0 ? leastRightShift : -shift;
    const [low, high] = sumRange(matrix, o, bias[o]!);
    const limit = o % 2 === 1 ? 2 ** 23 : 2 ** 30;
    return right >= leastRightShift && -limit <= low && high < limit && fitsHalfwords(matrix, o);
  });
}

/** Smallest and largest sum of channel `o` over all int8 inputs. */
function sumRange({ values, columns }: WeightMatrix, o: number, bias: number): readonly [number, number] {
  let low = bias;
  let high = bias;
  for (const weight of values.subarray(o * columns, (o + 1) * columns)) {
    low -= weight > 0 ? weight * 128 : weight * -127;
    high += weight > 0 ? weight * 127 : weight * -128;
  }
  return [low, high];
}

/** Whether 256 b + a of an odd channel's weights b and those of the channel before fit 16 bits: not for b = -128, a < 0. */
function fitsHalfwords({ values, columns }: WeightMatrix, o: number): boolean {
  if (o % 2 === 0) {
    return true;
  }
  for (let k = 0; k < columns; k++) {
    if (values[o * columns + k] === -128 && values[(o - 1) * columns + k]! < 0) {
      return false;
    }
  }
  return true;
}

function foldedBias(view: NodeView, { outputs, columns, values }: WeightMatrix): Int32Array {
  return foldInputZeroPoint(view, view.inputs[2] ?? null, outputs, (o) =>
    values.subarray(o * columns, (o + 1) * columns),
  );
}

/** The constants and the fields of a `matrix_s8` of which a kernel multiplies so many channels at a time. */
export function packMatrix(
  view: NodeView<{ readonly activation: Activation }>,
  matrix: WeightMatrix,
  channelsTogether: 2 | 4,
): { readonly constants: readonly ConstantArray[]; readonly fields: KernelFields } {
  const { minimum, maximum } = quantizedActivationRange(view.attributes.activation, result(view));
  return {
    constants: [
      {
        name: 'weights',
        values: packWeights(matrix, channelsTogether),
        comment: `int8 [${matrix.outputs}, ${matrix.columns}], two channels a halfword`,
      },
      {
        name: 'channels',
        values: packChannels(view, matrix, channelsTogether),
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

/** Words [outputs / together][columns / 2][together / 2]: see `matrix_s8.h`. Missing channels at the end are 0. */
function packWeights({ outputs, columns, values }: WeightMatrix, together: 2 | 4): Uint32Array {
  const weight = (o: number, k: number) => (o < outputs ? values[o * columns + k]! : 0);
  const halfword = (o: number, k: number) => (weight(o, k) + 256 * weight(o + 1, k)) & 0xffff;
  const words: number[] = [];
  for (let o = 0; o < outputs; o += together) {
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

/** Six words for every two channels: see `matrix_s8.h`. */
function packChannels(view: NodeView, matrix: WeightMatrix, together: 2 | 4): Int32Array {
  const { outputs } = matrix;
  const bias = foldedBias(view, matrix);
  const multipliers = channelMultipliers(operand(view, 0), operand(view, 1), result(view), outputs);
  const words: number[] = [];
  for (let o = 0; o < Math.ceil(outputs / together) * together; o += 2) {
    const even = bias[o] ?? 0;
    words.push((even + 256 * (bias[o + 1] ?? 0)) | 0, even);
    for (const { multiplier, shift } of [multipliers[o] ?? nothing, multipliers[o + 1] ?? nothing]) {
      // With a second factor of 0 any first one gives 0.
      words.push(multiplier === 0 ? 0 : 2 * multiplier - 2 ** 32, multiplier === 0 ? 0 : 2 ** (32 + shift));
    }
  }
  return Int32Array.from(words);
}

const nothing: QuantizedMultiplier = { multiplier: 0, shift: 0 };

/** Instructions of a product with three pixels, as counted on Cortex-M7. */
export function pixelsInstructions({ outputs, columns }: Pick<WeightMatrix, 'outputs' | 'columns'>): number {
  const loop = 17 * (columns / 4) + 2 * Math.ceil(columns / 32);
  return 45 + Math.ceil(outputs / 2) * (loop + 47);
}

/** Instructions of a product with one vector, as counted on Cortex-M7. */
export function vectorInstructions({ outputs, columns }: Pick<WeightMatrix, 'outputs' | 'columns'>): number {
  const loop = 16 * (columns / 4) + 2 * Math.ceil(columns / 16);
  return 60 + Math.ceil(outputs / 4) * (loop + 40);
}
