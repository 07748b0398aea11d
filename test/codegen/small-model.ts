import type { ImportedModel } from '../../compiler/frontends/index.ts';
import { operator, tensor } from '../frontends/sample-models.ts';
import { integersBetween, randomSource } from '../support/random.ts';

const next = randomSource(1);
const int8s = (count: number) => Uint8Array.from(integersBetween(next, -127, 127, count), (value) => value & 255);
const int32s = (values: readonly number[]) => new Uint8Array(Int32Array.from(values).buffer);

const grid = (scale: number, zeroPoint: number) => ({ scales: [scale], zeroPoints: [zeroPoint], axis: null });
/** Scales of four filters: powers of two, which every file format holds exactly. */
const filters = { scales: [2 ** -7, 2 ** -8, 2 ** -9, 2 ** -8], zeroPoints: [0, 0, 0, 0], axis: 0 };
const biases = { scales: filters.scales.map((scale) => scale / 32), zeroPoints: [0, 0, 0, 0], axis: 0 };

/** A classifier of 8 × 8 images: convolution, pool, reshape, fully connected, softmax; int8. */
export const smallModel: ImportedModel = {
  format: 'tflite',
  name: 'small',
  producer: 'a test',
  tensors: [
    tensor({ index: 0, name: 'image', shape: [1, 8, 8, 1], quantization: grid(1 / 32, -128) }),
    tensor({ index: 1, name: 'filters', shape: [4, 3, 3, 1], quantization: filters, data: int8s(36) }),
    tensor({
      index: 2,
      name: 'biases',
      dtype: 'int32',
      shape: [4],
      quantization: biases,
      data: int32s([90, -7, 0, 400]),
    }),
    tensor({ index: 3, name: 'features', shape: [1, 8, 8, 4], quantization: grid(1 / 16, -128) }),
    tensor({ index: 4, name: 'pooled', shape: [1, 4, 4, 4], quantization: grid(1 / 16, -128) }),
    tensor({ index: 5, name: 'shape', dtype: 'int32', shape: [2], data: int32s([1, 64]) }),
    tensor({ index: 6, name: 'flat', shape: [1, 64], quantization: grid(1 / 16, -128) }),
    tensor({ index: 7, name: 'weights', shape: [3, 64], quantization: grid(1 / 128, 0), data: int8s(192) }),
    tensor({ index: 8, name: 'scores', shape: [1, 3], quantization: grid(1 / 8, 5) }),
    tensor({ index: 9, name: 'probabilities', shape: [1, 3], quantization: grid(1 / 256, -128) }),
  ],
  operators: [
    operator({
      index: 0,
      kind: 'CONV_2D',
      inputs: [0, 1, 2],
      outputs: [3],
      options: {
        padding: 'SAME',
        stride_w: 1,
        stride_h: 1,
        fused_activation_function: 'RELU',
        dilation_w_factor: 1,
        dilation_h_factor: 1,
      },
    }),
    operator({
      index: 1,
      kind: 'MAX_POOL_2D',
      inputs: [3],
      outputs: [4],
      options: { padding: 'VALID', stride_w: 2, stride_h: 2, filter_width: 2, filter_height: 2 },
    }),
    operator({ index: 2, kind: 'RESHAPE', inputs: [4, 5], outputs: [6], options: { new_shape: [1, 64] } }),
    operator({ index: 3, kind: 'FULLY_CONNECTED', inputs: [6, 7], outputs: [8] }),
    operator({ index: 4, kind: 'SOFTMAX', inputs: [8], outputs: [9], options: { beta: 1 } }),
  ],
  inputs: [0],
  outputs: [9],
};
