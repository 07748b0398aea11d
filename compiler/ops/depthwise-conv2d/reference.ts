import { elementCount, type NodeView, operand, result, type TypedArray } from '../../ir/index.ts';
import { clamp, multiplyByQuantizedMultiplier } from '../../numerics/index.ts';
import { activate, perTensor, quantizedActivationRange } from '../activation.ts';
import { channelMultipliers } from '../requantization.ts';
import { forEachWindow, imagesOf } from '../windows.ts';
import { type DepthwiseConv2dAttributes, depthwiseWindows } from './definition.ts';

type View = NodeView<DepthwiseConv2dAttributes>;

/** Int8: 32-bit accumulation, double rounding, saturation (TensorFlow Lite Micro's reference). Float: sums in float32. */
export function evaluateDepthwiseConv2d(
  view: View,
  [input, weights, bias]: readonly (TypedArray | null)[],
): readonly TypedArray[] {
  return operand(view, 0).dtype === 'int8'
    ? [int8(view, input as Int8Array, weights as Int8Array, (bias ?? null) as Int32Array | null)]
    : [float32(view, input as Float32Array, weights as Float32Array, (bias ?? null) as Float32Array | null)];
}

function int8(view: View, input: Int8Array, weights: Int8Array, bias: Int32Array | null): Int8Array {
  const { channels, outputChannels } = imagesOf(view);
  const inputZeroPoint = perTensor(operand(view, 0).quantization).zeroPoint;
  const weightsZeroPoint = operand(view, 1).quantization!.zeroPoints[0]!;
  const outputZeroPoint = perTensor(result(view).quantization).zeroPoint;
  const multipliers = channelMultipliers(operand(view, 0), operand(view, 1), result(view), outputChannels);
  const { minimum, maximum } = quantizedActivationRange(view.attributes.activation, result(view));
  const multiplier = outputChannels / channels;
  const output = new Int8Array(elementCount(result(view).shape));
  forEachWindow(view, depthwiseWindows(view), (outputPixel, forEachTap) => {
    for (let o = 0; o < outputChannels; o++) {
      const channel = Math.floor(o / multiplier);
      let sum = bias?.[o] ?? 0;
      forEachTap((pixel, place) => {
        const weight = weights[place * outputChannels + o]! - weightsZeroPoint;
        sum += (input[pixel * channels + channel]! - inputZeroPoint) * weight;
      });
      const value = multiplyByQuantizedMultiplier(sum, multipliers[o]!) + outputZeroPoint;
      output[outputPixel * outputChannels + o] = clamp(value, minimum, maximum);
    }
  });
  return output;
}

function float32(view: View, input: Float32Array, weights: Float32Array, bias: Float32Array | null): Float32Array {
  const { channels, outputChannels } = imagesOf(view);
  const multiplier = outputChannels / channels;
  const output = new Float32Array(elementCount(result(view).shape));
  forEachWindow(view, depthwiseWindows(view), (outputPixel, forEachTap) => {
    for (let o = 0; o < outputChannels; o++) {
      const channel = Math.floor(o / multiplier);
      let sum = 0;
      forEachTap((pixel, place) => {
        const product = Math.fround(input[pixel * channels + channel]! * weights[place * outputChannels + o]!);
        sum = Math.fround(sum + product);
      });
      const value = activate(view.attributes.activation, Math.fround(sum + (bias?.[o] ?? 0)));
      output[outputPixel * outputChannels + o] = value;
    }
  });
  return output;
}
