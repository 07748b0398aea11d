import {
  allocate,
  elementCount,
  type NodeView,
  operand,
  rangeOfDType,
  result,
  type TypedArray,
} from '../../ir/index.ts';
import {
  clamp,
  fixedPointReciprocal,
  roundingDivideByPowerOfTwo,
  saturatingRoundingDoublingHighMul,
} from '../../numerics/index.ts';
import type { SoftmaxAttributes } from './definition.ts';
import { exponentials } from './exponentials.ts';

type View = NodeView<SoftmaxAttributes>;
type Values = Exclude<TypedArray, BigInt64Array>;

/** Integer bits of the sum of exponentials. */
const sumIntegerBits = 12;

/** Int8: fixed-point arithmetic as TensorFlow Lite Micro's reference kernel. Float: sums in float32. */
export function evaluateSoftmax(view: View, inputs: readonly (TypedArray | null)[]): readonly TypedArray[] {
  const input = inputs[0] as Values;
  const output = allocate(result(view).dtype, input.length) as Values;
  const distribute = operand(view, 0).dtype === 'int8' ? int8(view) : float32(view);
  const { shape } = operand(view, 0);
  const depth = shape[view.attributes.axis]!;
  const inner = elementCount(shape.slice(view.attributes.axis + 1));
  for (let start = 0; start < input.length; start += depth * inner) {
    for (let i = start; i < start + inner; i++) {
      const values = Array.from({ length: depth }, (_, c) => input[i + c * inner]!);
      distribute(values).forEach((value, c) => {
        output[i + c * inner] = value;
      });
    }
  }
  return [output];
}

function int8(view: View): (values: readonly number[]) => number[] {
  const table = exponentials(view);
  const { minimum, maximum } = rangeOfDType(result(view).dtype);
  const bits = result(view).dtype === 'int8' ? 8 : 16;
  return (values) => {
    const largest = Math.max(...values);
    const exps = values.map((value) => table[largest - value]);
    const sum = exps.reduce<number>((s, e) => s + roundingDivideByPowerOfTwo(e ?? 0, sumIntegerBits), 0);
    const { reciprocal, bitsOverUnit } = fixedPointReciprocal(sum, sumIntegerBits);
    const exponent = bitsOverUnit + 31 - bits;
    return exps.map((e) => {
      // Past 31 bits every share rounds to 0; the reference stops there.
      if (e === undefined || exponent > 31) {
        return minimum;
      }
      const share = roundingDivideByPowerOfTwo(saturatingRoundingDoublingHighMul(reciprocal, e), exponent);
      return clamp(share + minimum, minimum, maximum);
    });
  };
}

function float32(view: View): (values: readonly number[]) => number[] {
  const beta = Math.fround(view.attributes.beta);
  return (values) => {
    const largest = Math.max(...values);
    const exps = values.map((value) => Math.fround(Math.exp(Math.fround(Math.fround(value - largest) * beta))));
    const sum = exps.reduce((s, e) => Math.fround(s + e), 0);
    return exps.map((e) => e / sum);
  };
}
