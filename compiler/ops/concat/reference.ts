import { allocate, elementCount, type NodeView, result, type TypedArray } from '../../ir/index.ts';
import { runStridedCopy, stridesOf } from '../strided-copy.ts';
import type { ConcatAttributes } from './definition.ts';

/** The inputs' elements in their places of the result. */
export function evaluateConcat(
  view: NodeView<ConcatAttributes>,
  inputs: readonly (TypedArray | null)[],
): readonly TypedArray[] {
  const { dtype, shape } = result(view);
  const output = allocate(dtype, elementCount(shape));
  const outputStrides = stridesOf(shape);
  let from = 0;
  view.inputs.forEach((tensor, k) => {
    runStridedCopy(
      {
        sizes: tensor!.shape,
        inputOffset: 0,
        inputStrides: stridesOf(tensor!.shape),
        outputOffset: from * outputStrides[view.attributes.axis]!,
        outputStrides,
      },
      inputs[k]!,
      output,
    );
    from += tensor!.shape[view.attributes.axis]!;
  });
  return [output];
}
