import { operand, sizeBytesOf } from '../../ir/index.ts';
import { integer, type KernelRecord } from '../kernel.ts';
import type { ReshapeAttributes } from './definition.ts';

const copy: KernelRecord<ReshapeAttributes> = {
  name: 'reshape__portable',
  isa: 'portable',
  description: 'Copies the bytes, where input and result must not share them.',
  accepts: () => true,
  cost: (view) => ({ instructions: sizeBytesOf(operand(view, 0)), codeBytes: 16 }),
  lower: (view) => ({
    kernel: 'reshape__portable',
    work: { kind: 'whole' },
    constants: [],
    arguments: [{ kind: 'input', index: 0 }, { kind: 'output', index: 0 }, integer(sizeBytesOf(operand(view, 0)))],
    scratchBytes: 0,
    inPlace: [],
  }),
};

export const reshapeKernels: readonly KernelRecord<ReshapeAttributes>[] = [copy];
