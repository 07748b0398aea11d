import { fail } from '../../diagnostics/index.ts';
import { describeNode, elementsFromBytes, type NodeView, operand } from '../../ir/index.ts';
import type { QuantizedMultiplier } from '../../numerics/index.ts';
import { perTensor } from '../activation.ts';
import { type CField, field } from '../kernel.ts';
import { gates, type LstmAttributes, lstmSizes, operands } from './definition.ts';
import { lstmRescaling } from './rescaling.ts';

type View = NodeView<LstmAttributes>;

/** The weights that one of the two vectors is multiplied with, gate by gate within every unit, as the kernels read them. */
export interface InterleavedWeights {
  /** Elements of the vector. */
  readonly columns: number;
  /** [units, 4, columns] */
  readonly weights: Int8Array;
  /** [units, 4]: the bias with the vector's zero point folded in. */
  readonly biases: Int32Array;
}

/** Weights and folded biases of the input, which has the gates' biases, or of the hidden state. */
export function interleavedWeights(view: View, vector: 'input' | 'recurrent'): InterleavedWeights {
  const { inputs, units } = lstmSizes(view);
  const isInput = vector === 'input';
  const columns = isInput ? inputs : units;
  const elements = (index: number) => elementsFromBytes(operand(view, index), operand(view, index).data!);
  const byGate = gates.map(
    (_, g) => elements((isInput ? operands.weights : operands.recurrentWeights) + g) as Int8Array,
  );
  const biasByGate = gates.map((_, g) => (isInput ? (elements(operands.biases + g) as Int32Array) : null));
  const { zeroPoint } = perTensor(operand(view, isInput ? operands.input : operands.hiddenState).quantization);
  const weights = new Int8Array(units * gates.length * columns);
  const biases = new Int32Array(units * gates.length);
  for (let unit = 0; unit < units; unit++) {
    byGate.forEach((ofGate, g) => {
      const row = ofGate.subarray(unit * columns, (unit + 1) * columns);
      const at = unit * gates.length + g;
      weights.set(row, at * columns);
      const folded = (biasByGate[g]?.[unit] ?? 0) - zeroPoint * row.reduce((sum, weight) => sum + weight, 0);
      const magnitude = Math.abs(folded) + 128 * row.reduce((sum, weight) => sum + Math.abs(weight), 0);
      if (magnitude > 2147483647) {
        fail('accumulator-overflow', {
          where: describeNode(view.node),
          found: `${vector} sums of unit ${unit} of the ${gates[g]} gate can reach ${magnitude}`,
          requires: 'accumulators stay below 2147483648',
        });
      }
      biases[at] = folded;
    });
  }
  return { columns, weights, biases };
}

/** The fields `sizes`, and `cell` and `gates` of the int8 kernels; a kernel counts its gates' shifts to the left or right. */
export function lstmFields(view: View, shifts: 'left' | 'right'): readonly CField[] {
  const { steps, batches, inputs, units, stepRows, batchRows } = lstmSizes(view);
  const sizes = field('sizes', {
    kind: 'struct',
    fields: [
      field('steps', steps),
      field('batches', batches),
      field('inputs', inputs),
      field('units', units),
      field('step_rows', stepRows),
      field('batch_rows', batchRows),
    ],
  });
  if (operand(view, operands.input).dtype === 'float32') {
    return [sizes];
  }
  const { input, recurrent, hidden, cellBits, tanhMultiplier, tanhRightShift, clip } = lstmRescaling(view);
  const shift = (m: QuantizedMultiplier) => (shifts === 'left' ? m.shift : rightShift(m));
  return [
    sizes,
    field('cell', {
      kind: 'struct',
      fields: [
        field('added_bits', 30 - cellBits),
        field('minimum', clip === null ? -32768 : -clip),
        field('maximum', clip ?? 32767),
        field('tanh_multiplier', tanhMultiplier),
        field('tanh_shift', tanhRightShift),
        field('hidden_multiplier', hidden.multiplier),
        field('hidden_shift', hidden.shift),
        field('hidden_zero_point', perTensor(operand(view, operands.hiddenState).quantization).zeroPoint),
      ],
    }),
    field('gates', {
      kind: 'array',
      values: gates.map((_, g) => ({
        kind: 'struct',
        fields: [
          field('input_multiplier', input[g]!.multiplier),
          field('input_shift', shift(input[g]!)),
          field('recurrent_multiplier', recurrent[g]!.multiplier),
          field('recurrent_shift', shift(recurrent[g]!)),
        ],
      })),
    }),
  ];
}

/** A shift to the right; 1 where the multiplier is 0 and none matters. */
export function rightShift({ multiplier, shift }: QuantizedMultiplier): number {
  return multiplier === 0 ? 1 : -shift;
}
