import type { ImportedOperator } from '../../compiler/frontends/imported-model.ts';
import { type CaseTensor, q, qPerChannel } from '../support/node-case.ts';

/** A TensorFlow Lite operator on seeded random tensors, and what TensorFlow Lite Micro makes of it. */
export interface ConvolutionVector {
  readonly name: string;
  readonly kind: 'CONV_2D' | 'DEPTHWISE_CONV_2D';
  readonly options: ImportedOperator['options'];
  readonly inputs: readonly CaseTensor[];
  readonly output: CaseTensor;
  /** Computed by TensorFlow Lite Micro's reference kernels (PyPI tflite-micro) from the same tensors. */
  readonly expected: readonly number[];
}

function options(changes: ImportedOperator['options'] = {}): ImportedOperator['options'] {
  return {
    padding: 'SAME',
    stride_h: 1,
    stride_w: 1,
    dilation_h_factor: 1,
    dilation_w_factor: 1,
    fused_activation_function: 'NONE',
    ...changes,
  };
}

const scales = [0.002, 0.0041, 0.0009, 0.0033];

function weights(shape: readonly number[], axis: number): CaseTensor {
  const perChannel = shape[axis] === scales.length;
  return {
    dtype: 'int8',
    shape,
    kind: 'constant',
    range: [-127, 127],
    quantization: perChannel ? qPerChannel(scales, axis) : q(0.004, 0),
  };
}

function bias(outputs: number): CaseTensor {
  return {
    dtype: 'int32',
    shape: [outputs],
    kind: 'constant',
    range: [-3000, 3000],
    quantization:
      outputs === scales.length
        ? qPerChannel(
            scales.map((scale) => scale * 0.05),
            0,
          )
        : q(0.0002, 0),
  };
}

const image = (shape: readonly number[], zeroPoint: number): CaseTensor => ({
  dtype: 'int8',
  shape,
  quantization: q(0.05, zeroPoint),
});

const result = (shape: readonly number[], zeroPoint: number, scale = 0.25): CaseTensor => ({
  dtype: 'int8',
  shape,
  quantization: q(scale, zeroPoint),
});

export const convolutionVectors: readonly ConvolutionVector[] = [
  {
    name: '3x3 per channel, stride 2, SAME on an even image, relu6',
    kind: 'CONV_2D',
    options: options({ stride_h: 2, stride_w: 2, fused_activation_function: 'RELU6' }),
    inputs: [image([1, 4, 4, 3], -128), weights([4, 3, 3, 3], 0), bias(4)],
    output: result([1, 2, 2, 4], -128, 0.0235),
    expected: [127, 127, 110, 127, -128, 94, 122, 127, -128, 127, 28, 127, -128, -128, 77, 127],
  },
  {
    name: '3x2 with dilation, VALID, per tensor',
    kind: 'CONV_2D',
    options: options({ padding: 'VALID', dilation_h_factor: 2, dilation_w_factor: 1 }),
    inputs: [image([1, 6, 4, 2], 11), weights([3, 3, 2, 2], 0), bias(3)],
    output: result([1, 2, 3, 3], -7),
    expected: [10, -15, 6, -7, -4, 34, -2, 24, 1, -32, -8, 4, 0, -25, 1, -18, -10, -3],
  },
  {
    name: 'two groups, 1x1, unequal strides',
    kind: 'CONV_2D',
    options: options({ stride_h: 1, stride_w: 2 }),
    inputs: [image([1, 2, 3, 6], -5), weights([4, 1, 1, 3], 0), bias(4)],
    output: result([1, 2, 2, 4], 3),
    expected: [6, 2, 6, -11, 1, 2, 4, 1, 2, 12, 5, -6, -2, 13, 4, -1],
  },
  {
    name: 'depthwise on one channel',
    kind: 'DEPTHWISE_CONV_2D',
    options: options({ stride_h: 2, stride_w: 2, depth_multiplier: 4, fused_activation_function: 'RELU' }),
    inputs: [image([1, 5, 4, 1], 127), weights([1, 3, 3, 4], 3), bias(4)],
    output: result([1, 3, 2, 4], -20),
    expected: [
      -20, -20, -20, -20, -20, 0, -16, -20, -20, 4, -18, -13, -20, -20, -17, -20, -16, -20, -14, -20, -18, -20, -7, -20,
    ],
  },
];
