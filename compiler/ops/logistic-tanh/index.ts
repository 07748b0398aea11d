import type { Operator } from '../operator.ts';
import { logisticDefinition, type NoAttributes, tanhDefinition } from './definition.ts';
import { importTfliteFunction } from './import.ts';
import { logisticKernels, tanhKernels } from './kernels.ts';
import { evaluateLogistic, evaluateTanh } from './reference.ts';

export const logistic: Operator<NoAttributes> = {
  definition: logisticDefinition,
  evaluate: evaluateLogistic,
  tflite: { LOGISTIC: importTfliteFunction('logistic') },
  mslite: {},
  kernels: logisticKernels,
};

export const tanh: Operator<NoAttributes> = {
  definition: tanhDefinition,
  evaluate: evaluateTanh,
  tflite: { TANH: importTfliteFunction('tanh') },
  mslite: {},
  kernels: tanhKernels,
};
