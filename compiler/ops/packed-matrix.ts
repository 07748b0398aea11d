import type { NodeView } from '../ir/index.ts';
import { operand, result } from '../ir/index.ts';
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

/** Right shifts that the kernels' requantization is exact for. */
const largestRightShift = 22;

/**
 * Whether the packed product is exact for these weights: pairs of weights fit a halfword, the sums of second channels
 * 24 bits, all sums 30 bits, and every multiplier shifts to the right.
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
    const right = multiplier === 0 ? 1 : -shift;
    const [low, high] = sumRange(matrix, o, bias[o]!);
    const limit = o % 2 === 1 ? 2 ** 23 : 2 ** 30;
    return right >= 1 && right <= largestRightShift && -limit <= low && high < limit && fitsHalfwords(matrix, o);
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

/** The constants and the fields of a `matrix_s8`. */
export function packMatrix(
  view: NodeView<{ readonly activation: Activation }>,
  matrix: WeightMatrix,
): { readonly constants: readonly ConstantArray[]; readonly fields: KernelFields } {
  const { minimum, maximum } = quantizedActivationRange(view.attributes.activation, result(view));
  return {
    constants: [
      {
        name: 'weights',
        values: packWeights(matrix),
        comment: `int8 [${matrix.outputs}, ${matrix.columns}], two channels a halfword`,
      },
      {
        name: 'channels',
        values: packChannels(view, matrix),
        comment: 'four channels: first sums, multipliers, right shifts - 1',
      },
    ],
    fields: [
      field('weights', constant('weights')),
      field('channels', constant('channels')),
      field('columns', matrix.columns),
      field('outputs', matrix.outputs),
      field('offset', 2 * perTensor(result(view).quantization).zeroPoint + 1),
      field('output_minimum', minimum),
      field('output_maximum', maximum),
    ],
  };
}

type KernelFields = NonNullable<KernelCall['parameters']>['fields'];

/** Words [outputs / 4][columns / 2][2]: see `matrix_s8.h`. Missing channels of the last four are 0. */
function packWeights({ outputs, columns, values }: WeightMatrix): Uint32Array {
  const weight = (o: number, k: number) => (o < outputs ? values[o * columns + k]! : 0);
  const halfword = (o: number, k: number) => (weight(o, k) + 256 * weight(o + 1, k)) & 0xffff;
  const words: number[] = [];
  for (let o = 0; o < outputs; o += 4) {
    for (let k = 0; k < columns; k += 4) {
      for (const first of [k, k + 1]) {
        for (const channel of [o, o + 2]) {
          words.push((halfword(channel, first) | (halfword(channel, first + 2) << 16)) >>> 0);
        }
      }
    }
  }
  return Uint32Array.from(words);
}

/** Nine words for every four channels: see `matrix_s8.h`. */
function packChannels(view: NodeView, matrix: WeightMatrix): Int32Array {
  const { outputs } = matrix;
  const bias = foldedBias(view, matrix);
  const multipliers = channelMultipliers(operand(view, 0), operand(view, 1), result(view), outputs);
  const words: number[] = [];
  for (let o = 0; o < outputs; o += 4) {
    for (const channel of [o, o + 2]) {
      const even = bias[channel] ?? 0;
      words.push((even + 256 * (bias[channel + 1] ?? 0)) | 0, even);
    }
    const four = [0, 1, 2, 3].map((i) => multipliers[o + i] ?? { multiplier: 0, shift: 0 });
    words.push(...four.map(({ multiplier }) => multiplier));
    words.push(
      four.reduce((word, { multiplier, shift }, i) => word | ((multiplier === 0 ? 0 : -shift - 1) << (8 * i)), 0),
    );
  }
  return Int32Array.from(words);
}

/** Instructions of the product for one pixel and for two at once, as measured on Cortex-M7. */
export function productInstructions({ outputs, columns }: Pick<WeightMatrix, 'outputs' | 'columns'>): {
  readonly one: number;
  readonly two: number;
} {
  const fours = Math.ceil(outputs / 4);
  return {
    one: 70 + fours * (50 + 4 * columns + Math.ceil(columns / 16) * 2),
    two: 70 + fours * (81 + 6 * columns + Math.ceil(columns / 16) * 3),
  };
}
