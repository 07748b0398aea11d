import type { Operator } from '../operator.ts';
import { type PadAttributes, padDefinition } from './definition.ts';
import { importMslitePad, importTflitePad, importTflitePadV2 } from './import.ts';
import { padKernels } from './kernels.ts';
import { evaluatePad } from './reference.ts';

export const pad: Operator<PadAttributes> = {
  definition: padDefinition,
  evaluate: evaluatePad,
  tflite: { PAD: importTflitePad, PADV2: importTflitePadV2 },
  mslite: { PadFusion: importMslitePad },
  kernels: padKernels,
};
