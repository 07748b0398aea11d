import { type OperatorDefinition, operand, type TypeSignature } from '../../ir/index.ts';
import type { Activation } from '../activation.ts';
import { quantizedPerTensor } from '../constraints.ts';
import { broadcastDimensions, broadcastShape, maximumBroadcastRank } from './broadcast.ts';
import { sumRescaling } from './rescaling.ts';

export type ArithmeticAttributes = {
  readonly activation: Activation;
};

export type ArithmeticOperator = 'add' | 'mul' | 'sub';

type Definition = OperatorDefinition<ArithmeticAttributes>;

const signatures: readonly TypeSignature[] = [
  { inputs: ['int8', 'int8'], outputs: ['int8'] },
  { inputs: ['float32', 'float32'], outputs: ['float32'] },
  { inputs: ['int32', 'int32'], outputs: ['int32'] },
];

function arithmetic(name: ArithmeticOperator, sign: string, more: Definition['constraints'] = []): Definition {
  return {
    name,
    summary: `output = activation(a ${sign} b), element by element; shapes broadcast as in NumPy`,
    attributes: { activation: 'applied to the result' },
    inputs: [
      { name: 'a', description: 'any shape' },
      { name: 'b', description: 'a shape that broadcasts with the one of a' },
    ],
    outputs: [{ name: 'output', description: 'the common shape' }],
    signatures,
    constraints: [
      {
        diagnostic: 'unsupported-shape',
        requires: 'aligned at their last dimension, the shapes have equal sizes or one of them has 1',
        violation: (view) => {
          const [a, b] = [operand(view, 0).shape, operand(view, 1).shape];
          return broadcastShape(a, b) === null ? `[${a.join(', ')}] with [${b.join(', ')}]` : null;
        },
      },
      {
        diagnostic: 'unsupported-shape',
        requires: `the operands repeat in a pattern of at most ${maximumBroadcastRank} dimensions`,
        violation: (view) => {
          const [a, b] = [operand(view, 0).shape, operand(view, 1).shape];
          return broadcastDimensions(a, b).length > maximumBroadcastRank
            ? `[${a.join(', ')}] with [${b.join(', ')}]`
            : null;
        },
      },
      quantizedPerTensor({ inputs: [0, 1], outputs: [0] }),
      {
        diagnostic: 'invalid-quantization',
        requires: 'int32 operands are plain integers without a scale',
        violation: (view) => {
          const scaled = [...view.inputs, ...view.outputs].find((t) => t?.dtype === 'int32' && t.quantization !== null);
          return scaled ? `tensor '${scaled.name}' has scale ${scaled.quantization?.scales.join(', ')}` : null;
        },
      },
      ...more,
    ],
    inferShapes: (view) => {
      const shape = broadcastShape(operand(view, 0).shape, operand(view, 1).shape);
      return shape === null ? [] : [shape];
    },
    macs: () => 0,
  };
}

/** Sums and differences are rounded on a grid 2^20 times as fine as the coarser operand's, then brought to the output's. */
const outputCoarseEnough: Definition['constraints'][number] = {
  diagnostic: 'invalid-quantization',
  requires: "the output's scale is more than 2^-19 of the larger operand's scale",
  violation: (view) => {
    const { output } = view.outputs[0]!.dtype === 'int8' ? sumRescaling(view) : { output: { shift: 0 } };
    return output.shift > 0 ? `output scale ${view.outputs[0]!.quantization?.scales[0]}` : null;
  },
};

export const addDefinition = arithmetic('add', '+', [outputCoarseEnough]);
export const mulDefinition = arithmetic('mul', '*');
export const subDefinition = arithmetic('sub', '-', [outputCoarseEnough]);
