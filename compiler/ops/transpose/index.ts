import type { Operator } from '../operator.ts';
import { type TransposeAttributes, transposeDefinition } from './definition.ts';
import { importMsliteTranspose, importTfliteTranspose } from './import.ts';
import { transposeKernels } from './kernels.ts';
import { evaluateTranspose } from './reference.ts';

export const transpose: Operator<TransposeAttributes> = {
  definition: transposeDefinition,
  evaluate: evaluateTranspose,
  tflite: { TRANSPOSE: importTfliteTranspose },
  mslite: { Transpose: importMsliteTranspose },
  kernels: transposeKernels,
};
