import { type NodeView, operand, result } from '../../ir/index.ts';
import { perTensor, quantizedActivationRange } from '../activation.ts';
import { type CField, type ConstantArray, constant, field } from '../kernel.ts';
import { channelMultipliers, foldInputZeroPoint } from '../requantization.ts';
import type { Conv2dAttributes } from './definition.ts';

/** Biases, multipliers, shifts and ranges as the int8 kernels take them whose weights are not packed. */
export interface PlainChannels {
  readonly constants: readonly ConstantArray[];
  /** `bias`, `multipliers`, `shifts`. */
  readonly addressFields: readonly CField[];
  /** `output_zero_point`, `output_minimum`, `output_maximum`. */
  readonly valueFields: readonly CField[];
}

/** The requantization of a convolution's channels; `weightsOf` lists a channel's weights less their zero point. */
export function plainChannels(
  view: NodeView<Conv2dAttributes>,
  weightsOf: (channel: number) => Iterable<number>,
): PlainChannels {
  const weights = operand(view, 1);
  const outputs = weights.shape[0]!;
  const multipliers = channelMultipliers(operand(view, 0), weights, result(view), outputs);
  const range = quantizedActivationRange(view.attributes.activation, result(view));
  return {
    constants: [
      {
        name: 'bias',
        values: foldInputZeroPoint(view, view.inputs[2] ?? null, outputs, weightsOf),
        comment: "with the input's zero point folded in",
      },
      {
        name: 'multipliers',
        values: Int32Array.from(multipliers, (m) => m.multiplier),
        comment: '31 fractional bits',
      },
      { name: 'shifts', values: Int8Array.from(multipliers, (m) => m.shift), comment: 'to the left if positive' },
    ],
    addressFields: [
      field('bias', constant('bias')),
      field('multipliers', constant('multipliers')),
      field('shifts', constant('shifts')),
    ],
    valueFields: [
      field('output_zero_point', perTensor(result(view).quantization).zeroPoint),
      field('output_minimum', range.minimum),
      field('output_maximum', range.maximum),
    ],
  };
}
