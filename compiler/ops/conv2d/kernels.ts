import type { KernelRecord } from '../kernel.ts';
import type { Conv2dAttributes } from './definition.ts';

export const conv2dKernels: readonly KernelRecord<Conv2dAttributes>[] = [];
