import type { NodeView, TypedArray } from '../../ir/index.ts';
import type { ReshapeAttributes } from './definition.ts';

/** A copy of the input's elements. */
export function evaluateReshape(
  _view: NodeView<ReshapeAttributes>,
  [input]: readonly (TypedArray | null)[],
): readonly TypedArray[] {
  return [input!.slice() as TypedArray];
}
