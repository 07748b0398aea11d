import type { Operator } from '../operator.ts';
import { type SoftmaxAttributes, softmaxDefinition } from './definition.ts';
import { importMsliteSoftmax, importTfliteSoftmax } from './import.ts';
import { softmaxKernels } from './kernels.ts';
import { evaluateSoftmax } from './reference.ts';

export const softmax: Operator<SoftmaxAttributes> = {
  definition: softmaxDefinition,
  evaluate: evaluateSoftmax,
  tflite: { SOFTMAX: importTfliteSoftmax },
  mslite: { Softmax: importMsliteSoftmax },
  kernels: softmaxKernels,
};
