import type { KernelRecord } from '../kernel.ts';
import type { ReluAttributes } from './definition.ts';

export const reluKernels: readonly KernelRecord<ReluAttributes>[] = [];
