import type { Operator } from '../operator.ts';
import type { PoolAttributes } from '../pool.ts';
import { averagePool2d as definition } from './definition.ts';
import { importMsliteAveragePool2d, importTfliteAveragePool2d } from './import.ts';
import { averagePool2dKernels } from './kernels.ts';
import { evaluateAveragePool2d } from './reference.ts';

export const averagePool2d: Operator<PoolAttributes> = {
  definition,
  evaluate: evaluateAveragePool2d,
  tflite: { AVERAGE_POOL_2D: importTfliteAveragePool2d },
  mslite: { AvgPoolFusion: importMsliteAveragePool2d },
  kernels: averagePool2dKernels,
};
