import { type NodeView, operand, result, type Tensor } from '../../ir/index.ts';
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

/** Multipliers from the sums of the feature filters to the state, and from the sums over time to the result. */
export function svdfMultipliers(view: NodeView<SvdfAttributes>): {
  readonly feature: QuantizedMultiplier;
  readonly time: QuantizedMultiplier;
} {
  const scaleOf = (tensor: Tensor) => perTensor(tensor.quantization).scale;
  const [input, feature, time, state] = [0, 1, 2, 4].map((index) => scaleOf(operand(view, index))) as [
    number,
    number,
    number,
    number,
  ];
  return {
    feature: quantizeMultiplier((input * feature) / state),
    time: quantizeMultiplier((state * time) / scaleOf(result(view))),
  };
}
