import type { KernelRecord } from '../kernel.ts';
import type { NoAttributes } from './definition.ts';

export const logisticKernels: readonly KernelRecord<NoAttributes>[] = [];
export const tanhKernels: readonly KernelRecord<NoAttributes>[] = [];
