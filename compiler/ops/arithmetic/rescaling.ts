import { type NodeView, operand, result } from '../../ir/index.ts';
import { type QuantizedMultiplier, quantizeMultiplier } from '../../numerics/index.ts';
import { perTensor } from '../activation.ts';

/** Bits by which int8 sums are finer than the operands' common grid while they are added. */
export const sumFractionalBits = 20;

export interface SumRescaling {
  readonly a: QuantizedMultiplier;
  readonly b: QuantizedMultiplier;
  readonly output: QuantizedMultiplier;
}

type View = Pick<NodeView, 'inputs' | 'outputs' | 'node'>;

/**
 * The multipliers of an int8 sum or difference: both operands, shifted left by `sumFractionalBits`, are brought to a grid of
 * twice the larger scale, and the sum from there to the output's grid. TensorFlow Lite Micro computes them in double for
 * ADD and in float32 for SUB, which can differ in the last bits.
 */
export function sumRescaling(view: View): SumRescaling {
  const scales = [operand(view, 0), operand(view, 1), result(view)].map((t) => perTensor(t.quantization).scale);
  const [a, b, output] = scales as [number, number, number];
  const round = view.node.operator === 'sub' ? Math.fround : (value: number) => value;
  const common = round(2 * Math.max(a, b));
  return {
    a: quantizeMultiplier(round(round(a) / common)),
    b: quantizeMultiplier(round(round(b) / common)),
    output: quantizeMultiplier(round(common / round(2 ** sumFractionalBits * round(output)))),
  };
}

/** The multiplier of an int8 product: the operands' scales over the output's, in double. */
export function productRescaling(view: View): QuantizedMultiplier {
  const scales = [operand(view, 0), operand(view, 1), result(view)].map((t) => perTensor(t.quantization).scale);
  const [a, b, output] = scales as [number, number, number];
  return quantizeMultiplier((a * b) / output);
}
