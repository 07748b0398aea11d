/** Post-training quantization to int8 as TensorFlow Lite defines it: ranges from images, ReLU fused, float32 scales. */
import { clamp, roundHalfAwayFromZero } from '../../../compiler/numerics/index.ts';
import { type ImageShape, inputShape, type LayerSpec, lengthOf, outputShape } from '../architecture.ts';
import type { LabelledImage } from '../images.ts';
import { undistorted } from './distort.ts';
import type { Layer } from './layers.ts';

/** real = scale * (integer - zeroPoint), with integers from -128 to 127. */
export interface Grid {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** A layer in integers; `weights` and `bias` are null for pooling. */
export interface QuantizedLayer {
  readonly spec: LayerSpec;
  readonly inputShape: ImageShape;
  readonly outputShape: ImageShape;
  readonly input: Grid;
  readonly output: Grid;
  readonly parameters: QuantizedParameters | null;
}

export interface QuantizedParameters {
  /** Symmetric, -127 to 127, in the order of the layer's float weights. */
  readonly weights: Int8Array;
  /** One for each output channel; a dense layer has a single one. */
  readonly weightScales: readonly number[];
  /** On the grid of the products: scale input * weights, zero point 0. */
  readonly bias: Int32Array;
  readonly biasScales: readonly number[];
}

/** Pixel bytes 0 to 255, less 128, stand for ink from 0 to 1. */
export const pixelGrid: Grid = { scale: Math.fround(1 / 255), zeroPoint: -128 };

/** Quantizes trained layers; the grids of what they compute span the values seen for `images`. */
export function quantize(network: readonly Layer[], images: readonly LabelledImage[]): readonly QuantizedLayer[] {
  const ranges = observeRanges(network, images);
  const layers: QuantizedLayer[] = [];
  let shape = inputShape;
  let input = pixelGrid;
  for (const [i, { spec, parameters }] of network.entries()) {
    const next = outputShape(spec, shape);
    const output = spec.kind === 'max-pool' ? input : gridFor(ranges[i]!);
    const [weights, bias] = parameters;
    layers.push({
      spec,
      inputShape: shape,
      outputShape: next,
      input,
      output,
      parameters:
        weights === undefined || bias === undefined
          ? null
          : quantizeParameters(spec, weights.values, bias.values, input.scale),
    });
    shape = next;
    input = output;
  }
  return layers;
}

/** The classifier's input for an image, as bytes of int8. */
export function quantizePixels(pixels: Uint8Array): Int8Array {
  return Int8Array.from(pixels, (byte) => byte + pixelGrid.zeroPoint);
}

interface Range {
  readonly minimum: number;
  readonly maximum: number;
}

/** For every layer the smallest and largest of its results; all ranges contain 0, which padding needs exactly. */
function observeRanges(network: readonly Layer[], images: readonly LabelledImage[]): readonly Range[] {
  const ranges = network.map(() => ({ minimum: 0, maximum: 0 }));
  const image = new Float64Array(lengthOf(inputShape));
  for (const { pixels } of images) {
    let values = undistorted(pixels, image);
    for (const [i, layer] of network.entries()) {
      values = layer.forward(values);
      const range = ranges[i]!;
      for (const value of values) {
        range.minimum = Math.min(range.minimum, value);
        range.maximum = Math.max(range.maximum, value);
      }
    }
  }
  return ranges;
}

function gridFor({ minimum, maximum }: Range): Grid {
  const scale = Math.fround((maximum - minimum) / 255);
  return { scale, zeroPoint: clamp(roundHalfAwayFromZero(-128 - minimum / scale), -128, 127) };
}

function quantizeParameters(
  spec: LayerSpec,
  weights: Float64Array,
  bias: Float64Array,
  inputScale: number,
): QuantizedParameters {
  const channelOf = channelIndex(spec, weights.length, bias.length);
  const largest = new Float64Array(spec.kind === 'dense' ? 1 : bias.length);
  for (const [i, weight] of weights.entries()) {
    const channel = channelOf(i);
    largest[channel] = Math.max(largest[channel]!, Math.abs(weight));
  }
  // A channel of zeros may have any scale.
  const weightScales = Array.from(largest, (magnitude) => Math.fround(magnitude / 127) || 1);
  const biasScales = weightScales.map((scale) => Math.fround(inputScale * scale));
  return {
    weights: Int8Array.from(weights, (weight, i) =>
      clamp(roundHalfAwayFromZero(weight / weightScales[channelOf(i)]!), -127, 127),
    ),
    weightScales,
    bias: Int32Array.from(bias, (value, channel) =>
      roundHalfAwayFromZero(value / (biasScales[channel] ?? biasScales[0]!)),
    ),
    biasScales,
  };
}

/** Which scale a weight belongs to. Dense layers have one for all, which every reader of the formats understands. */
function channelIndex(spec: LayerSpec, weights: number, channels: number): (index: number) => number {
  switch (spec.kind) {
    case 'depthwise':
      return (index) => index % channels;
    case 'dense':
      return () => 0;
    default:
      return (index) => Math.floor(index / (weights / channels));
  }
}
