import type { Operator } from '../operator.ts';
import { type DepthwiseConv2dAttributes, depthwiseConv2d as definition } from './definition.ts';
import { importTfliteDepthwiseConv2d } from './import.ts';
import { depthwiseConv2dKernels } from './kernels.ts';
import { evaluateDepthwiseConv2d } from './reference.ts';

/** MindSpore Lite's Conv2DFusion with a group for every channel comes here from conv2d's importer. */
export const depthwiseConv2d: Operator<DepthwiseConv2dAttributes> = {
  definition,
  evaluate: evaluateDepthwiseConv2d,
  tflite: { DEPTHWISE_CONV_2D: importTfliteDepthwiseConv2d },
  mslite: {},
  kernels: depthwiseConv2dKernels,
};
