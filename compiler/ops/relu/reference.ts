import { type NodeView, operand, result, type TypedArray } from '../../ir/index.ts';
import { clamp, multiplyByQuantizedMultiplier, quantizeMultiplier } from '../../numerics/index.ts';
import { activate, perTensor, quantizedActivationRange } from '../activation.ts';
import type { ReluAttributes } from './definition.ts';

/**
 * Int8: requantized to the output's scale, then cut at the quantized bounds. TensorFlow Lite Micro's RELU6 leaves the scale
 * as it is; where input and output share one, as it requires, both are the same.
 */
export function evaluateRelu(
  view: NodeView<ReluAttributes>,
  inputs: readonly (TypedArray | null)[],
): readonly TypedArray[] {
  return operand(view, 0).dtype === 'int8'
    ? [(inputs[0] as Int8Array).map(int8Relu(view))]
    : [(inputs[0] as Float32Array).map((value) => activate(view.attributes.activation, value))];
}

/** What the node does with one int8 element. */
export function int8Relu(view: NodeView<ReluAttributes>): (value: number) => number {
  const input = perTensor(operand(view, 0).quantization);
  const output = perTensor(result(view).quantization);
  const multiplier = quantizeMultiplier(input.scale / output.scale);
  const { minimum, maximum } = quantizedActivationRange(view.attributes.activation, result(view));
  return (value) =>
    clamp(multiplyByQuantizedMultiplier(value - input.zeroPoint, multiplier) + output.zeroPoint, minimum, maximum);
}
