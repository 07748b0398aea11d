import type { Operator } from '../operator.ts';
import { type ArithmeticAttributes, addDefinition, mulDefinition, subDefinition } from './definition.ts';
import { importMsliteArithmetic, importTfliteArithmetic } from './import.ts';
import { addKernels, mulKernels, subKernels } from './kernels.ts';
import { evaluateArithmetic } from './reference.ts';

export const add: Operator<ArithmeticAttributes> = {
  definition: addDefinition,
  evaluate: evaluateArithmetic,
  tflite: { ADD: importTfliteArithmetic('add') },
  mslite: { AddFusion: importMsliteArithmetic('add') },
  kernels: addKernels,
};

export const mul: Operator<ArithmeticAttributes> = {
  definition: mulDefinition,
  evaluate: evaluateArithmetic,
  tflite: { MUL: importTfliteArithmetic('mul') },
  mslite: { MulFusion: importMsliteArithmetic('mul') },
  kernels: mulKernels,
};

export const sub: Operator<ArithmeticAttributes> = {
  definition: subDefinition,
  evaluate: evaluateArithmetic,
  tflite: { SUB: importTfliteArithmetic('sub') },
  mslite: { SubFusion: importMsliteArithmetic('sub') },
  kernels: subKernels,
};
