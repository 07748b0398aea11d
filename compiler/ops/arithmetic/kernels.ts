import type { KernelRecord } from '../kernel.ts';
import type { ArithmeticAttributes } from './definition.ts';

export const addKernels: readonly KernelRecord<ArithmeticAttributes>[] = [];
export const mulKernels: readonly KernelRecord<ArithmeticAttributes>[] = [];
export const subKernels: readonly KernelRecord<ArithmeticAttributes>[] = [];
