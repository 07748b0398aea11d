import { type NodeView, operand, result, type TypedArray } from '../../ir/index.ts';
import { clamp, multiplyByQuantizedMultiplier } from '../../numerics/index.ts';
import { activate, perTensor, quantizedActivationRange } from '../activation.ts';
import { channelMultipliers } from '../requantization.ts';
import type { FullyConnectedAttributes } from './definition.ts';

/** Int8: 32-bit accumulation, double rounding, saturation (TensorFlow Lite Micro's reference). Float: sums in float32. */
export function evaluateFullyConnected(
  view: NodeView<FullyConnectedAttributes>,
  [input, weights, bias]: readonly (TypedArray | null)[],
): readonly TypedArray[] {
  return operand(view, 0).dtype === 'int8'
    ? [int8(view, input as Int8Array, weights as Int8Array, (bias ?? null) as Int32Array | null)]
    : [float32(view, input as Float32Array, weights as Float32Array, (bias ?? null) as Float32Array | null)];
}

function int8(
  view: NodeView<FullyConnectedAttributes>,
  input: Int8Array,
  weights: Int8Array,
  bias: Int32Array | null,
): Int8Array {
  const [outputs, inputs] = operand(view, 1).shape as [number, number];
  const batches = input.length / inputs;
  const inputZeroPoint = perTensor(operand(view, 0).quantization).zeroPoint;
  const weightsZeroPoint = operand(view, 1).quantization!.zeroPoints[0]!;
  const outputZeroPoint = perTensor(result(view).quantization).zeroPoint;
  const multipliers = channelMultipliers(operand(view, 0), operand(view, 1), result(view), outputs);
  const { minimum, maximum } = quantizedActivationRange(view.attributes.activation, result(view));
  const output = new Int8Array(batches * outputs);
  for (let n = 0; n < batches; n++) {
    for (let o = 0; o < outputs; o++) {
      let sum = bias?.[o] ?? 0;
      for (let i = 0; i < inputs; i++) {
        sum += (input[n * inputs + i]! - inputZeroPoint) * (weights[o * inputs + i]! - weightsZeroPoint);
      }
      const value = multiplyByQuantizedMultiplier(sum, multipliers[o]!) + outputZeroPoint;
      output[n * outputs + o] = clamp(value, minimum, maximum);
    }
  }
  return output;
}

function float32(
  view: NodeView<FullyConnectedAttributes>,
  input: Float32Array,
  weights: Float32Array,
  bias: Float32Array | null,
): Float32Array {
  const [outputs, inputs] = operand(view, 1).shape as [number, number];
  const batches = input.length / inputs;
  const output = new Float32Array(batches * outputs);
  for (let n = 0; n < batches; n++) {
    for (let o = 0; o < outputs; o++) {
      let sum = 0;
      for (let i = 0; i < inputs; i++) {
        sum = Math.fround(sum + Math.fround(input[n * inputs + i]! * weights[o * inputs + i]!));
      }
      output[n * outputs + o] = activate(view.attributes.activation, Math.fround(sum + (bias?.[o] ?? 0)));
    }
  }
  return output;
}
