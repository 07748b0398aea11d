import type { Operator } from '../operator.ts';
import { type SvdfAttributes, svdfDefinition } from './definition.ts';
import { importTfliteSvdf } from './import.ts';
import { svdfKernels } from './kernels.ts';
import { evaluateSvdf } from './reference.ts';

export const svdf: Operator<SvdfAttributes> = {
  definition: svdfDefinition,
  evaluate: evaluateSvdf,
  tflite: { SVDF: importTfliteSvdf },
  mslite: {},
  kernels: svdfKernels,
};
