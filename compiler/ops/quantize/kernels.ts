import type { KernelRecord } from '../kernel.ts';
import type { NoAttributes } from './definition.ts';

export const quantizeKernels: readonly KernelRecord<NoAttributes>[] = [];
export const dequantizeKernels: readonly KernelRecord<NoAttributes>[] = [];
