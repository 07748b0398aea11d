import { allocate, elementCount, type NodeView, operand, result, type TypedArray } from '../../ir/index.ts';
import { clamp, multiplyByQuantizedMultiplier } from '../../numerics/index.ts';
import { activate, perTensor, quantizedActivationRange } from '../activation.ts';
import { broadcastDimensions } from './broadcast.ts';
import type { ArithmeticAttributes, ArithmeticOperator } from './definition.ts';
import { productRescaling, sumFractionalBits, sumRescaling } from './rescaling.ts';

type View = NodeView<ArithmeticAttributes>;
type Combine = (a: number, b: number) => number;

/** Int8 as TensorFlow Lite Micro's reference kernels; int32 wraps at 32 bits; float32 rounds once. */
export function evaluateArithmetic(view: View, inputs: readonly (TypedArray | null)[]): readonly TypedArray[] {
  const [a, b] = inputs as [TypedArray, TypedArray];
  const combine = elementFunction(view);
  const shape = result(view).shape;
  const output = allocate(result(view).dtype, elementCount(shape)) as Exclude<TypedArray, BigInt64Array>;
  const dimensions = broadcastDimensions(operand(view, 0).shape, operand(view, 1).shape);
  const visit = (depth: number, aAt: number, bAt: number, at: number): number => {
    const dimension = dimensions[depth];
    if (dimension === undefined) {
      output[at] = combine(Number(a[aAt]), Number(b[bAt]));
      return at + 1;
    }
    let next = at;
    for (let i = 0; i < dimension.extent; i++) {
      next = visit(depth + 1, aAt + i * dimension.aStride, bAt + i * dimension.bStride, next);
    }
    return next;
  };
  visit(0, 0, 0, 0);
  return [output];
}

/** What the node does with one pair of elements, activation included. */
export function elementFunction(view: View): Combine {
  const operator = view.node.operator as ArithmeticOperator;
  switch (result(view).dtype) {
    case 'int8':
      return operator === 'mul' ? int8Product(view) : int8Sum(view, operator === 'sub' ? -1 : 1);
    case 'int32':
      return int32(view, operator);
    default:
      return float32(view, operator);
  }
}

function int8Sum(view: View, sign: 1 | -1): Combine {
  const rescaling = sumRescaling(view);
  const [aZero, bZero, outputZero] = zeroPoints(view);
  const { minimum, maximum } = quantizedActivationRange(view.attributes.activation, result(view));
  const unit = 2 ** sumFractionalBits;
  return (a, b) => {
    const scaledA = multiplyByQuantizedMultiplier((a - aZero) * unit, rescaling.a);
    const scaledB = multiplyByQuantizedMultiplier((b - bZero) * unit, rescaling.b);
    const sum = multiplyByQuantizedMultiplier(scaledA + sign * scaledB, rescaling.output);
    return clamp(sum + outputZero, minimum, maximum);
  };
}

function int8Product(view: View): Combine {
  const rescaling = productRescaling(view);
  const [aZero, bZero, outputZero] = zeroPoints(view);
  const { minimum, maximum } = quantizedActivationRange(view.attributes.activation, result(view));
  return (a, b) =>
    clamp(multiplyByQuantizedMultiplier((a - aZero) * (b - bZero), rescaling) + outputZero, minimum, maximum);
}

function int32(view: View, operator: ArithmeticOperator): Combine {
  const { activation } = view.attributes;
  const combine: Record<ArithmeticOperator, Combine> = {
    add: (a, b) => (a + b) | 0,
    sub: (a, b) => (a - b) | 0,
    mul: Math.imul,
  };
  return (a, b) => activate(activation, combine[operator](a, b));
}

function float32(view: View, operator: ArithmeticOperator): Combine {
  const { activation } = view.attributes;
  const combine: Record<ArithmeticOperator, Combine> = {
    add: (a, b) => a + b,
    sub: (a, b) => a - b,
    mul: (a, b) => a * b,
  };
  return (a, b) => activate(activation, Math.fround(combine[operator](a, b)));
}

function zeroPoints(view: View): readonly [number, number, number] {
  return [
    perTensor(operand(view, 0).quantization).zeroPoint,
    perTensor(operand(view, 1).quantization).zeroPoint,
    perTensor(result(view).quantization).zeroPoint,
  ];
}
