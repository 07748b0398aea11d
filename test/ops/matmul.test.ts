import { describe, expect, it } from 'vitest';
import type { TypedArray } from '../../compiler/ir/index.ts';
import { evaluateGraph } from '../../compiler/ops/evaluate-graph.ts';
import { diagnosticsOf } from '../frontends/diagnostics-of.ts';
import { resultOf, violationsOf } from '../support/check-case.ts';
import { importOne } from '../support/import-one.ts';
import { type CaseTensor, type NodeCase, q } from '../support/node-case.ts';
import { matmulCases } from './matmul.cases.ts';

interface Vector {
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  readonly zeroPoints: readonly [a: number, b: number, output: number];
  readonly outputScale: number;
  readonly expected: readonly number[];
}

/** Computed by TensorFlow Lite Micro's reference kernels (PyPI tflite-micro) from the same tensors. */
const vectors: readonly Vector[] = [
  { a: [2, 3], b: [3, 2], zeroPoints: [-5, 7, 3], outputScale: 0.2, expected: [42, -7, 0, -15] },
  { a: [3, 2], b: [3, 2], transposeA: true, zeroPoints: [0, 0, 0], outputScale: 0.2, expected: [101, 67, 33, -3] },
  {
    a: [2, 3],
    b: [2, 3],
    transposeB: true,
    zeroPoints: [127, -128, -100],
    outputScale: 3,
    expected: [-111, -128, -106, -117],
  },
  {
    a: [2, 1, 2, 3],
    b: [1, 2, 3, 1],
    zeroPoints: [10, -20, 5],
    outputScale: 0.3,
    expected: [79, 46, -60, -12, 23, 75, -4, -53],
  },
];

function caseOf(vector: Vector): NodeCase {
  const values = (shape: readonly number[], value: (i: number) => number) =>
    Array.from({ length: shape.reduce((x, y) => x * y, 1) }, (_, i) => (value(i) % 256) - 128);
  const [zeroA, zeroB, zeroOutput] = vector.zeroPoints;
  return {
    name: 'vector',
    operator: 'matmul',
    attributes: {
      transposeA: vector.transposeA ?? false,
      transposeB: vector.transposeB ?? false,
      activation: 'none',
    },
    inputs: [
      {
        dtype: 'int8',
        shape: vector.a,
        quantization: q(0.05, zeroA),
        values: values(vector.a, (i) => 37 * i * i + 11 * i + 5),
      },
      {
        dtype: 'int8',
        shape: vector.b,
        quantization: q(0.02, zeroB),
        values: values(vector.b, (i) => 53 * i * i + 7 * i + 3),
      },
    ],
    outputs: [{ dtype: 'int8', quantization: q(vector.outputScale, zeroOutput) }],
  };
}

describe('matmul', () => {
  it.each(vectors)('equals TensorFlow Lite Micro: $a times $b', (vector) => {
    expect(resultOf(caseOf(vector))).toEqual(vector.expected);
  });

  it.each(matmulCases)('accepts $name', (nodeCase) => {
    expect(violationsOf(nodeCase)).toEqual([]);
  });

  const float = (...shape: number[]): CaseTensor => ({ dtype: 'float32', shape });
  const broken = (a: CaseTensor, b: CaseTensor) =>
    violationsOf({ ...matmulCases.at(-1)!, inputs: [a, b], outputs: [{ dtype: a.dtype, quantization: q(1, 0) }] });

  it.each<readonly [string, readonly string[], RegExp]>([
    ['inner sizes that differ', broken(float(2, 3), float(4, 2)), /^unsupported-shape: operands of rank 2 to 6/],
    ['a vector', broken(float(3), float(3, 2)), /^unsupported-shape: operands of rank 2 to 6/],
    ['batches that do not broadcast', broken(float(2, 2, 3), float(3, 3, 2)), /^unsupported-shape: operands/],
    [
      'sums beyond 32 bits',
      broken(
        { dtype: 'int8', shape: [1, 32769], quantization: q(1, 0) },
        { dtype: 'int8', shape: [32769, 1], quantization: q(1, 0) },
      ),
      /^unsupported-shape: at most 32768/,
    ],
    [
      'an operand without scale',
      broken({ dtype: 'int8', shape: [2, 3] }, { dtype: 'int8', shape: [3, 2], quantization: q(1, 0) }),
      /^invalid-quantization/,
    ],
  ])('refuses %s', (_, violations, expected) => {
    expect(violations.some((violation) => expected.test(violation))).toBe(true);
  });
});

