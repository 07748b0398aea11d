import { elementCount, type NodeView, operand, result, type TypedArray } from '../../ir/index.ts';
import {
  clamp,
  multiplyByQuantizedMultiplier,
  type QuantizedMultiplier,
  quantizeMultiplier,
} from '../../numerics/index.ts';
import { perTensor } from '../activation.ts';
import { type DimensionRun, dimensionRuns, type MeanAttributes, meanCount } from './definition.ts';

type View = NodeView<MeanAttributes>;

/**
 * Int8: the sum less the zero points, times one multiplier for scales and count, double rounding (TensorFlow Lite
 * Micro's reference). Float: sums in float32, in the order of the input.
 */
export function evaluateMean(view: View, [input]: readonly (TypedArray | null)[]): readonly TypedArray[] {
  return operand(view, 0).dtype === 'int8' ? [int8(view, input as Int8Array)] : [float32(view, input as Float32Array)];
}

function int8(view: View, input: Int8Array): Int8Array {
  const count = meanCount(view);
  const inputZeroPoint = perTensor(operand(view, 0).quantization).zeroPoint;
  const outputZeroPoint = perTensor(result(view).quantization).zeroPoint;
  const multiplier = meanMultiplier(view);
  const output = new Int8Array(elementCount(result(view).shape));
  forEachMean(view, (at, indices) => {
    const sum = indices.reduce((total, i) => total + input[i]!, 0) - inputZeroPoint * count;
    output[at] = clamp(multiplyByQuantizedMultiplier(sum, multiplier) + outputZeroPoint, -128, 127);
  });
  return output;
}

function float32(view: View, input: Float32Array): Float32Array {
  const count = meanCount(view);
  const output = new Float32Array(elementCount(result(view).shape));
  forEachMean(view, (at, indices) => {
    output[at] = indices.reduce((total, i) => Math.fround(total + input[i]!), 0) / count;
  });
  return output;
}

/**
 * input scale / output scale / count: the multiplier of the scales, shifted up by the power of two below the count so
 * that the integer division by the count keeps its bits. The division truncates, as in TensorFlow Lite Micro.
 */
export function meanMultiplier(view: View): QuantizedMultiplier {
  const { scale: inputScale } = perTensor(operand(view, 0).quantization);
  const { scale: outputScale } = perTensor(result(view).quantization);
  const scales = quantizeMultiplier(inputScale / outputScale);
  const count = meanCount(view);
  const up = Math.min(Math.floor(Math.log2(count)), 32, 31 + scales.shift);
  return {
    multiplier: Number((BigInt(scales.multiplier) << BigInt(up)) / BigInt(count)),
    shift: scales.shift - up,
  };
}

/** Visits every mean with the indices of the elements that it is over. */
function forEachMean(view: View, visit: (outputIndex: number, inputIndices: readonly number[]) => void): void {
  const { kept, reduced } = dimensionRuns(view);
  const offsets = offsetsOf(reduced);
  offsetsOf(kept).forEach((start, at) => {
    visit(
      at,
      offsets.map((offset) => start + offset),
    );
  });
}

/** The index of every element of these dimensions, in row-major order. */
function offsetsOf(runs: readonly DimensionRun[]): readonly number[] {
  return runs.reduce<readonly number[]>(
    (offsets, { size, stride }) =>
      offsets.flatMap((offset) => Array.from({ length: size }, (_, i) => offset + i * stride)),
    [0],
  );
}
