import { type OperatorDefinition, operand } from '../../ir/index.ts';
import { keepsQuantization, movingSignatures } from '../movable-types.ts';

export type TransposeAttributes = {
  /** Axis of the input that becomes axis i of the result. */
  readonly permutation: readonly number[];
};

export const transposeDefinition: OperatorDefinition<TransposeAttributes> = {
  name: 'transpose',
  summary: 'axis i of the output is axis permutation[i] of the input',
  attributes: { permutation: 'axes of the input, in the order of the output' },
  inputs: [{ name: 'input', description: 'rank 0 to 8' }],
  outputs: [{ name: 'output', description: 'the same rank' }],
  signatures: movingSignatures,
  constraints: [
    keepsQuantization,
    {
      diagnostic: 'unsupported-attribute',
      requires: 'the permutation lists every axis of the input once; rank at most 8',
      violation: (view) => {
        const rank = operand(view, 0).shape.length;
        const axes = [...view.attributes.permutation].sort((a, b) => a - b);
        return axes.length === rank && rank <= 8 && axes.every((axis, i) => axis === i)
          ? null
          : `permutation [${view.attributes.permutation.join(', ')}] of rank ${rank}`;
      },
    },
  ],
  inferShapes: (view) => {
    const { shape } = operand(view, 0);
    return [view.attributes.permutation.map((axis) => shape[axis]!)];
  },
  macs: () => 0,
};