describe('importing matrix products', () => {
  const float = (shape: readonly number[], values?: readonly number[]): CaseTensor => ({
    dtype: 'float32',
    shape,
    ...(values === undefined ? {} : { kind: 'constant', values }),
  });
  const options = (transposeA: boolean, transposeB: boolean, activation = 'NO_ACTIVATION') => ({
    transpose_a: transposeA,
    transpose_b: transposeB,
    activation_type: activation,
  });
  const run = (graph: ReturnType<typeof importOne>, ...inputs: readonly TypedArray[]) =>
    Array.from(evaluateGraph(graph, inputs)[0]!, Number);

  it('TensorFlow Lite BATCH_MATMUL', () => {
    const graph = importOne(
      'tflite',
      'BATCH_MATMUL',
      { adj_x: true, adj_y: false, asymmetric_quantize_inputs: false },
      [float([3, 2]), float([3, 1])],
      [float([2, 1])],
    );
    expect(run(graph, Float32Array.of(1, 2, 3, 4, 5, 6), Float32Array.of(1, 10, 100))).toEqual([531, 642]);
  });

  it.each([
    [true, [1, 10, 100, 2, 20, 200]],
    [false, [1, 2, 10, 20, 100, 200]],
  ])('MindSpore Lite MatMulFusion with constant weights is a layer: transpose_b %s', (transposeB, weights) => {
    const graph = importOne(
      'mslite',
      'MatMulFusion',
      options(false, transposeB, 'RELU'),
      [float([2, 1, 3]), float(transposeB ? [2, 3] : [3, 2], weights), float([1, 2], [-321, 1])],
      [float([2, 1, 2])],
    );
    expect(graph.nodes.map((node) => node.operator)).toEqual(['fully_connected']);
    expect(run(graph, Float32Array.of(1, 2, 3, 0, 1, 0))).toEqual([0, 643, 0, 21]);
  });

  it('MindSpore Lite MatMulFusion moves the scales of weights that it transposes', () => {
    const weights: CaseTensor = {
      dtype: 'int8',
      shape: [3, 2],
      kind: 'constant',
      quantization: { scales: [0.5, 0.25], zeroPoints: [0, 0], axis: 1 },
      values: [1, 2, 3, 4, 5, 6],
    };
    const int8 = (shape: readonly number[]): CaseTensor => ({ dtype: 'int8', shape, quantization: q(1, 0) });
    const graph = importOne('mslite', 'MatMulFusion', options(false, false), [int8([1, 3]), weights], [int8([1, 2])]);
    expect(run(graph, Int8Array.of(2, 2, 2))).toEqual([9, 6]);
  });

  it('MindSpore Lite MatMulFusion of two computed operands adds its bias', () => {
    const graph = importOne(
      'mslite',
      'MatMulFusion',
      options(false, true, 'RELU'),
      [float([1, 2]), float([2, 2]), float([2], [-100, 1])],
      [float([1, 2])],
    );
    expect(graph.nodes.map((node) => node.operator)).toEqual(['matmul', 'add']);
    expect(run(graph, Float32Array.of(1, 2), Float32Array.of(3, 4, 5, 6))).toEqual([0, 18]);
  });

  it('refuses a bias of another size, and int8 products with one', () => {
    const layer = () =>
      importOne(
        'mslite',
        'MatMulFusion',
        options(false, true),
        [float([1, 2]), float([2, 2], [1, 2, 3, 4]), float([3], [1, 2, 3])],
        [float([1, 2])],
      );
    expect(diagnosticsOf(layer)[0]?.name).toBe('unsupported-shape');
    const int8: CaseTensor = { dtype: 'int8', shape: [2, 2], quantization: q(1, 0) };
    const bias: CaseTensor = { dtype: 'int32', shape: [2], kind: 'constant', values: [1, 2] };
    const product = () => importOne('mslite', 'MatMulFusion', options(false, true), [int8, int8, bias], [int8]);
    expect(diagnosticsOf(product)[0]?.name).toBe('unsupported-operand-type');
  });
});
