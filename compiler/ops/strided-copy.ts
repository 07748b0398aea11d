import { allocate, elementCount, type Shape, sizeOfDType, type TensorType, type TypedArray } from '../ir/index.ts';
import { type CField, field, integer } from './kernel.ts';

/**
 * A copy of a block of elements between two arrays: element (i0, i1, …) of the block goes from
 * `inputOffset + sum of ik * inputStrides[k]` to `outputOffset + sum of ik * outputStrides[k]`, all in elements.
 */
export interface StridedCopy {
  readonly sizes: readonly number[];
  readonly inputOffset: number;
  readonly inputStrides: readonly number[];
  readonly outputOffset: number;
  readonly outputStrides: readonly number[];
}

/** Dimensions that `msc_strided_copy` loops over; every copy of rank up to 8 has at most as many after merging. */
export const maximumDimensions = 8;

/** Distance in elements between neighbours along each axis of a contiguous tensor. */
export function stridesOf(shape: Shape): readonly number[] {
  return shape.map((_, axis) => elementCount(shape.slice(axis + 1)));
}

/** The same copy with axes of one element left out and axes that continue one another on both sides joined. */
export function merged(copy: StridedCopy): StridedCopy {
  const axes: { size: number; input: number; output: number }[] = [];
  copy.sizes.forEach((size, k) => {
    const axis = { size, input: copy.inputStrides[k]!, output: copy.outputStrides[k]! };
    const last = axes.at(-1);
    if (size === 1) {
      return;
    }
    if (last !== undefined && last.input === axis.input * size && last.output === axis.output * size) {
      axes[axes.length - 1] = { size: last.size * size, input: axis.input, output: axis.output };
    } else {
      axes.push(axis);
    }
  });
  return {
    sizes: axes.map((axis) => axis.size),
    inputOffset: copy.inputOffset,
    inputStrides: axes.map((axis) => axis.input),
    outputOffset: copy.outputOffset,
    outputStrides: axes.map((axis) => axis.output),
  };
}

/** Does the copy from `input` into `output`. */
export function runStridedCopy(copy: StridedCopy, input: TypedArray, output: TypedArray): void {
  const from = input as Float32Array;
  const to = output as Float32Array;
  const visit = (axis: number, source: number, target: number): void => {
    if (axis === copy.sizes.length) {
      to[target] = from[source]!;
      return;
    }
    for (let i = 0; i < copy.sizes[axis]!; i++) {
      visit(axis + 1, source + i * copy.inputStrides[axis]!, target + i * copy.outputStrides[axis]!);
    }
  };
  visit(0, copy.inputOffset, copy.outputOffset);
}

/** A new array of the result's type that holds what the copy writes. */
export function evaluateStridedCopy(copy: StridedCopy, input: TypedArray, type: TensorType): TypedArray {
  const output = allocate(type.dtype, elementCount(type.shape));
  runStridedCopy(copy, input, output);
  return output;
}

/** The fields of `msc_strided_copy_parameters`: byte strides; the innermost axis is a run of bytes where it is contiguous. */
export function stridedCopyFields(copy: StridedCopy, type: Pick<TensorType, 'dtype'>): readonly CField[] {
  const bytes = sizeOfDType(type.dtype);
  const simple = merged(copy);
  const last = simple.sizes.length - 1;
  const isRun = last >= 0 && simple.inputStrides[last] === 1 && simple.outputStrides[last] === 1;
  const axes = isRun ? last : last + 1;
  const list = (values: readonly number[], scale: number) => ({
    kind: 'array' as const,
    values: (axes === 0 ? [0] : values.slice(0, axes).map((value) => value * scale)).map(integer),
  });
  return [
    field('dimensions', axes),
    field('run', bytes * (isRun ? simple.sizes[last]! : 1)),
    field('input_offset', simple.inputOffset * bytes),
    field('output_offset', simple.outputOffset * bytes),
    field('sizes', list(simple.sizes, 1)),
    field('input_strides', list(simple.inputStrides, bytes)),
    field('output_strides', list(simple.outputStrides, bytes)),
  ];
}

/** Modelled instructions of a copy: per run of contiguous elements, and per word of it. */
export function stridedCopyInstructions(copy: StridedCopy, type: Pick<TensorType, 'dtype'>): number {
  const simple = merged(copy);
  const last = simple.sizes.length - 1;
  const isRun = last >= 0 && simple.inputStrides[last] === 1 && simple.outputStrides[last] === 1;
  const run = isRun ? simple.sizes[last]! : 1;
  return Math.ceil((elementCount(simple.sizes) / run) * (20 + (run * sizeOfDType(type.dtype)) / 2));
}
