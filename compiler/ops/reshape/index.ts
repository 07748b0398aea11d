import type { Operator } from '../operator.ts';
import { type ReshapeAttributes, reshapeDefinition } from './definition.ts';
import {
  importMsliteExpandDims,
  importMsliteFlatten,
  importMsliteReshape,
  importMsliteSqueeze,
  importMsliteUnsqueeze,
  importTfliteExpandDims,
  importTfliteReshape,
  importTfliteSqueeze,
} from './import.ts';
import { reshapeKernels } from './kernels.ts';
import { evaluateReshape } from './reference.ts';

export const reshape: Operator<ReshapeAttributes> = {
  definition: reshapeDefinition,
  evaluate: evaluateReshape,
  tflite: { RESHAPE: importTfliteReshape, SQUEEZE: importTfliteSqueeze, EXPAND_DIMS: importTfliteExpandDims },
  mslite: {
    Reshape: importMsliteReshape,
    Flatten: importMsliteFlatten,
    Squeeze: importMsliteSqueeze,
    Unsqueeze: importMsliteUnsqueeze,
    ExpandDims: importMsliteExpandDims,
  },
  kernels: reshapeKernels,
};
