import { elementCount, type NodeView, operand, result, type TypedArray } from '../../ir/index.ts';
import { clamp, multiplyByQuantizedMultiplier } from '../../numerics/index.ts';
import { perTensor } from '../activation.ts';
import { int16Logistic, int16Tanh } from './activations.ts';
import { type LstmAttributes, lstmSizes, operands } from './definition.ts';
import { lstmRescaling } from './rescaling.ts';

type View = NodeView<LstmAttributes>;
type Elements = Int8Array | Int16Array | Int32Array | Float32Array;

/** Sums of one gate over the input and over the hidden state, for one unit. */
type GateSums = (gate: number, unit: number, row: number, batch: number) => readonly [input: number, recurrent: number];

/**
 * Int8: the reference path of TensorFlow Lite Micro: both sums of a gate are brought to 12 fractional bits and int16
 * on their own and then added, activations have 15 fractional bits. Float: sums in float32.
 * Both states are updated in place.
 */
export function evaluateLstm(view: View, inputs: readonly (TypedArray | null)[]): readonly TypedArray[] {
  const values = inputs as readonly Elements[];
  return [operand(view, 0).dtype === 'int8' ? int8(view, values) : float32(view, values)];
}

function int8(view: View, values: readonly Elements[]): Int8Array {
  const rescaling = lstmRescaling(view);
  const { input: toGate, recurrent: recurrentToGate, hidden: toHidden, cellBits, tanhScaling, clip } = rescaling;
  const sums = gateSums(view, values, {
    zeroPoints: [
      perTensor(operand(view, operands.input).quantization).zeroPoint,
      perTensor(operand(view, operands.hiddenState).quantization).zeroPoint,
    ],
    round: (sum) => sum,
  });
  const hiddenZeroPoint = perTensor(operand(view, operands.hiddenState).quantization).zeroPoint;
  const cellState = values[operands.cellState] as Int16Array;
  return overSteps(view, values, new Int8Array(elementCount(result(view).shape)), (unit, row, batch, cell) => {
    const gate = (g: number) => {
      const [input, recurrent] = sums(g, unit, row, batch);
      return saturate(
        saturate(multiplyByQuantizedMultiplier(input, toGate[g]!)) +
          saturate(multiplyByQuantizedMultiplier(recurrent, recurrentToGate[g]!)),
      );
    };
    const kept = multiplyByQuantizedMultiplier(int16Logistic(gate(1)) * cellState[cell]!, halved(15));
    const added = int16Logistic(gate(0)) * int16Tanh(3 * gate(2));
    const sum = saturate(saturate(kept) + saturate(multiplyByQuantizedMultiplier(added, halved(30 - cellBits))));
    const state = clip === null ? sum : clamp(sum, -clip, clip);
    cellState[cell] = state;
    const product = int16Logistic(gate(3)) * int16Tanh(tanhScaling(state));
    return clamp(multiplyByQuantizedMultiplier(product, toHidden) + hiddenZeroPoint, -128, 127);
  });
}

function float32(view: View, values: readonly Elements[]): Float32Array {
  const sums = gateSums(view, values, { zeroPoints: [0, 0], round: Math.fround });
  const cellState = values[operands.cellState] as Float32Array;
  const clip = view.attributes.cellClip;
  const logistic = (x: number) => Math.fround(1 / (1 + Math.exp(-x)));
  return overSteps(view, values, new Float32Array(elementCount(result(view).shape)), (unit, row, batch, cell) => {
    const gate = (g: number) => {
      const [input, recurrent] = sums(g, unit, row, batch);
      return Math.fround(input + recurrent);
    };
    const kept = Math.fround(logistic(gate(1)) * cellState[cell]!);
    const sum = kept + Math.fround(logistic(gate(0)) * Math.fround(Math.tanh(gate(2))));
    cellState[cell] = clip > 0 ? clamp(sum, -clip, clip) : sum;
    return logistic(gate(3)) * Math.fround(Math.tanh(cellState[cell]!));
  });
}

/** Runs every sequence through its steps; `compute` gives a unit's new hidden state and updates its cell state. */
function overSteps<Output extends Int8Array | Float32Array>(
  view: View,
  values: readonly Elements[],
  output: Output,
  compute: (unit: number, row: number, batch: number, cell: number) => number,
): Output {
  const { steps, batches, units, stepRows, batchRows } = lstmSizes(view);
  const hiddenState = values[operands.hiddenState]!;
  for (let batch = 0; batch < batches; batch++) {
    for (let step = 0; step < steps; step++) {
      const row = step * stepRows + batch * batchRows;
      for (let unit = 0; unit < units; unit++) {
        output[row * units + unit] = compute(unit, row, batch, batch * units + unit);
      }
      hiddenState.set(output.subarray(row * units, (row + 1) * units), batch * units);
    }
  }
  return output;
}

function gateSums(
  view: View,
  values: readonly Elements[],
  { zeroPoints, round }: { readonly zeroPoints: readonly [number, number]; readonly round: (sum: number) => number },
): GateSums {
  const { inputs, units } = lstmSizes(view);
  const dot = (weights: Elements, unit: number, vector: Elements, start: number, length: number, zero: number) => {
    let sum = 0;
    for (let i = 0; i < length; i++) {
      sum = round(sum + round(weights[unit * length + i]! * (vector[start + i]! - zero)));
    }
    return sum;
  };
  return (gate, unit, row, batch) => [
    round(
      dot(values[operands.weights + gate]!, unit, values[operands.input]!, row * inputs, inputs, zeroPoints[0]) +
        values[operands.biases + gate]![unit]!,
    ),
    dot(
      values[operands.recurrentWeights + gate]!,
      unit,
      values[operands.hiddenState]!,
      batch * units,
      units,
      zeroPoints[1],
    ),
  ];
}

/** The multiplier 2^-bits. */
function halved(bits: number): { readonly multiplier: number; readonly shift: number } {
  return { multiplier: 1073741824, shift: 1 - bits };
}

function saturate(value: number): number {
  return clamp(value, -32768, 32767);
}
