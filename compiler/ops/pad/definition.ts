import { type OperatorDefinition, operand } from '../../ir/index.ts';
import { keepsQuantization, movingSignatures } from '../movable-types.ts';

export type PadAttributes = {
  /** Elements added in front of each axis. */
  readonly before: readonly number[];
  /** Elements added behind each axis. */
  readonly after: readonly number[];
  /** The added elements, as stored: for int8 an integer, not a real. */
  readonly value: number;
};

export const padDefinition: OperatorDefinition<PadAttributes> = {
  name: 'pad',
  summary: 'output is the input with a border of one value',
  attributes: {
    before: 'elements added in front of each axis',
    after: 'elements added behind each axis',
    value: 'the added elements, as stored',
  },
  inputs: [{ name: 'input', description: 'rank 0 to 8' }],
  outputs: [{ name: 'output', description: 'the same rank' }],
  signatures: movingSignatures,
  constraints: [
    keepsQuantization,
    {
      diagnostic: 'unsupported-attribute',
      requires: 'before and after name every axis once, with counts of 0 or more; rank at most 8',
      violation: (view) => {
        const rank = operand(view, 0).shape.length;
        const { before, after } = view.attributes;
        const fits =
          rank <= 8 && [before, after].every((list) => list.length === rank && list.every((count) => count >= 0));
        return fits ? null : `before [${before}], after [${after}] of rank ${rank}`;
      },
    },
  ],
  inferShapes: (view) => {
    const { before, after } = view.attributes;
    return [operand(view, 0).shape.map((dimension, axis) => before[axis]! + dimension + after[axis]!)];
  },
  macs: () => 0,
};
