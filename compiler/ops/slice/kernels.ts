import { result } from '../../ir/index.ts';
import type { KernelRecord } from '../kernel.ts';
import { stridedCopyFields, stridedCopyInstructions } from '../strided-copy.ts';
import type { SliceAttributes } from './definition.ts';
import { sliceCopy } from './reference.ts';

const portable: KernelRecord<SliceAttributes> = {
  name: 'slice__portable',
  isa: 'portable',
  description: 'Copies runs of bytes; axes that are taken whole are moved as one.',
  accepts: () => true,
  cost: (view) => ({ instructions: stridedCopyInstructions(sliceCopy(view), result(view)), codeBytes: 160 }),
  lower: (view) => ({
    kernel: 'slice__portable',
    work: { kind: 'whole' },
    constants: [],
    parameters: { type: 'strided_copy_parameters', fields: stridedCopyFields(sliceCopy(view), result(view)) },
    arguments: [{ kind: 'input', index: 0 }, { kind: 'output', index: 0 }, { kind: 'parameters' }],
    scratchBytes: 0,
    inPlace: [],
  }),
};

export const sliceKernels: readonly KernelRecord<SliceAttributes>[] = [portable];
