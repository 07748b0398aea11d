import type { Operator } from '../operator.ts';
import { type Conv2dAttributes, conv2d as definition } from './definition.ts';
import { importMsliteConv2d, importTfliteConv2d } from './import.ts';
import { conv2dKernels } from './kernels.ts';
import { evaluateConv2d } from './reference.ts';

export const conv2d: Operator<Conv2dAttributes> = {
  definition,
  evaluate: evaluateConv2d,
  tflite: { CONV_2D: importTfliteConv2d },
  mslite: { Conv2DFusion: importMsliteConv2d },
  kernels: conv2dKernels,
};
