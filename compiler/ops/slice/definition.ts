import { type OperatorDefinition, operand } from '../../ir/index.ts';
import { keepsQuantization, movingSignatures } from '../movable-types.ts';

export type SliceAttributes = {
  /** First index along each axis. */
  readonly begin: readonly number[];
  /** Elements taken along each axis. */
  readonly size: readonly number[];
  /** Distance between them; may be negative, not 0. */
  readonly strides: readonly number[];
};

export const sliceDefinition: OperatorDefinition<SliceAttributes> = {
  name: 'slice',
  summary: 'output[i, j, …] = input[begin[0] + i * strides[0], begin[1] + j * strides[1], …]',
  attributes: {
    begin: 'first index along each axis',
    size: 'elements taken along each axis',
    strides: 'distance between them; may be negative',
  },
  inputs: [{ name: 'input', description: 'rank 0 to 8' }],
  outputs: [{ name: 'output', description: 'the same rank' }],
  signatures: movingSignatures,
  constraints: [
    keepsQuantization,
    {
      diagnostic: 'unsupported-attribute',
      requires: 'begin, size and strides name every axis once, at least one element is taken, all lie in the input',
      violation: (view) => {
        const { shape } = operand(view, 0);
        const { begin, size, strides } = view.attributes;
        const fits =
          shape.length <= 8 &&
          [begin, size, strides].every((list) => list.length === shape.length) &&
          shape.every((dimension, axis) => {
            const last = begin[axis]! + (size[axis]! - 1) * strides[axis]!;
            return (
              size[axis]! >= 1 &&
              strides[axis] !== 0 &&
              begin[axis]! >= 0 &&
              begin[axis]! < dimension &&
              last >= 0 &&
              last < dimension
            );
          });
        return fits ? null : `begin [${begin}], size [${size}], strides [${strides}] of [${shape}]`;
      },
    },
  ],
  inferShapes: (view) => [view.attributes.size],
  macs: () => 0,
};
