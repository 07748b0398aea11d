import { type NodeView, operand, result } from '../../ir/index.ts';
import { type QuantizedMultiplier, quantizeMultiplier } from '../../numerics/index.ts';
import { perTensor } from '../activation.ts';

/** The multiplier from the input's grid to the output's. */
export function requantizationOf(view: Pick<NodeView, 'inputs' | 'outputs' | 'node'>): QuantizedMultiplier {
  return quantizeMultiplier(
    perTensor(operand(view, 0).quantization).scale / perTensor(result(view).quantization).scale,
  );
}
