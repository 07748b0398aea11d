import { allocate, bytesFromElements, elementCount, result, sizeBytesOf, sizeOfDType } from '../../ir/index.ts';
import { field, integer, type KernelRecord } from '../kernel.ts';
import { stridedCopyFields, stridedCopyInstructions } from '../strided-copy.ts';
import type { PadAttributes } from './definition.ts';
import { padCopy } from './reference.ts';

const portable: KernelRecord<PadAttributes> = {
  name: 'pad__portable',
  isa: 'portable',
  description: 'Fills the result, then copies the input into it.',
  accepts: () => true,
  cost: (view) => ({
    instructions: stridedCopyInstructions(padCopy(view), result(view)) + elementCount(result(view).shape),
    codeBytes: 240,
  }),
  lower: (view) => {
    const { dtype } = result(view);
    const element = allocate(dtype, 1);
    (element as Float32Array).fill(view.attributes.value);
    const bytes = [...bytesFromElements(element), 0, 0, 0].slice(0, 4);
    return {
      kernel: 'pad__portable',
      work: { kind: 'whole' },
      constants: [],
      parameters: {
        type: 'pad_parameters',
        fields: [
          field('element', { kind: 'array', values: bytes.map(integer) }),
          field('element_size', sizeOfDType(dtype)),
          field('output_size', sizeBytesOf(result(view))),
          field('copy', { kind: 'struct', fields: stridedCopyFields(padCopy(view), result(view)) }),
        ],
      },
      arguments: [{ kind: 'input', index: 0 }, { kind: 'output', index: 0 }, { kind: 'parameters' }],
      scratchBytes: 0,
      inPlace: [],
    };
  },
};

export const padKernels: readonly KernelRecord<PadAttributes>[] = [portable];
