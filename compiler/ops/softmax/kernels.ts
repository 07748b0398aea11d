import type { KernelRecord } from '../kernel.ts';
import type { SoftmaxAttributes } from './definition.ts';

export const softmaxKernels: readonly KernelRecord<SoftmaxAttributes>[] = [];
