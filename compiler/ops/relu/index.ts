import type { Operator } from '../operator.ts';
import { type ReluAttributes, reluDefinition } from './definition.ts';
import { importMsliteActivation, importTfliteRelu } from './import.ts';
import { reluKernels } from './kernels.ts';
import { evaluateRelu } from './reference.ts';

export const relu: Operator<ReluAttributes> = {
  definition: reluDefinition,
  evaluate: evaluateRelu,
  tflite: {
    RELU: importTfliteRelu('relu'),
    RELU6: importTfliteRelu('relu6'),
    RELU_N1_TO_1: importTfliteRelu('relu_n1_to_1'),
  },
  mslite: { Activation: importMsliteActivation },
  kernels: reluKernels,
};
