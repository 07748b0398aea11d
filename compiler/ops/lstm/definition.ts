import {
  type Constraint,
  describeTensor,
  elementCount,
  type NodeView,
  type OperatorDefinition,
  operand,
  result,
  sameQuantization,
  sameShape,
} from '../../ir/index.ts';
import { perTensor } from '../activation.ts';
import { constantOperands, elementsOf, quantizedPerTensor, rank } from '../constraints.ts';

export type LstmAttributes = {
  /** Bound of the cell state's magnitude, as a real; 0 means none. */
  readonly cellClip: number;
  /** True if the input is [steps, batch, inputs]; false if it is [batch, steps, inputs]. */
  readonly timeMajor: boolean;
};

/** The gates, in the order of their operands. */
export const gates = ['input', 'forget', 'cell', 'output'] as const;

/** Places of the operands: one of `weights`, `recurrentWeights` and `biases` for each gate. */
export const operands = {
  input: 0,
  weights: 1,
  recurrentWeights: 5,
  biases: 9,
  hiddenState: 13,
  cellState: 14,
} as const;

const weightOperands = [1, 2, 3, 4, 5, 6, 7, 8];
const biasOperands = [9, 10, 11, 12];

/** Scales that the cell state may have: 2^-bits. */
const cellScales = Array.from({ length: 16 }, (_, bits) => 2 ** -bits);

/** Sizes of an lstm node, and the rows of the input that lie between two steps and between two sequences. */
export function lstmSizes(view: Pick<NodeView<LstmAttributes>, 'attributes' | 'inputs' | 'node'>) {
  const [first, second, inputs] = operand(view, operands.input).shape as [number, number, number];
  const units = operand(view, operands.weights).shape[0]!;
  return view.attributes.timeMajor
    ? { steps: first, batches: second, inputs, units, stepRows: second, batchRows: 1 }
    : { steps: second, batches: first, inputs, units, stepRows: 1, batchRows: second };
}

const states: Constraint<LstmAttributes> = {
  diagnostic: 'unsupported-shape',
  requires: 'the hidden state and the cell state are variables of batch * units elements',
  violation: (view) => {
    const { batches, units } = lstmSizes(view);
    const wrong = [operand(view, operands.hiddenState), operand(view, operands.cellState)].find(
      (tensor) => tensor.kind !== 'variable' || elementCount(tensor.shape) !== batches * units,
    );
    return wrong === undefined ? null : `${wrong.kind} ${describeTensor(wrong)}, batch ${batches}, ${units} units`;
  },
};

const symmetric: Constraint<LstmAttributes> = {
  diagnostic: 'invalid-quantization',
  requires: 'weights and the cell state have zero point 0, and the cell state a scale of 1, 1/2, 1/4 … 1/32768',
  violation: (view) => {
    if (operand(view, 0).dtype === 'float32') {
      return null;
    }
    const tensors = [...weightOperands, operands.cellState].map((i) => operand(view, i));
    const shifted = tensors.find((tensor) => perTensor(tensor.quantization).zeroPoint !== 0);
    const cell = operand(view, operands.cellState);
    return shifted !== undefined
      ? `${describeTensor(shifted)} has zero point ${perTensor(shifted.quantization).zeroPoint}`
      : cellScales.includes(perTensor(cell.quantization).scale)
        ? null
        : `${describeTensor(cell)} has scale ${perTensor(cell.quantization).scale}`;
  },
};

export const lstmDefinition: OperatorDefinition<LstmAttributes> = {
  name: 'lstm',
  summary:
    'for every step: i, f, o = logistic(W x + R h + b), g = tanh(W x + R h + b) with weights of their own; ' +
    'c = f * c + i * g; output = h = o * tanh(c)',
  attributes: {
    cellClip: "bound of the cell state's magnitude, as a real; 0 means none",
    timeMajor: 'the input is [steps, batch, inputs]; otherwise it is [batch, steps, inputs]',
  },
  inputs: [
    { name: 'input', description: '[batch, steps, inputs] or [steps, batch, inputs]' },
    ...gates.map((gate) => ({ name: `${gate} weights`, description: '[units, inputs]', constant: true })),
    ...gates.map((gate) => ({ name: `${gate} recurrent weights`, description: '[units, units]', constant: true })),
    ...gates.map((gate) => ({ name: `${gate} bias`, description: '[units]', constant: true })),
    { name: 'hidden state', description: '[batch, units], variable' },
    { name: 'cell state', description: '[batch, units], variable' },
  ],
  outputs: [{ name: 'output', description: "the hidden state after every step, in the input's order" }],
  signatures: [
    {
      inputs: [...Array(9).fill('int8'), ...Array(4).fill('int32'), 'int8', 'int16'],
      outputs: ['int8'],
    },
    { inputs: Array(15).fill('float32'), outputs: ['float32'] },
  ],
  constraints: [
    rank(3, { inputs: [0] }),
    rank(2, { inputs: weightOperands }),
    constantOperands(...weightOperands, ...biasOperands),
    {
      diagnostic: 'unsupported-shape',
      requires: 'input weights are [units, inputs] and recurrent weights [units, units], the same for every gate',
      violation: (view) => {
        const inputs = operand(view, 0).shape[2]!;
        const units = operand(view, operands.weights).shape[0]!;
        const wrong = weightOperands
          .map((i) => operand(view, i))
          .find(({ shape }, i) => !sameShape(shape, i < gates.length ? [units, inputs] : [units, units]));
        return wrong === undefined ? null : `${describeTensor(wrong)} with ${inputs} inputs and ${units} units`;
      },
    },
    ...biasOperands.map((i) =>
      elementsOf<LstmAttributes>(i, 'one bias for each unit', ([, weights]) => weights!.shape[0]!),
    ),
    states,
    quantizedPerTensor({ inputs: [0, ...weightOperands, operands.hiddenState, operands.cellState], outputs: [0] }),
    symmetric,
    {
      diagnostic: 'invalid-quantization',
      requires: 'the result has the scale and the zero point of the hidden state',
      violation: (view) => {
        const hidden = operand(view, operands.hiddenState);
        return sameQuantization(hidden.quantization, result(view).quantization)
          ? null
          : `${describeTensor(hidden)} and ${describeTensor(result(view))} differ`;
      },
    },
  ],
  inferShapes: (view) => [[...operand(view, 0).shape.slice(0, 2), operand(view, operands.weights).shape[0]!]],
  macs: (view) => {
    const { steps, batches, inputs, units } = lstmSizes(view);
    return steps * batches * gates.length * units * (inputs + units);
  },
};
