import type { Operator } from '../operator.ts';
import { fullyConnected as definition, type FullyConnectedAttributes } from './definition.ts';
import { importMsliteFullConnection, importTfliteFullyConnected } from './import.ts';
import { fullyConnectedKernels } from './kernels.ts';
import { evaluateFullyConnected } from './reference.ts';

export const fullyConnected: Operator<FullyConnectedAttributes> = {
  definition,
  evaluate: evaluateFullyConnected,
  tflite: { FULLY_CONNECTED: importTfliteFullyConnected },
  mslite: { FullConnection: importMsliteFullConnection },
  kernels: fullyConnectedKernels,
};
