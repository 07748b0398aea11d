import { type OperatorDefinition, operand } from '../../ir/index.ts';
import { perTensor } from '../activation.ts';
import { quantizedPerTensor } from '../constraints.ts';
import { fixedResultQuantization } from '../fixed-quantization.ts';

export type SoftmaxAttributes = {
  /** Factor of the exponents, positive. */
  readonly beta: number;
  /** The dimension along which the result sums to 1, counted from 0. */
  readonly axis: number;
};

export const softmaxDefinition: OperatorDefinition<SoftmaxAttributes> = {
  name: 'softmax',
  summary: 'output = exp(beta * input) / sum over the axis of exp(beta * input)',
  attributes: {
    beta: 'factor of the exponents, positive',
    axis: 'the dimension along which the result sums to 1, counted from 0',
  },
  inputs: [{ name: 'input', description: 'rank 1 or more' }],
  outputs: [{ name: 'output', description: "the input's shape" }],
  signatures: [
    { inputs: ['int8'], outputs: ['int8'] },
    { inputs: ['int8'], outputs: ['int16'] },
    { inputs: ['float32'], outputs: ['float32'] },
  ],
  constraints: [
    {
      diagnostic: 'unsupported-attribute',
      requires: "the axis is one of the input's dimensions",
      violation: (view) => {
        const { axis } = view.attributes;
        const { shape } = operand(view, 0);
        return Number.isInteger(axis) && axis >= 0 && axis < shape.length
          ? null
          : `axis ${axis} of [${shape.join(', ')}]`;
      },
    },
    {
      diagnostic: 'unsupported-attribute',
      requires: 'beta is positive and finite',
      violation: (view) =>
        view.attributes.beta > 0 && Number.isFinite(view.attributes.beta) ? null : `beta ${view.attributes.beta}`,
    },
    quantizedPerTensor({ inputs: [0], outputs: [0] }),
    fixedResultQuantization('int8', 1 / 256, -128),
    fixedResultQuantization('int16', 1 / 65536, -32768),
    {
      diagnostic: 'unsupported-shape',
      requires: 'less than 4096 elements along the axis of an int8 input: their sum has 12 integer bits',
      violation: (view) => {
        const input = operand(view, 0);
        const depth = input.shape[view.attributes.axis] ?? 0;
        return input.dtype === 'int8' && depth >= 4096 ? `${depth} elements` : null;
      },
    },
    {
      diagnostic: 'invalid-quantization',
      requires: "beta times an int8 input's scale is more than 2^-26",
      violation: (view) => {
        const input = operand(view, 0);
        return input.dtype === 'int8' && perTensor(input.quantization).scale * view.attributes.beta <= 2 ** -26
          ? `beta ${view.attributes.beta}, scale ${perTensor(input.quantization).scale}`
          : null;
      },
    },
  ],
  inferShapes: (view) => [operand(view, 0).shape],
  macs: () => 0,
};
