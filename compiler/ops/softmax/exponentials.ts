import { type NodeView, operand } from '../../ir/index.ts';
import {
  expOnNegativeValues,
  type QuantizedMultiplier,
  quantizeMultiplier,
  saturatingRoundingDoublingHighMul,
} from '../../numerics/index.ts';
import { perTensor } from '../activation.ts';
import type { SoftmaxAttributes } from './definition.ts';

/** Integer bits of the fixed-point exponents: exp(-31) is nothing beside 1. */
export const exponentIntegerBits = 5;

/** How differences of int8 inputs become fixed-point exponents; the shift is to the left. */
export interface ExponentScaling extends QuantizedMultiplier {
  /** Differences below this one count as exp = 0. */
  readonly smallestDifference: number;
}

export function exponentScaling(view: NodeView<SoftmaxAttributes>): ExponentScaling {
  const fractionalBits = 31 - exponentIntegerBits;
  const { scale } = perTensor(operand(view, 0).quantization);
  const multiplier = quantizeMultiplier(Math.min(view.attributes.beta * scale * 2 ** fractionalBits, 2 ** 31 - 1));
  const radius = Math.floor(((2 ** exponentIntegerBits - 1) * 2 ** fractionalBits) / 2 ** multiplier.shift);
  return { ...multiplier, smallestDifference: -radius };
}

/**
 * exp(beta * scale * -d) with 31 fractional bits, for d = 0, 1, … up to the last one that counts: at most 256 values.
 */
export function exponentials(view: NodeView<SoftmaxAttributes>): Int32Array {
  const { multiplier, shift, smallestDifference } = exponentScaling(view);
  const count = Math.min(255, -smallestDifference) + 1;
  return Int32Array.from({ length: count }, (_, d) =>
    expOnNegativeValues(saturatingRoundingDoublingHighMul(-d * 2 ** shift, multiplier), exponentIntegerBits),
  );
}
