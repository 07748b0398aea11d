import { fail } from '../diagnostics/index.ts';
import type { NodeView, Tensor } from '../ir/index.ts';
import { describeNode, elementsFromBytes, operand, result } from '../ir/index.ts';
import { type QuantizedMultiplier, quantizeMultiplier } from '../numerics/index.ts';
import { perTensor } from './activation.ts';

/**
 * The multiplier of every output channel that maps a sum of products to the output's grid:
 * input scale * weights scale / output scale, computed in double from the file's scales.
 */
export function channelMultipliers(
  input: Tensor,
  weights: Tensor,
  output: Tensor,
  channels: number,
): readonly QuantizedMultiplier[] {
  const inputScale = perTensor(input.quantization).scale;
  const outputScale = perTensor(output.quantization).scale;
  const scales = weights.quantization!.scales;
  return Array.from({ length: channels }, (_, channel) =>
    quantizeMultiplier((inputScale * (scales[channel] ?? scales[0]!)) / outputScale),
  );
}

/**
 * The bias with the input's zero point folded in, so that a kernel multiplies stored values:
 * sum of w (x - z) + b = sum of w x + (b - z * sum of w). `weightsOf` lists a channel's weights.
 * Refuses a layer whose accumulator could leave 32 bits.
 */
export function foldInputZeroPoint(
  view: NodeView,
  bias: Tensor | null,
  channels: number,
  weightsOf: (channel: number) => Iterable<number>,
): Int32Array {
  const zeroPoint = perTensor(operand(view, 0).quantization).zeroPoint;
  const biases = bias === null ? null : (elementsFromBytes(bias, bias.data!) as Int32Array);
  return Int32Array.from({ length: channels }, (_, channel) => {
    let sum = 0;
    let magnitude = 0;
    for (const weight of weightsOf(channel)) {
      sum += weight;
      magnitude += Math.abs(weight);
    }
    const folded = (biases?.[channel] ?? 0) - zeroPoint * sum;
    if (Math.abs(folded) + magnitude * 128 > 2147483647) {
      fail('accumulator-overflow', {
        where: describeNode(view.node),
        found: `channel ${channel} of tensor '${result(view).name}' can reach ${Math.abs(folded) + magnitude * 128}`,
        requires: 'accumulators stay below 2147483648',
      });
    }
    return folded;
  });
}
