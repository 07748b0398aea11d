import { allocate, elementCount, type NodeView, operand, result, type TypedArray } from '../../ir/index.ts';
import { runStridedCopy, type StridedCopy, stridesOf } from '../strided-copy.ts';
import type { PadAttributes } from './definition.ts';

/** The copy of the input into the padded result. */
export function padCopy(view: NodeView<PadAttributes>): StridedCopy {
  const { shape } = operand(view, 0);
  const outputStrides = stridesOf(result(view).shape);
  return {
    sizes: shape,
    inputOffset: 0,
    inputStrides: stridesOf(shape),
    outputOffset: view.attributes.before.reduce((sum, count, axis) => sum + count * outputStrides[axis]!, 0),
    outputStrides,
  };
}

/** The input inside of a border of `value`. */
export function evaluatePad(
  view: NodeView<PadAttributes>,
  [input]: readonly (TypedArray | null)[],
): readonly TypedArray[] {
  const { dtype, shape } = result(view);
  const output = allocate(dtype, elementCount(shape));
  (output as Float32Array).fill(view.attributes.value);
  runStridedCopy(padCopy(view), input!, output);
  return [output];
}
