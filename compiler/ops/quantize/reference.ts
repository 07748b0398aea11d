import { allocate, type NodeView, operand, rangeOfDType, result, type TypedArray } from '../../ir/index.ts';
import { clamp, multiplyByQuantizedMultiplier, roundHalfAwayFromZero } from '../../numerics/index.ts';
import { perTensor } from '../activation.ts';
import type { NoAttributes } from './definition.ts';
import { requantizationOf } from './rescaling.ts';

type View = NodeView<NoAttributes>;
type Values = Exclude<TypedArray, BigInt64Array>;

/** Floats are divided by the scale in float32 and rounded half away from zero; integers are rounded twice. */
export function evaluateQuantize(view: View, inputs: readonly (TypedArray | null)[]): readonly TypedArray[] {
  const convert = operand(view, 0).dtype === 'float32' ? fromFloat(view) : requantize(view);
  return [mapTo(view, inputs[0] as Values, convert)];
}

/** The scale as float32 times an exact integer, rounded once. */
export function evaluateDequantize(view: View, inputs: readonly (TypedArray | null)[]): readonly TypedArray[] {
  const { scale, zeroPoint } = perTensor(operand(view, 0).quantization);
  const factor = Math.fround(scale);
  return [mapTo(view, inputs[0] as Values, (value) => factor * Math.fround(value - zeroPoint))];
}

/** What the node does with one integer. */
export function requantize(view: View): (value: number) => number {
  const inputZeroPoint = perTensor(operand(view, 0).quantization).zeroPoint;
  const outputZeroPoint = perTensor(result(view).quantization).zeroPoint;
  const { minimum, maximum } = rangeOfDType(result(view).dtype);
  const multiplier = requantizationOf(view);
  return (value) =>
    clamp(multiplyByQuantizedMultiplier(value - inputZeroPoint, multiplier) + outputZeroPoint, minimum, maximum);
}

/** What the node does with one float; not-a-number becomes the lowest integer, as infinity below does. */
function fromFloat(view: View): (value: number) => number {
  const { scale, zeroPoint } = perTensor(result(view).quantization);
  const { minimum, maximum } = rangeOfDType(result(view).dtype);
  const divisor = Math.fround(scale);
  return (value) => {
    const quotient = Math.fround(value / divisor);
    return Number.isNaN(quotient) ? minimum : clamp(roundHalfAwayFromZero(quotient) + zeroPoint, minimum, maximum);
  };
}

function mapTo(view: View, input: Values, convert: (value: number) => number): TypedArray {
  const output = allocate(result(view).dtype, input.length) as Values;
  for (let i = 0; i < input.length; i++) {
    output[i] = convert(input[i]!);
  }
  return output;
}
