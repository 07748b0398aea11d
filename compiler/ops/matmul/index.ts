import type { Operator } from '../operator.ts';
import { type MatmulAttributes, matmulDefinition } from './definition.ts';
import { importMsliteMatmul, importTfliteBatchMatmul } from './import.ts';
import { matmulKernels } from './kernels.ts';
import { evaluateMatmul } from './reference.ts';

export const matmul: Operator<MatmulAttributes> = {
  definition: matmulDefinition,
  evaluate: evaluateMatmul,
  tflite: { BATCH_MATMUL: importTfliteBatchMatmul },
  mslite: { MatMulFusion: importMsliteMatmul },
  kernels: matmulKernels,
};
