import { type NodeCase, q } from '../support/node-case.ts';

function int8Case(
  name: string,
  shape: readonly number[],
  axes: readonly number[],
  changes: {
    readonly keepDimensions?: boolean;
    readonly input?: readonly [number, number];
    readonly output?: readonly [number, number];
    readonly range?: readonly [number, number];
  } = {},
): NodeCase {
  return {
    name: `int8 ${name}`,
    operator: 'mean',
    attributes: { axes, keepDimensions: changes.keepDimensions ?? false },
    inputs: [
      {
        dtype: 'int8',
        shape,
        quantization: q(...(changes.input ?? [0.05, -3])),
        ...(changes.range === undefined ? {} : { range: changes.range }),
      },
    ],
    outputs: [{ dtype: 'int8', quantization: q(...(changes.output ?? [0.03, 5])) }],
  };
}

function floatCase(name: string, shape: readonly number[], axes: readonly number[], keepDimensions: boolean): NodeCase {
  return {
    name: `float ${name}`,
    operator: 'mean',
    attributes: { axes, keepDimensions },
    inputs: [{ dtype: 'float32', shape }],
    outputs: [{ dtype: 'float32' }],
  };
}

export const meanCases: readonly NodeCase[] = [
  int8Case('height and width', [1, 4, 5, 7], [1, 2]),
  int8Case('height and width, kept', [1, 4, 5, 7], [1, 2], { keepDimensions: true }),
  int8Case('batch 2', [2, 3, 3, 8], [1, 2]),
  int8Case('height and width of one image', [1, 5, 5, 16], [1, 2], { output: [0.01, 7] }),
  int8Case('height and width of two channels', [1, 3, 4, 2], [1, 2]),
  int8Case('first axis', [5, 6], [0]),
  int8Case('last axis', [5, 6], [1]),
  int8Case('rank 1', [9], [0]),
  int8Case('rank 1, kept', [9], [0], { keepDimensions: true }),
  int8Case('all axes', [2, 3, 4], [0, 1, 2]),
  int8Case('axes that are not neighbours', [3, 4, 5], [0, 2]),
  int8Case('alternating axes of rank 8', [2, 3, 2, 2, 3, 2, 2, 3], [0, 2, 4, 6]),
  int8Case('alternating axes of rank 8, the others', [2, 3, 2, 2, 3, 2, 2, 3], [1, 3, 5, 7]),
  int8Case('an axis of 1', [4, 1, 5], [1]),
  int8Case('dimensions of 1 between', [4, 1, 5, 1, 3], [0, 2]),
  int8Case('1 element', [1, 1, 1, 1], [1, 2]),
  int8Case('3 elements, a count that does not divide', [3, 5], [0]),
  int8Case('equal quantization', [4, 7], [0], { output: [0.05, -3] }),
  int8Case('coarser output', [4, 7], [0], { output: [0.2, -128] }),
  int8Case('much finer output', [4, 7], [0], { output: [0.0001, 127] }),
  int8Case('much coarser output', [4, 7], [0], { output: [5, 0] }),
  int8Case('zero points at the ends', [4, 7], [0], { input: [0.05, 127], output: [0.05, -128] }),
  int8Case('40 by 40 of 127', [1, 40, 40, 2], [1, 2], { input: [0.05, -128], range: [127, 127] }),
  floatCase('height and width', [2, 4, 5, 3], [1, 2], false),
  floatCase('height and width of one image', [1, 4, 5, 3], [1, 2], true),
  floatCase('last axis, kept', [3, 7], [1], true),
  floatCase('axes that are not neighbours', [3, 4, 5], [0, 2], false),
  floatCase('all axes', [3, 4], [0, 1], false),
];
