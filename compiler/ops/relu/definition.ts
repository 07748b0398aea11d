import { type OperatorDefinition, operand } from '../../ir/index.ts';
import type { Activation } from '../activation.ts';
import { quantizedPerTensor } from '../constraints.ts';

export type ReluAttributes = {
  readonly activation: Exclude<Activation, 'none'>;
};

export const reluDefinition: OperatorDefinition<ReluAttributes> = {
  name: 'relu',
  summary: 'output = input moved into [0, inf), [0, 6] or [-1, 1]; int8 is brought to the scale of the output',
  attributes: { activation: 'relu: [0, inf); relu6: [0, 6]; relu_n1_to_1: [-1, 1]' },
  inputs: [{ name: 'input', description: 'any shape' }],
  outputs: [{ name: 'output', description: "the input's shape" }],
  signatures: [
    { inputs: ['int8'], outputs: ['int8'] },
    { inputs: ['float32'], outputs: ['float32'] },
  ],
  constraints: [quantizedPerTensor({ inputs: [0], outputs: [0] })],
  inferShapes: (view) => [operand(view, 0).shape],
  macs: () => 0,
};
