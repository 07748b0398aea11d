import { elementCount, operand, result, sizeBytesOf, sizeOfDType } from '../../ir/index.ts';
import { constant, field, integer, type KernelRecord } from '../kernel.ts';
import type { ConcatAttributes } from './definition.ts';

/** Operands that a driver of rows can move along. */
const mostMoving = 2;

const portable: KernelRecord<ConcatAttributes> = {
  name: 'concat__portable',
  isa: 'portable',
  description: 'Copies a run of bytes of each operand in turn.',
  accepts: () => true,
  cost: (view) => {
    const outer = elementCount(operand(view, 0).shape.slice(0, view.attributes.axis));
    return { instructions: outer * view.inputs.length * 25 + sizeBytesOf(result(view)) / 2, codeBytes: 80 };
  },
  lower: (view) => {
    const { axis } = view.attributes;
    const outer = elementCount(operand(view, 0).shape.slice(0, axis));
    const moves = view.inputs.length <= mostMoving && view.inputs.every((tensor) => tensor?.kind === 'computed');
    const runs = view.inputs.map((tensor) => elementCount(tensor!.shape.slice(axis)) * sizeOfDType(tensor!.dtype));
    return {
      kernel: 'concat__portable',
      work: moves ? { kind: 'run', units: outer } : { kind: 'whole' },
      constants: [{ name: 'runs', values: Int32Array.from(runs), comment: 'bytes that each operand gives at a time' }],
      parameters: {
        type: 'concat_parameters',
        fields: [field('inputs', runs.length), field('runs', constant('runs'))],
      },
      arguments: [
        { kind: 'inputs' },
        { kind: 'output', index: 0 },
        { kind: 'parameters' },
        moves ? { kind: 'runLength' } : integer(outer),
      ],
      scratchBytes: 0,
      inPlace: [],
    };
  },
};

export const concatKernels: readonly KernelRecord<ConcatAttributes>[] = [portable];
