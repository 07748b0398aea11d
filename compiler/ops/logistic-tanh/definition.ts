import { type OperatorDefinition, operand } from '../../ir/index.ts';
import { quantizedPerTensor } from '../constraints.ts';
import { fixedResultQuantization } from '../fixed-quantization.ts';

/** Neither operator has attributes. */
export type NoAttributes = { readonly [name in never]: never };

function saturating(
  name: string,
  formula: string,
  grid: { readonly scale: number; readonly zeroPoint: number },
): OperatorDefinition<NoAttributes> {
  return {
    name,
    summary: formula,
    attributes: {},
    inputs: [{ name: 'input', description: 'any shape' }],
    outputs: [{ name: 'output', description: "the input's shape" }],
    signatures: [
      { inputs: ['int8'], outputs: ['int8'] },
      { inputs: ['float32'], outputs: ['float32'] },
    ],
    constraints: [
      quantizedPerTensor({ inputs: [0], outputs: [0] }),
      fixedResultQuantization('int8', grid.scale, grid.zeroPoint),
    ],
    inferShapes: (view) => [operand(view, 0).shape],
    macs: () => 0,
  };
}

export const logisticDefinition = saturating('logistic', 'output = 1 / (1 + exp(-input))', {
  scale: 1 / 256,
  zeroPoint: -128,
});
export const tanhDefinition = saturating('tanh', 'output = tanh(input)', { scale: 1 / 128, zeroPoint: 0 });
