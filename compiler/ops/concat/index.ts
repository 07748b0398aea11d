import type { Operator } from '../operator.ts';
import { type ConcatAttributes, concatDefinition } from './definition.ts';
import { importMsliteConcat, importTfliteConcatenation } from './import.ts';
import { concatKernels } from './kernels.ts';
import { evaluateConcat } from './reference.ts';

export const concat: Operator<ConcatAttributes> = {
  definition: concatDefinition,
  evaluate: evaluateConcat,
  tflite: { CONCATENATION: importTfliteConcatenation },
  mslite: { Concat: importMsliteConcat },
  kernels: concatKernels,
};
