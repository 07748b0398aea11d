import { type CaseTensor, type NodeCase, q } from '../support/node-case.ts';

type Operator = 'add' | 'mul' | 'sub';

interface Changes {
  readonly a?: Partial<CaseTensor>;
  readonly b?: Partial<CaseTensor>;
  readonly activation?: string;
  readonly output?: ReturnType<typeof q>;
}

function int8Case(operator: Operator, name: string, { a, b, activation = 'none', output }: Changes = {}): NodeCase {
  return {
    name: `${operator} int8 ${name}`,
    operator,
    attributes: { activation },
    inputs: [
      { dtype: 'int8', shape: [1, 3, 2, 7], quantization: q(0.05, -3), ...a },
      { dtype: 'int8', shape: [1, 3, 2, 7], quantization: q(0.02, 9), ...b },
    ],
    outputs: [{ dtype: 'int8', quantization: output ?? q(0.06, 5) }],
  };
}

function plainCase(
  operator: Operator,
  dtype: 'float32' | 'int32',
  name: string,
  { a, b, activation = 'none' }: Changes = {},
): NodeCase {
  return {
    name: `${operator} ${dtype} ${name}`,
    operator,
    attributes: { activation },
    inputs: [
      { dtype, shape: [2, 3, 5], ...a },
      { dtype, shape: [2, 3, 5], ...b },
    ],
    outputs: [{ dtype }],
  };
}

const extremes = [-128, -127, -1, 0, 1, 126, 127];

/** What each operator is put through in int8. */
function int8Cases(operator: Operator): readonly NodeCase[] {
  return [
    int8Case(operator, 'control'),
    int8Case(operator, 'scales in the other order', {
      a: { quantization: q(0.02, 9) },
      b: { quantization: q(0.05, -3) },
    }),
    int8Case(operator, 'equal scales', { b: { quantization: q(0.05, 9) } }),
    int8Case(operator, 'scales a factor of 2 apart', {
      a: { quantization: q(0.5, 0) },
      b: { quantization: q(0.25, 0) },
    }),
    int8Case(operator, 'scales far apart', { b: { quantization: q(0.00003, 9) } }),
    int8Case(operator, 'a scale that adds nothing', { b: { quantization: q(1e-12, 9) } }),
    int8Case(operator, 'fine output', { output: q(0.0005, 5) }),
    int8Case(operator, 'coarse output', { output: q(3, 5) }),
    int8Case(operator, 'very coarse output', { output: q(300, 100) }),
    int8Case(operator, 'lowest zero points', {
      a: { quantization: q(0.05, -128) },
      b: { quantization: q(0.04, -128) },
      output: q(0.08, -128),
    }),
    int8Case(operator, 'highest zero points', {
      a: { quantization: q(0.05, 127) },
      b: { quantization: q(0.04, 127) },
      output: q(0.08, 127),
    }),
    int8Case(operator, 'extreme values', {
      a: { shape: [7, 7], values: extremes.flatMap((x) => extremes.map(() => x)) },
      b: { shape: [7, 7], values: extremes.flatMap(() => extremes) },
    }),
    int8Case(operator, 'relu', { activation: 'relu' }),
    int8Case(operator, 'relu6', { activation: 'relu6' }),
    int8Case(operator, 'relu_n1_to_1', { activation: 'relu_n1_to_1', output: q(0.01, 3) }),
    int8Case(operator, '1 element', { a: { shape: [1] }, b: { shape: [1] } }),
    int8Case(operator, '3 elements', { a: { shape: [3] }, b: { shape: [3] } }),
    int8Case(operator, '4 elements', { a: { shape: [4] }, b: { shape: [4] } }),
    int8Case(operator, '5 elements', { a: { shape: [5] }, b: { shape: [5] } }),
    int8Case(operator, '501 elements', { a: { shape: [501] }, b: { shape: [501] } }),
    int8Case(operator, 'shapes of unequal rank, equal but for ones', { a: { shape: [1, 6, 5] }, b: { shape: [6, 5] } }),
    int8Case(operator, 'b constant', { b: { kind: 'constant' } }),
    int8Case(operator, 'a constant', { a: { kind: 'constant' } }),
    int8Case(operator, 'b a scalar', { b: { shape: [] } }),
    int8Case(operator, 'a a scalar', { a: { shape: [1, 1, 1, 1] } }),
    int8Case(operator, 'b a constant scalar', { b: { shape: [], kind: 'constant' } }),
    int8Case(operator, 'a a constant scalar', { a: { shape: [1], kind: 'constant' } }),
    int8Case(operator, 'two scalars', { a: { shape: [] }, b: { shape: [1, 1] } }),
    int8Case(operator, 'b along the channels', { b: { shape: [7] } }),
    int8Case(operator, 'b constant along the channels', { b: { shape: [1, 1, 1, 7], kind: 'constant' } }),
    int8Case(operator, 'a constant along the channels', { a: { shape: [7], kind: 'constant' } }),
    int8Case(operator, 'b along the pixels', { b: { shape: [1, 3, 2, 1] } }),
    int8Case(operator, 'each along its own dimension', { a: { shape: [5, 1] }, b: { shape: [1, 6] } }),
    int8Case(operator, 'batches with one gate each', { a: { shape: [2, 3, 3, 5] }, b: { shape: [2, 1, 1, 5] } }),
    int8Case(operator, 'six loops', { a: { shape: [2, 1, 3, 1, 2, 1] }, b: { shape: [1, 2, 1, 3, 1, 2] } }),
    int8Case(operator, 'rank 8 that folds to three loops', {
      a: { shape: [2, 1, 2, 1, 3, 1, 2, 2] },
      b: { shape: [2, 1, 2, 1, 1, 1, 2, 2] },
    }),
  ];
}

function plainCases(operator: Operator, dtype: 'float32' | 'int32'): readonly NodeCase[] {
  return [
    plainCase(operator, dtype, 'control'),
    plainCase(operator, dtype, 'relu', { activation: 'relu' }),
    plainCase(operator, dtype, 'relu6', { activation: 'relu6' }),
    plainCase(operator, dtype, 'relu_n1_to_1', { activation: 'relu_n1_to_1' }),
    plainCase(operator, dtype, 'b constant', { b: { kind: 'constant' } }),
    plainCase(operator, dtype, 'b a constant scalar', { b: { shape: [], kind: 'constant' } }),
    plainCase(operator, dtype, 'a a scalar', { a: { shape: [1] } }),
    plainCase(operator, dtype, 'b along the channels', { b: { shape: [5] } }),
    plainCase(operator, dtype, 'b along the middle', { b: { shape: [3, 1] } }),
    plainCase(operator, dtype, 'six loops', { a: { shape: [2, 1, 3, 1, 2, 1] }, b: { shape: [1, 2, 1, 3, 1, 2] } }),
  ];
}

const all: readonly Operator[] = ['add', 'sub', 'mul'];

export const arithmeticCases: readonly NodeCase[] = [
  ...all.flatMap(int8Cases),
  ...all.flatMap((operator) => plainCases(operator, 'float32')),
  ...all.flatMap((operator) => plainCases(operator, 'int32')),
  ...all.map((operator) =>
    plainCase(operator, 'int32', 'wraps around', {
      a: { shape: [4], values: [2147483647, -2147483648, 2147483647, -2147483648] },
      b: { shape: [4], values: [2147483647, -2147483648, -1, 1] },
    }),
  ),
];
