import { describeTensor, elementCount, type OperatorDefinition, operand, result } from '../../ir/index.ts';
import { type Activation, quantizedActivationRange } from '../activation.ts';
import { constantOperands, elementsOf, quantizedPerTensor, quantizedWeights, rank } from '../constraints.ts';

export type SvdfAttributes = {
  /** Filters that are added up to one unit. */
  readonly rank: number;
  readonly activation: Activation;
};

export const svdfDefinition: OperatorDefinition<SvdfAttributes> = {
  name: 'svdf',
  summary:
    'a new column of the state is weightsFeature * input; output[n, u] = activation(bias[u] + sum over the filters of u and over time of weightsTime * state)',
  attributes: { rank: 'filters that are added up to one unit', activation: 'applied to the result' },
  inputs: [
    { name: 'input', description: '[batch, inputs]' },
    { name: 'weightsFeature', description: '[filters, inputs]', constant: true },
    { name: 'weightsTime', description: '[filters, memory]', constant: true },
    { name: 'bias', description: '[units]', constant: true, optional: true },
    { name: 'state', description: '[batch, filters * memory], a variable: the last outputs of every filter' },
  ],
  outputs: [{ name: 'output', description: '[batch, units]' }],
  signatures: [
    { inputs: ['int8', 'int8', 'int16', 'int32', 'int16'], outputs: ['int8'] },
    { inputs: ['int8', 'int8', 'int8', 'int32', 'int8'], outputs: ['int8'] },
    { inputs: ['float32', 'float32', 'float32', 'float32', 'float32'], outputs: ['float32'] },
  ],
  constraints: [
    rank(2, { inputs: [0, 1, 2, 4] }),
    constantOperands(1, 2, 3),
    quantizedPerTensor({ inputs: [0, 1, 2, 4], outputs: [0] }),
    quantizedWeights(1, 0),
    {
      diagnostic: 'invalid-quantization',
      requires: 'weights have zero point 0, and so has a state of int16',
      violation: (view) => {
        const symmetric = [1, 2, 4].map((index) => operand(view, index)).filter((tensor) => tensor.dtype !== 'float32');
        const found = symmetric.find(
          (tensor, i) => (i < 2 || tensor.dtype === 'int16') && tensor.quantization!.zeroPoints[0] !== 0,
        );
        return found === undefined ? null : `${describeTensor(found)} has ${found.quantization!.zeroPoints[0]}`;
      },
    },
    {
      diagnostic: 'unsupported-shape',
      requires:
        'filters are a multiple of the rank, and the same in both weights; the weights take as many inputs as there are',
      violation: (view) => {
        const [filters, inputs] = operand(view, 1).shape as [number, number];
        const { rank } = view.attributes;
        return rank >= 1 &&
          filters % rank === 0 &&
          operand(view, 2).shape[0] === filters &&
          operand(view, 0).shape[1] === inputs
          ? null
          : `rank ${rank}, ${[0, 1, 2].map((index) => describeTensor(operand(view, index))).join(', ')}`;
      },
    },
    elementsOf<SvdfAttributes>(
      4,
      'the state remembers `memory` outputs of every filter and batch',
      ([input, , time]) => input!.shape[0]! * elementCount(time!.shape),
    ),
    {
      diagnostic: 'unsupported-shape',
      requires: 'one bias for each unit',
      violation: (view) => {
        const bias = view.inputs[3] ?? null;
        const units = operand(view, 1).shape[0]! / view.attributes.rank;
        return bias === null || elementCount(bias.shape) === units
          ? null
          : `${describeTensor(bias)} and ${units} units`;
      },
    },
    {
      diagnostic: 'operand-not-constant',
      requires: 'the state is a variable',
      violation: (view) => {
        const state = operand(view, 4);
        return state.kind === 'variable' ? null : `${describeTensor(state)} is ${state.kind}`;
      },
    },
    {
      diagnostic: 'unsupported-attribute',
      requires: 'the range of an int8 result is that of its activation, as with relu and zero point -128',
      violation: (view) => {
        const output = result(view);
        if (output.dtype !== 'int8') {
          return null;
        }
        const { minimum, maximum } = quantizedActivationRange(view.attributes.activation, output);
        return minimum === -128 && maximum === 127
          ? null
          : `${view.attributes.activation} keeps [${minimum}, ${maximum}] of ${describeTensor(output)}`;
      },
    },
  ],
  inferShapes: (view) => [[operand(view, 0).shape[0]!, operand(view, 1).shape[0]! / view.attributes.rank]],
  macs: (view) =>
    operand(view, 0).shape[0]! * (elementCount(operand(view, 1).shape) + elementCount(operand(view, 2).shape)),
};
