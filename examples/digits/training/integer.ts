/**
 * The quantized classifier in exact integer arithmetic, rounding as TensorFlow Lite Micro's reference kernels do.
 * Written from the formulas, apart from the compiler's own operators, so that the one can be checked against the other.
 */
import { clamp, multiplyByQuantizedMultiplier, quantizeMultiplier } from '../../../compiler/numerics/index.ts';
import { lengthOf, paddingBefore } from '../architecture.ts';
import type { QuantizedLayer, QuantizedParameters } from './quantize.ts';

/** The scores of the classes, what softmax is given, for an image on the pixel grid. */
export function integerScores(layers: readonly QuantizedLayer[], image: Int8Array): Int8Array {
  return layers.reduce(applyLayer, image);
}

function applyLayer(values: Int8Array, layer: QuantizedLayer): Int8Array {
  if (layer.spec.kind === 'max-pool') {
    return maxPool(values, layer, layer.spec.size);
  }
  const sums = layer.spec.kind === 'dense' ? denseSums(values, layer) : convolutionSums(values, layer, layer.spec);
  return requantize(sums, layer);
}

/** Accumulators on the output grid; ReLU is a lower bound there. */
function requantize(sums: Int32Array, layer: QuantizedLayer): Int8Array {
  const { weightScales } = parametersOf(layer);
  const multipliers = weightScales.map((scale) => quantizeMultiplier((layer.input.scale * scale) / layer.output.scale));
  const lowest = layer.spec.kind === 'dense' ? -128 : layer.output.zeroPoint;
  return Int8Array.from(sums, (sum, i) => {
    const scaled = multiplyByQuantizedMultiplier(sum, multipliers[i % multipliers.length]!);
    return clamp(scaled + layer.output.zeroPoint, lowest, 127);
  });
}

function convolutionSums(
  values: Int8Array,
  layer: QuantizedLayer,
  {
    kind,
    kernel,
    stride,
  }: { readonly kind: 'convolution' | 'depthwise'; readonly kernel: number; readonly stride: number },
): Int32Array {
  const { inputShape: input, outputShape: output } = layer;
  const { weights, bias } = parametersOf(layer);
  const top = paddingBefore(input.height, output.height, kernel, stride);
  const left = paddingBefore(input.width, output.width, kernel, stride);
  const sums = new Int32Array(lengthOf(output));
  for (let i = 0; i < sums.length; i++) {
    const channel = i % output.channels;
    const outX = Math.floor(i / output.channels) % output.width;
    const outY = Math.floor(i / output.channels / output.width);
    let sum = bias[channel]!;
    for (let tap = 0; tap < kernel * kernel; tap++) {
      const y = outY * stride - top + Math.floor(tap / kernel);
      const x = outX * stride - left + (tap % kernel);
      if (y < 0 || y >= input.height || x < 0 || x >= input.width) {
        continue;
      }
      const source = (y * input.width + x) * input.channels;
      if (kind === 'depthwise') {
        sum += (values[source + channel]! - layer.input.zeroPoint) * weights[tap * output.channels + channel]!;
        continue;
      }
      const row = (channel * kernel * kernel + tap) * input.channels;
      for (let c = 0; c < input.channels; c++) {
        sum += (values[source + c]! - layer.input.zeroPoint) * weights[row + c]!;
      }
    }
    sums[i] = sum;
  }
  return sums;
}

function denseSums(values: Int8Array, layer: QuantizedLayer): Int32Array {
  const { weights, bias } = parametersOf(layer);
  return bias.map((start, o) =>
    values.reduce((sum, value, i) => sum + (value - layer.input.zeroPoint) * weights[o * values.length + i]!, start),
  );
}

function maxPool(
  values: Int8Array,
  { inputShape: input, outputShape: output }: QuantizedLayer,
  size: number,
): Int8Array {
  return Int8Array.from({ length: lengthOf(output) }, (_, i) => {
    const channel = i % output.channels;
    const x = Math.floor(i / output.channels) % output.width;
    const y = Math.floor(i / output.channels / output.width);
    let largest = -128;
    for (let tap = 0; tap < size * size; tap++) {
      const row = y * size + Math.floor(tap / size);
      const column = x * size + (tap % size);
      largest = Math.max(largest, values[(row * input.width + column) * input.channels + channel]!);
    }
    return largest;
  });
}

function parametersOf(layer: QuantizedLayer): QuantizedParameters {
  if (layer.parameters === null) {
    throw new Error(`layer '${layer.spec.name}' has no weights`);
  }
  return layer.parameters;
}
