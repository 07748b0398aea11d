/** Small models that the tests write, read and damage. */
import type { ImportedModel, ImportedOperator, ImportedTensor } from '../../compiler/frontends/index.ts';

/** A tensor with everything left out that most have not. */
export function tensor(parts: Partial<ImportedTensor> & Pick<ImportedTensor, 'index' | 'name'>): ImportedTensor {
  return { dtype: 'int8', shape: [1], quantization: null, data: null, isVariable: false, ...parts };
}

export function operator(parts: Partial<ImportedOperator> & Pick<ImportedOperator, 'kind'>): ImportedOperator {
  return { index: 0, name: parts.kind, inputs: [0], outputs: [1], options: {}, ...parts };
}

/** int8 values that look like weights. */
function weights(count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => (i * 37) % 251);
}

const perTensor = (scale: number, zeroPoint: number) => ({ scales: [scale], zeroPoints: [zeroPoint], axis: null });

/** Two filters, so two scales. */
const perChannel = { scales: [0.5, 0.25], zeroPoints: [0, 0], axis: 0 };

const tensors: readonly ImportedTensor[] = [
  tensor({ index: 0, name: 'image', shape: [1, 4, 4, 1], quantization: perTensor(0.5, -128) }),
  tensor({ index: 1, name: 'filter', shape: [2, 3, 3, 1], quantization: perChannel, data: weights(18) }),
  tensor({ index: 2, name: 'bias', dtype: 'int32', shape: [2], quantization: perChannel, data: weights(8) }),
  tensor({ index: 3, name: 'features', shape: [1, 2, 2, 2], quantization: perTensor(0.125, 3) }),
  tensor({ index: 4, name: 'shape', dtype: 'int32', shape: [2], data: Uint8Array.of(1, 0, 0, 0, 8, 0, 0, 0) }),
  tensor({ index: 5, name: 'scores', shape: [1, 8], quantization: perTensor(0.125, 3) }),
];

/** A convolution and a reshape, as TensorFlow Lite has them. */
export const tfliteSample: ImportedModel = {
  format: 'tflite',
  name: 'sample',
  producer: 'a test',
  tensors,
  operators: [
    operator({
      index: 0,
      name: 'features',
      kind: 'CONV_2D',
      inputs: [0, 1, 2],
      outputs: [3],
      options: {
        padding: 'VALID',
        stride_w: 1,
        stride_h: 1,
        fused_activation_function: 'RELU6',
        dilation_w_factor: 1,
        dilation_h_factor: 1,
        quantized_bias_type: 'FLOAT32',
      },
    }),
    operator({
      index: 1,
      name: 'scores',
      kind: 'RESHAPE',
      inputs: [3, 4],
      outputs: [5],
      options: { new_shape: [1, 8] },
    }),
  ],
  inputs: [0],
  outputs: [5],
};

/** The same for MindSpore Lite. */
export const msliteSample: ImportedModel = {
  format: 'mslite',
  name: 'sample',
  producer: 'MindSpore Lite 2.0.0',
  tensors,
  operators: [
    operator({
      index: 0,
      name: 'conv',
      kind: 'Conv2DFusion',
      inputs: [0, 1, 2],
      outputs: [3],
      options: {
        format: 'NHWC',
        kernel_size: [3, 3],
        stride: [1, 1],
        dilation: [1, 1],
        pad_mode: 'VALID',
        pad_list: [0, 0, 0, 0],
        mode: 0,
        group: 1,
        in_channel: 1,
        out_channel: 2,
        activation_type: 'RELU6',
      },
    }),
    operator({ index: 1, name: 'reshape', kind: 'Reshape', inputs: [3, 4], outputs: [5] }),
  ],
  inputs: [0],
  outputs: [5],
};
