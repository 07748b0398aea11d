import { elementsFromBytes, type Tensor, type TypedArray } from '../ir/index.ts';

/** How far floats may be apart: within `relative` of the expected value, or within `absolute`. Integers must be equal. */
export interface Tolerance {
  readonly relative: number;
  readonly absolute: number;
}

/** Float32 sums in another order differ in the last bits. */
export const defaultTolerance: Tolerance = { relative: 1e-5, absolute: 1e-6 };

/** Where and how much a tensor differs from the expected one. */
export interface Difference {
  readonly tensor: string;
  /** Index of the inference within its file, and of the first differing element in the tensor. */
  readonly inference: number;
  readonly index: number;
  readonly actual: number;
  readonly expected: number;
  readonly largest: number;
  readonly count: number;
  readonly elements: number;
}

/** Compares the outputs of a sequence of inferences with the expected ones; both concatenated in model order. */
export function compareOutputs(
  outputs: readonly Tensor[],
  sizes: readonly number[],
  actual: Uint8Array,
  expected: Uint8Array,
  tolerance: Tolerance,
): readonly Difference[] {
  const perInference = sizes.reduce((sum, size) => sum + size, 0);
  const differences: Difference[] = [];
  for (let inference = 0, at = 0; at + perInference <= expected.length && perInference > 0; inference++) {
    outputs.forEach((tensor, i) => {
      const end = at + sizes[i]!;
      const difference = compareTensor(
        tensor,
        inference,
        elementsFromBytes(tensor, actual.subarray(at, end)),
        elementsFromBytes(tensor, expected.subarray(at, end)),
        tolerance,
      );
      if (difference !== null) {
        differences.push(difference);
      }
      at = end;
    });
  }
  return differences;
}

function compareTensor(
  tensor: Tensor,
  inference: number,
  actual: TypedArray,
  expected: TypedArray,
  tolerance: Tolerance,
): Difference | null {
  let first = -1;
  let count = 0;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const a = Number(actual[i]);
    const e = Number(expected[i]);
    const isSame = tensor.dtype === 'float32' ? within(a, e, tolerance) : actual[i] === expected[i];
    if (!isSame) {
      first = first < 0 ? i : first;
      count++;
      largest = Math.max(largest, Number.isNaN(a - e) ? Number.POSITIVE_INFINITY : Math.abs(a - e));
    }
  }
  return first < 0
    ? null
    : {
        tensor: tensor.name,
        inference,
        index: first,
        actual: Number(actual[first]),
        expected: Number(expected[first]),
        largest,
        count,
        elements: expected.length,
      };
}

function within(actual: number, expected: number, { relative, absolute }: Tolerance): boolean {
  if (Object.is(actual, expected) || (Number.isNaN(actual) && Number.isNaN(expected))) {
    return true;
  }
  // A share of infinity is infinite: it would let every number pass for it.
  return Number.isFinite(expected) && Math.abs(actual - expected) <= Math.max(absolute, relative * Math.abs(expected));
}

/** The difference in words: "output 'y' at [3]: 12, expected 13 (2 of 10 elements differ, by at most 1)". */
export function describeDifference(difference: Difference): string {
  const { tensor, inference, index, actual, expected, count, elements, largest } = difference;
  const which = inference === 0 ? '' : ` of inference ${inference}`;
  return (
    `output '${tensor}'${which} at [${index}]: ${actual}, expected ${expected} ` +
    `(${count} of ${elements} elements differ, by at most ${largest})`
  );
}
