/** Models that the tests of the command line write to files. */
import type { ImportedModel } from '../../compiler/frontends/index.ts';
import { operator, tensor } from '../frontends/sample-models.ts';

const quantization = { scales: [0.5], zeroPoints: [0], axis: null };

/** Two inputs a and b, two outputs: a + b, and relu(a + b). */
export const sumAndRelu: ImportedModel = {
  format: 'tflite',
  name: 'sum',
  producer: 'a test',
  tensors: [
    tensor({ index: 0, name: 'a', dtype: 'float32', shape: [1, 2] }),
    tensor({ index: 1, name: 'b', dtype: 'float32', shape: [1, 2] }),
    tensor({ index: 2, name: 'sum', dtype: 'float32', shape: [1, 2] }),
    tensor({ index: 3, name: 'positive', dtype: 'float32', shape: [1, 2] }),
  ],
  operators: [
    operator({ index: 0, kind: 'ADD', inputs: [0, 1], outputs: [2], options: { fused_activation_function: 'NONE' } }),
    operator({ index: 1, kind: 'RELU', inputs: [2], outputs: [3] }),
  ],
  inputs: [0, 1],
  outputs: [2, 3],
};

/** 360,000 bytes of activations: more RAM than any microcontroller target has. */
export const tooLargeImage: ImportedModel = {
  format: 'tflite',
  name: 'image',
  producer: 'a test',
  tensors: [
    tensor({ index: 0, name: 'x', shape: [1, 300, 300, 4], quantization }),
    tensor({ index: 1, name: 'y', shape: [1, 300, 300, 4], quantization }),
  ],
  operators: [operator({ index: 0, kind: 'RELU', inputs: [0], outputs: [1] })],
  inputs: [0],
  outputs: [1],
};

/** 1,100,000 bytes of weights: more flash than the STM32F746 has. */
export const tooManyWeights: ImportedModel = {
  format: 'tflite',
  name: 'dense',
  producer: 'a test',
  tensors: [
    tensor({ index: 0, name: 'x', shape: [1, 1100], quantization }),
    tensor({
      index: 1,
      name: 'weights',
      shape: [1000, 1100],
      quantization,
      data: Uint8Array.from({ length: 1_100_000 }, (_, i) => (i * 37) % 127),
    }),
    tensor({ index: 2, name: 'y', shape: [1, 1000], quantization }),
  ],
  operators: [
    operator({
      index: 0,
      kind: 'FULLY_CONNECTED',
      inputs: [0, 1, null],
      outputs: [2],
      options: { fused_activation_function: 'NONE', weights_format: 'DEFAULT', keep_num_dims: false },
    }),
  ],
  inputs: [0],
  outputs: [2],
};

/** An operator that msc does not have. */
export const unknownOperator: ImportedModel = {
  ...tooLargeImage,
  operators: [operator({ index: 0, name: 'edge', kind: 'CUMSUM', inputs: [0], outputs: [1] })],
};
