import type { Operator } from '../operator.ts';
import type { PoolAttributes } from '../pool.ts';
import { maxPool2d as definition } from './definition.ts';
import { importMsliteMaxPool2d, importTfliteMaxPool2d } from './import.ts';
import { maxPool2dKernels } from './kernels.ts';
import { evaluateMaxPool2d } from './reference.ts';

export const maxPool2d: Operator<PoolAttributes> = {
  definition,
  evaluate: evaluateMaxPool2d,
  tflite: { MAX_POOL_2D: importTfliteMaxPool2d },
  mslite: { MaxPoolFusion: importMsliteMaxPool2d },
  kernels: maxPool2dKernels,
};
