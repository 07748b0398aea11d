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

/**
 * What sums of the feature filters, in steps of the input's and the weights' scales, are multiplied by to become state,
 * and sums over time to become results. Computed in float32, as TensorFlow Lite Micro does.
 */
export function svdfScales(view: NodeView<SvdfAttributes>): { readonly feature: number; readonly time: number } {
  const scaleOf = (tensor: Tensor) => Math.fround(perTensor(tensor.quantization).scale);
  const [input, feature, time, state] = [0, 1, 2, 4].map((index) => scaleOf(operand(view, index))) as [
    number,
    number,
    number,
    number,
  ];
  return {
    feature: Math.fround(Math.fround(input * feature) / state),
    time: Math.fround(Math.fround(state * time) / scaleOf(result(view))),
  };
}

/** The same as fixed-point numbers. */
export function svdfMultipliers(view: NodeView<SvdfAttributes>): {
  readonly feature: QuantizedMultiplier;
  readonly time: QuantizedMultiplier;
} {
  const { feature, time } = svdfScales(view);
  return { feature: quantizeMultiplier(feature), time: quantizeMultiplier(time) };
}
