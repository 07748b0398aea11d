import { type NodeView, operand, result, type TypedArray } from '../../ir/index.ts';
import { evaluateStridedCopy, type StridedCopy, stridesOf } from '../strided-copy.ts';
import type { SliceAttributes } from './definition.ts';

/** The copy that a slice is: the result in its order, the input in steps. */
export function sliceCopy(view: NodeView<SliceAttributes>): StridedCopy {
  const { begin, size, strides } = view.attributes;
  const steps = stridesOf(operand(view, 0).shape);
  return {
    sizes: size,
    inputOffset: begin.reduce((sum, first, axis) => sum + first * steps[axis]!, 0),
    inputStrides: strides.map((stride, axis) => stride * steps[axis]!),
    outputOffset: 0,
    outputStrides: stridesOf(size),
  };
}

/** The chosen elements. */
export function evaluateSlice(
  view: NodeView<SliceAttributes>,
  [input]: readonly (TypedArray | null)[],
): readonly TypedArray[] {
  return [evaluateStridedCopy(sliceCopy(view), input!, result(view))];
}
