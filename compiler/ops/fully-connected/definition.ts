import { elementCount, type OperatorDefinition, operand, type Shape } from '../../ir/index.ts';
import type { Activation } from '../activation.ts';
import { constantOperands, elementsOf, quantizedPerTensor, quantizedWeights, rank } from '../constraints.ts';

export type FullyConnectedAttributes = {
  readonly activation: Activation;
  /** True if the result keeps the operand's leading dimensions; false flattens them to [batch, outputs]. */
  readonly keepDimensions: boolean;
};

export const fullyConnected: OperatorDefinition<FullyConnectedAttributes> = {
  name: 'fully_connected',
  summary: 'output[n, o] = activation(bias[o] + sum over i of weights[o, i] * input[n, i])',
  attributes: {
    activation: 'applied to the result',
    keepDimensions: "the result keeps the input's leading dimensions; otherwise they become one",
  },
  inputs: [
    { name: 'input', description: 'any rank; read as [batch, inputs]' },
    { name: 'weights', description: '[outputs, inputs]', constant: true },
    { name: 'bias', description: '[outputs]', constant: true, optional: true },
  ],
  outputs: [{ name: 'output', description: '[batch, outputs], or leading dimensions and outputs' }],
  signatures: [
    { inputs: ['int8', 'int8', 'int32'], outputs: ['int8'] },
    { inputs: ['float32', 'float32', 'float32'], outputs: ['float32'] },
  ],
  constraints: [
    rank(2, { inputs: [1] }),
    constantOperands(1, 2),
    quantizedPerTensor({ inputs: [0], outputs: [0] }),
    quantizedWeights(1, 0, 'one zero point'),
    elementsOf(2, 'one bias for each output', ([, weights]) => weights!.shape[0]!),
    {
      diagnostic: 'unsupported-shape',
      requires:
        "the input's elements are a multiple of the weights' inputs, and its last dimension too if dimensions are kept",
      violation: (view) => {
        const input = operand(view, 0);
        const inputs = operand(view, 1).shape[1]!;
        const last = view.attributes.keepDimensions ? (input.shape.at(-1) ?? 1) : elementCount(input.shape);
        return last % inputs === 0 ? null : `[${input.shape}] with ${inputs} inputs`;
      },
    },
  ],
  inferShapes: (view): readonly Shape[] => {
    const input = operand(view, 0);
    const [outputs, inputs] = operand(view, 1).shape as [number, number];
    return view.attributes.keepDimensions
      ? [[...input.shape.slice(0, -1), outputs]]
      : [[elementCount(input.shape) / inputs, outputs]];
  },
  macs: (view) => {
    const [outputs] = operand(view, 1).shape as [number, number];
    return elementCount(operand(view, 0).shape) * outputs;
  },
};
