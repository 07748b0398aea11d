import { result } from '../../ir/index.ts';
import type { KernelRecord } from '../kernel.ts';
import { stridedCopyFields, stridedCopyInstructions } from '../strided-copy.ts';
import type { TransposeAttributes } from './definition.ts';
import { transposeCopy } from './reference.ts';

const portable: KernelRecord<TransposeAttributes> = {
  name: 'transpose__portable',
  isa: 'portable',
  description: 'Copies runs of bytes; axes that stay together are moved as one.',
  accepts: () => true,
  cost: (view) => ({ instructions: stridedCopyInstructions(transposeCopy(view), result(view)), codeBytes: 160 }),
  lower: (view) => ({
    kernel: 'transpose__portable',
    work: { kind: 'whole' },
    constants: [],
    parameters: {
      type: 'strided_copy_parameters',
      fields: stridedCopyFields(transposeCopy(view), result(view)),
    },
    arguments: [{ kind: 'input', index: 0 }, { kind: 'output', index: 0 }, { kind: 'parameters' }],
    scratchBytes: 0,
    inPlace: [],
  }),
};

export const transposeKernels: readonly KernelRecord<TransposeAttributes>[] = [portable];
