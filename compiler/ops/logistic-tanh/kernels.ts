import { elementCount, operand, result } from '../../ir/index.ts';
import type { KernelRecord } from '../kernel.ts';
import { lookupKernel } from '../lookup.ts';
import type { NoAttributes } from './definition.ts';
import { int8Logistic, int8Tanh } from './reference.ts';

type Kernel = KernelRecord<NoAttributes>;

/** Floats, by the C library's function; `instructions` is what one call of that comes to with an FPU. */
function float32Portable(name: string, instructions: number): Kernel {
  return {
    name,
    isa: 'portable',
    description: "Calls the C library's function for every element.",
    accepts: (view) => operand(view, 0).dtype === 'float32',
    cost: (view) => ({ instructions: instructions * elementCount(result(view).shape) + 10, codeBytes: 50 }),
    lower: (view) => ({
      kernel: name,
      work: { kind: 'run', units: elementCount(result(view).shape) },
      constants: [],
      arguments: [{ kind: 'input', index: 0 }, { kind: 'output', index: 0 }, { kind: 'runLength' }],
      scratchBytes: 0,
      inPlace: [0],
    }),
  };
}

export const logisticKernels: readonly Kernel[] = [
  lookupKernel(int8Logistic),
  float32Portable('logistic_f32__portable', 90),
];

export const tanhKernels: readonly Kernel[] = [lookupKernel(int8Tanh), float32Portable('tanh_f32__portable', 130)];
