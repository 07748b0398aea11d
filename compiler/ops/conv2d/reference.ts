import { type NodeView, operand, result, type TypedArray } from '../../ir/index.ts';
import { clamp, multiplyByQuantizedMultiplier } from '../../numerics/index.ts';
import { activate, perTensor, quantizedActivationRange } from '../activation.ts';
import { channelMultipliers } from '../requantization.ts';
import type { Conv2dAttributes } from './definition.ts';

/** Int8: 32-bit accumulation, double rounding, saturation (TensorFlow Lite Micro's reference). Float: sums in float32. */
export function evaluateConv2d(
  view: NodeView<Conv2dAttributes>,
  [input, weights, bias]: readonly (TypedArray | null)[],
): readonly TypedArray[] {
  return operand(view, 0).dtype === 'int8'
    ? [int8(view, input as Int8Array, weights as Int8Array, (bias ?? null) as Int32Array | null)]
    : [float32(view, input as Float32Array, weights as Float32Array, (bias ?? null) as Float32Array | null)];
}

function int8(
  view: NodeView<Conv2dAttributes>,
  input: Int8Array,
  weights: Int8Array,
  bias: Int32Array | null,
): Int8Array {
  const inputZeroPoint = perTensor(operand(view, 0).quantization).zeroPoint;
  const weightsZeroPoint = operand(view, 1).quantization!.zeroPoints[0]!;
  const outputZeroPoint = perTensor(result(view).quantization).zeroPoint;
  const outputs = operand(view, 1).shape[0]!;
  const multipliers = channelMultipliers(operand(view, 0), operand(view, 1), result(view), outputs);
  const { minimum, maximum } = quantizedActivationRange(view.attributes.activation, result(view));
  const output = new Int8Array(outputLength(view));
  forEachOutput(view, (at, channel, forEachProduct) => {
    let sum = bias?.[channel] ?? 0;
    forEachProduct((i, w) => {
      sum += (input[i]! - inputZeroPoint) * (weights[w]! - weightsZeroPoint);
    });
    const value = multiplyByQuantizedMultiplier(sum, multipliers[channel]!) + outputZeroPoint;
    output[at] = clamp(value, minimum, maximum);
  });
  return output;
}

function float32(
  view: NodeView<Conv2dAttributes>,
  input: Float32Array,
  weights: Float32Array,
  bias: Float32Array | null,
): Float32Array {
  const output = new Float32Array(outputLength(view));
  forEachOutput(view, (at, channel, forEachProduct) => {
    let sum = 0;
    forEachProduct((i, w) => {
      sum = Math.fround(sum + Math.fround(input[i]! * weights[w]!));
    });
    output[at] = activate(view.attributes.activation, Math.fround(sum + (bias?.[channel] ?? 0)));
  });
  return output;
}

function outputLength(view: NodeView<Conv2dAttributes>): number {
  return result(view).shape.reduce((product, dimension) => product * dimension, 1);
}

type Product = (inputIndex: number, weightsIndex: number) => void;

/** Visits every output element; `forEachProduct` visits the index pairs inside of the image that add up to it. */
function forEachOutput(
  view: NodeView<Conv2dAttributes>,
  visit: (outputIndex: number, channel: number, forEachProduct: (product: Product) => void) => void,
): void {
  const [, inputHeight, inputWidth, channels] = operand(view, 0).shape as [number, number, number, number];
  const [, kernelHeight, kernelWidth, groupInputs] = operand(view, 1).shape as [number, number, number, number];
  const [batches, outputHeight, outputWidth, outputs] = result(view).shape as [number, number, number, number];
  const { strides, dilations, padding, groups } = view.attributes;
  const groupOutputs = outputs / groups;
  let at = 0;
  for (let n = 0; n < batches; n++) {
    for (let y = 0; y < outputHeight; y++) {
      for (let x = 0; x < outputWidth; x++) {
        for (let o = 0; o < outputs; o++) {
          const firstChannel = Math.floor(o / groupOutputs) * groupInputs;
          visit(at++, o, (product) => {
            for (let i = 0; i < kernelHeight; i++) {
              const row = y * strides[0] + i * dilations[0] - padding[0];
              for (let j = 0; j < kernelWidth; j++) {
                const column = x * strides[1] + j * dilations[1] - padding[2];
                if (row >= 0 && row < inputHeight && column >= 0 && column < inputWidth) {
                  const pixel = ((n * inputHeight + row) * inputWidth + column) * channels + firstChannel;
                  const tap = ((o * kernelHeight + i) * kernelWidth + j) * groupInputs;
                  for (let c = 0; c < groupInputs; c++) {
                    product(pixel + c, tap + c);
                  }
                }
              }
            }
          });
        }
      }
    }
  }
}
