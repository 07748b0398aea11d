import { type NodeView, operand, type TypedArray } from '../../ir/index.ts';
import {
  clamp,
  fixedPointLogistic,
  fixedPointTanh,
  frexp,
  multiplyByQuantizedMultiplier,
  quantizeMultiplier,
  roundingDivideByPowerOfTwo,
} from '../../numerics/index.ts';
import { perTensor } from '../activation.ts';
import type { NoAttributes } from './definition.ts';

/** Integer bits of the fixed-point argument: the functions have saturated well before 16. */
const integerBits = 4;

type View = NodeView<NoAttributes>;

/** Int8: fixed-point arithmetic as TensorFlow Lite Micro's reference kernels. */
export function evaluateLogistic(view: View, inputs: readonly (TypedArray | null)[]): readonly TypedArray[] {
  return operand(view, 0).dtype === 'int8'
    ? [(inputs[0] as Int8Array).map(int8Logistic(view))]
    : [(inputs[0] as Float32Array).map((x) => 1 / (1 + Math.fround(Math.exp(-x))))];
}

/** Int8: fixed-point arithmetic as TensorFlow Lite Micro's reference kernels. */
export function evaluateTanh(view: View, inputs: readonly (TypedArray | null)[]): readonly TypedArray[] {
  return operand(view, 0).dtype === 'int8'
    ? [(inputs[0] as Int8Array).map(int8Tanh(view))]
    : [(inputs[0] as Float32Array).map((x) => Math.tanh(x))];
}

/** The logistic function of one int8 element, on the grid of 1/256 from -128. */
export function int8Logistic(view: View): (value: number) => number {
  return saturatingFunction(view, (x) => roundingDivideByPowerOfTwo(fixedPointLogistic(x, integerBits), 23) - 128);
}

/** tanh of one int8 element, on the grid of 1/128. */
export function int8Tanh(view: View): (value: number) => number {
  return saturatingFunction(view, (x) => roundingDivideByPowerOfTwo(fixedPointTanh(x, integerBits), 24));
}

/** `compute` of the element in fixed point; beyond the range of that, the ends of int8. */
function saturatingFunction(view: View, compute: (x: number) => number): (value: number) => number {
  const { scale, zeroPoint } = perTensor(operand(view, 0).quantization);
  const toFixedPoint = scale * 2 ** (31 - integerBits);
  const multiplier = quantizeMultiplier(toFixedPoint);
  // The smallest difference whose fixed-point form could leave `integerBits` integer bits; 0 for scales of 8 and more.
  const radius = Math.floor(((2 ** integerBits - 1) * 2 ** (31 - integerBits)) / 2 ** frexp(toFixedPoint)[1]);
  return (value) => {
    const difference = value - zeroPoint;
    if (difference <= -radius) {
      return -128;
    }
    if (difference >= radius) {
      return 127;
    }
    return clamp(compute(multiplyByQuantizedMultiplier(difference, multiplier)), -128, 127);
  };
}
