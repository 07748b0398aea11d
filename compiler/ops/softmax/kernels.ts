import { elementCount, type NodeView, operand, result } from '../../ir/index.ts';
import { constant, field, float, integer, type KernelRecord } from '../kernel.ts';
import type { SoftmaxAttributes } from './definition.ts';
import { exponentials, exponentScaling } from './exponentials.ts';

type View = NodeView<SoftmaxAttributes>;
type Kernel = KernelRecord<SoftmaxAttributes>;

interface Slices {
  /** Elements along the axis, their distance, and how many slices of both there are. */
  readonly depth: number;
  readonly inner: number;
  readonly outer: number;
}

function slicesOf(view: View): Slices {
  const { shape } = operand(view, 0);
  const { axis } = view.attributes;
  return {
    depth: shape[axis]!,
    inner: elementCount(shape.slice(axis + 1)),
    outer: elementCount(shape.slice(0, axis)),
  };
}

/** Instructions of a call: some for every element, fewer for one that is the largest, some for every set that sums to 1. */
function instructions(view: View, perElement: number, perSet: number, largest = perElement): number {
  const { depth, inner, outer } = slicesOf(view);
  return inner * outer * (perElement * (depth - 1) + largest + perSet) + 20;
}

/** Int8 by a table of exponentials, to int8 or int16. */
function lookup(name: string, outputType: 'int8' | 'int16'): Kernel {
  return {
    name,
    isa: 'portable',
    description: 'Looks the exponentials up by the distance from the largest element: up to 256 words.',
    accepts: (view) => operand(view, 0).dtype === 'int8' && result(view).dtype === outputType,
    cost: (view) => ({
      instructions: instructions(view, 56, 120),
      codeBytes: 530,
      tableBytes: exponentials(view).byteLength,
    }),
    lower: (view) => {
      const table = exponentials(view);
      const { depth, inner, outer } = slicesOf(view);
      return {
        kernel: name,
        work: { kind: 'whole' },
        constants: [
          {
            name: 'exponentials',
            values: table,
            comment: `int32 [${table.length}], exp(-d * beta * scale) with 31 fractional bits`,
          },
        ],
        parameters: {
          type: 'softmax_lookup_s8_parameters',
          fields: [
            field('depth', depth),
            field('inner', inner),
            field('exponentials', constant('exponentials')),
            field('exponential_count', table.length),
          ],
        },
        arguments: [{ kind: 'input', index: 0 }, { kind: 'output', index: 0 }, { kind: 'parameters' }, integer(outer)],
        scratchBytes: 0,
        inPlace: outputType === 'int8' ? [0] : [],
      };
    },
  };
}

const int8Portable: Kernel = {
  name: 'softmax_s8__portable',
  isa: 'portable',
  description: 'Computes the exponentials in fixed point, each of them twice.',
  accepts: (view) => operand(view, 0).dtype === 'int8' && result(view).dtype === 'int8',
  cost: (view) => ({ instructions: instructions(view, 310, 120, 80), codeBytes: 890 }),
  lower: (view) => {
    const { multiplier, shift, smallestDifference } = exponentScaling(view);
    const { depth, inner, outer } = slicesOf(view);
    return {
      kernel: 'softmax_s8__portable',
      work: { kind: 'whole' },
      constants: [],
      parameters: {
        type: 'softmax_s8_parameters',
        fields: [
          field('depth', depth),
          field('inner', inner),
          field('multiplier', multiplier),
          field('left_shift', shift),
          field('smallest_difference', smallestDifference),
        ],
      },
      arguments: [{ kind: 'input', index: 0 }, { kind: 'output', index: 0 }, { kind: 'parameters' }, integer(outer)],
      scratchBytes: 0,
      inPlace: [0],
    };
  },
};

const float32Portable: Kernel = {
  name: 'softmax_f32__portable',
  isa: 'portable',
  description: "Calls the C library's exponential for every element.",
  accepts: (view) => operand(view, 0).dtype === 'float32',
  cost: (view) => ({ instructions: instructions(view, 84, 0), codeBytes: 210 }),
  lower: (view) => {
    const { depth, inner, outer } = slicesOf(view);
    return {
      kernel: 'softmax_f32__portable',
      work: { kind: 'whole' },
      constants: [],
      arguments: [
        { kind: 'input', index: 0 },
        { kind: 'output', index: 0 },
        float(Math.fround(view.attributes.beta)),
        integer(depth),
        integer(inner),
        integer(outer),
      ],
      scratchBytes: 0,
      inPlace: [0],
    };
  },
};

export const softmaxKernels: readonly Kernel[] = [
  int8Portable,
  lookup('softmax_lookup_s8__portable', 'int8'),
  lookup('softmax_lookup_s8_s16__portable', 'int16'),
  float32Portable,
];
