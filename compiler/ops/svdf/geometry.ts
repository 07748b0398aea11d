import { type NodeView, operand, result } from '../../ir/index.ts';
import { type QuantizedMultiplier, quantizeMultiplier } from '../../numerics/index.ts';
import { perTensor } from '../activation.ts';
import type { SvdfAttributes } from './definition.ts';

/** The sizes of an svdf node. */
export function svdfGeometry(view: Pick<NodeView<SvdfAttributes>, 'attributes' | 'inputs' | 'node'>) {
  const [batches, inputs] = operand(view, 0).shape as [number, number];
  const [filters, memory] = operand(view, 2).shape as [number, number];
  const { rank } = view.attributes;
  return { batches, inputs, filters, memory, rank, units: filters / rank };
}

/**
 * Multipliers from the sums of the feature filters to the state, and from the sums over time to the result. The ratios
 * of scales are computed in float32, as TensorFlow Lite Micro does.
 */
export function svdfMultipliers(view: NodeView<SvdfAttributes>): {
  readonly feature: QuantizedMultiplier;
  readonly time: QuantizedMultiplier;
} {
  const [input, feature, time, , state] = view.inputs.map((tensor) =>
    tensor === null || tensor.dtype === 'int32' ? 1 : Math.fround(perTensor(tensor.quantization).scale),
  ) as [number, number, number, number, number];
  const output = Math.fround(perTensor(result(view).quantization).scale);
  const ratio = (a: number, b: number, c: number) => quantizeMultiplier(Math.fround(Math.fround(a * b) / c));
  return { feature: ratio(input, feature, state), time: ratio(state, time, output) };
}
