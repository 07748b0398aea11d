import { type NodeView, operand } from '../../ir/index.ts';
import { clamp, type QuantizedMultiplier, quantizeMultiplier } from '../../numerics/index.ts';
import { perTensor } from '../activation.ts';
import { gates, type LstmAttributes, operands } from './definition.ts';

export interface LstmRescaling {
  /** From a gate's sum over the input to 12 fractional bits, by gate. */
  readonly input: readonly QuantizedMultiplier[];
  /** From a gate's sum over the hidden state, by gate. */
  readonly recurrent: readonly QuantizedMultiplier[];
  /** From the product of two numbers of 15 fractional bits to the hidden state. */
  readonly hidden: QuantizedMultiplier;
  /** Fractional bits of the cell state, 0..15. */
  readonly cellBits: number;
  /** The cell state as an argument of `int16Tanh`: times `tanhMultiplier`, shifted to the right to nearest. */
  readonly tanhScaling: (state: number) => number;
  readonly tanhMultiplier: number;
  readonly tanhRightShift: number;
  /** Bound of the cell state's magnitude; null for none. */
  readonly clip: number | null;
}

/** The fixed-point constants of an int8 lstm, computed from the file's scales as TensorFlow Lite Micro does. */
export function lstmRescaling(view: NodeView<LstmAttributes>): LstmRescaling {
  const scaleOf = (index: number) => Math.fround(perTensor(operand(view, index).quantization).scale);
  const toGate = (vector: number, weights: number) =>
    gates.map((_, gate) => quantizeMultiplier(scaleOf(vector) * scaleOf(weights + gate) * 4096));
  const cellScale = scaleOf(operands.cellState);
  const cellBits = Math.round(-Math.log2(cellScale));
  const tanhMultiplier = 3 * 2 ** Math.max(12 - cellBits, 0);
  const tanhRightShift = Math.max(cellBits - 12, 0);
  const rounding = tanhRightShift > 0 ? 2 ** (tanhRightShift - 1) : 0;
  const { cellClip } = view.attributes;
  return {
    input: toGate(operands.input, operands.weights),
    recurrent: toGate(operands.hiddenState, operands.recurrentWeights),
    hidden: quantizeMultiplier(2 ** -30 / scaleOf(operands.hiddenState)),
    cellBits,
    tanhScaling: (state) => (state * tanhMultiplier + rounding) >> tanhRightShift,
    tanhMultiplier,
    tanhRightShift,
    clip: cellClip > 0 ? Math.trunc(clamp(Math.fround(cellClip) / cellScale, -32768, 32767)) : null,
  };
}
