import { type NodeView, operand, result, type TypedArray } from '../../ir/index.ts';
import { evaluateStridedCopy, type StridedCopy, stridesOf } from '../strided-copy.ts';
import type { TransposeAttributes } from './definition.ts';

/** The copy that a transpose is: the result in its order, the input in strides. */
export function transposeCopy(view: NodeView<TransposeAttributes>): StridedCopy {
  const strides = stridesOf(operand(view, 0).shape);
  const { shape } = result(view);
  return {
    sizes: shape,
    inputOffset: 0,
    inputStrides: view.attributes.permutation.map((axis) => strides[axis]!),
    outputOffset: 0,
    outputStrides: stridesOf(shape),
  };
}

/** The elements in the order of the permuted axes. */
export function evaluateTranspose(
  view: NodeView<TransposeAttributes>,
  [input]: readonly (TypedArray | null)[],
): readonly TypedArray[] {
  return [evaluateStridedCopy(transposeCopy(view), input!, result(view))];
}
