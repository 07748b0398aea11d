import { describeTensor, elementCount, type OperatorDefinition, operand, type Shape } from '../../ir/index.ts';
import { keepsQuantization, movingSignatures } from '../movable-types.ts';

export type ReshapeAttributes = {
  /** Shape of the result; every dimension is given. */
  readonly shape: Shape;
};

export const reshapeDefinition: OperatorDefinition<ReshapeAttributes> = {
  name: 'reshape',
  summary: "output has the input's elements in the same order, in another shape",
  attributes: { shape: 'of the result' },
  inputs: [{ name: 'input', description: 'any rank' }],
  outputs: [{ name: 'output', description: 'any rank, as many elements; shares the bytes of the input where it can' }],
  signatures: movingSignatures,
  constraints: [
    keepsQuantization,
    {
      diagnostic: 'unsupported-shape',
      requires: 'input and result have the same number of elements',
      violation: (view) => {
        const input = operand(view, 0);
        return elementCount(input.shape) === elementCount(view.attributes.shape)
          ? null
          : `${describeTensor(input)} into [${view.attributes.shape.join(', ')}]`;
      },
    },
  ],
  inferShapes: (view) => [view.attributes.shape],
  macs: () => 0,
};
