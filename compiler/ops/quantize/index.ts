import type { Operator } from '../operator.ts';
import { dequantizeDefinition, type NoAttributes, quantizeDefinition } from './definition.ts';
import { importCast, importMsliteQuantDTypeCast, importTfliteConversion } from './import.ts';
import { dequantizeKernels, quantizeKernels } from './kernels.ts';
import { evaluateDequantize, evaluateQuantize } from './reference.ts';

export const quantize: Operator<NoAttributes> = {
  definition: quantizeDefinition,
  evaluate: evaluateQuantize,
  tflite: { QUANTIZE: importTfliteConversion('quantize'), CAST: importCast },
  mslite: { QuantDTypeCast: importMsliteQuantDTypeCast, Cast: importCast },
  kernels: quantizeKernels,
};

export const dequantize: Operator<NoAttributes> = {
  definition: dequantizeDefinition,
  evaluate: evaluateDequantize,
  tflite: { DEQUANTIZE: importTfliteConversion('dequantize') },
  mslite: {},
  kernels: dequantizeKernels,
};
