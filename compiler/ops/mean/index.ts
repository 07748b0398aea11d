import type { Operator } from '../operator.ts';
import { mean as definition, type MeanAttributes } from './definition.ts';
import { importMsliteReduce, importTfliteMean } from './import.ts';
import { meanKernels } from './kernels.ts';
import { evaluateMean } from './reference.ts';

export const mean: Operator<MeanAttributes> = {
  definition,
  evaluate: evaluateMean,
  tflite: { MEAN: importTfliteMean },
  mslite: { ReduceFusion: importMsliteReduce },
  kernels: meanKernels,
};
