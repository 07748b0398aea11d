import type { Operator } from '../operator.ts';
import { type LstmAttributes, lstmDefinition } from './definition.ts';
import { importTfliteLstm } from './import.ts';
import { lstmKernels } from './kernels.ts';
import { evaluateLstm } from './reference.ts';

export const lstm: Operator<LstmAttributes> = {
  definition: lstmDefinition,
  evaluate: evaluateLstm,
  tflite: { UNIDIRECTIONAL_SEQUENCE_LSTM: importTfliteLstm },
  mslite: {},
  kernels: lstmKernels,
};
