import { describe, expect, it } from 'vitest';
import { evaluateGraph, initialState } from '../../compiler/ops/evaluate-graph.ts';
import { resultOf, violationsOf } from '../support/check-case.ts';
import { importOne } from '../support/import-one.ts';
import { type CaseTensor, graphOf, type NodeCase, q } from '../support/node-case.ts';
import { svdfCases } from './svdf.cases.ts';

interface Vector {
  readonly state: 'int8' | 'int16';
  readonly rank: number;
  readonly batches: number;
  readonly stateScale: number;
  readonly stateZeroPoint: number;
  readonly outputScale: number;
  /** Outputs of four inferences without reset. */
  readonly expected: readonly (readonly number[])[];
}

/** Computed by TensorFlow Lite Micro's reference kernels (PyPI tflite-micro) from the same tensors. */
const vectors: readonly Vector[] = [
  {
    state: 'int8',
    rank: 1,
    batches: 1,
    stateScale: 0.1,
    stateZeroPoint: 7,
    outputScale: 0.3,
    expected: [
      [-40, -1],
      [70, -11],
      [-11, 3],
      [-48, 48],
    ],
  },
  {
    state: 'int8',
    rank: 2,
    batches: 2,
    stateScale: 0.1,
    stateZeroPoint: -20,
    outputScale: 0.5,
    expected: [
      [27, 3, 37, 1],
      [3, 6, -2, -5],
      [-16, 21, -29, -5],
      [-33, 23, -34, 4],
    ],
  },
  {
    state: 'int8',
    rank: 1,
    batches: 1,
    stateScale: 0.02,
    stateZeroPoint: 37,
    outputScale: 0.1,
    expected: [
      [-23, 13],
      [-6, 16],
      [26, -15],
      [26, -15],
    ],
  },
  {
    state: 'int16',
    rank: 1,
    batches: 1,
    stateScale: 0.0005,
    stateZeroPoint: 0,
    outputScale: 0.1,
    expected: [
      [127, -8],
      [13, -36],
      [-106, 4],
      [-128, 127],
    ],
  },
  {
    state: 'int16',
    rank: 2,
    batches: 2,
    stateScale: 0.0005,
    stateZeroPoint: 0,
    outputScale: 0.2,
    expected: [
      [81, 4, 90, 0],
      [-11, 11, -14, -17],
      [-51, 49, -84, -15],
      [-99, 53, -90, 6],
    ],
  },
];

const units = 2;
const inputs = 3;
const memory = 3;
const sequence = (count: number, value: (i: number) => number) => Array.from({ length: count }, (_, i) => value(i));

function caseOf(vector: Vector): NodeCase {
  const { state, rank, batches } = vector;
  const filters = units * rank;
  const factor = state === 'int8' ? 1 : 257;
  const timeScale = state === 'int8' ? 0.01 : 0.01 / 256;
  return {
    name: 'vector',
    operator: 'svdf',
    attributes: { rank, activation: 'none' },
    inputs: [
      { dtype: 'int8', shape: [batches, inputs], quantization: q(0.05, -5) },
      {
        dtype: 'int8',
        shape: [filters, inputs],
        kind: 'constant',
        quantization: q(0.02, 0),
        values: sequence(filters * inputs, (i) => ((37 * i * i + 11 * i + 5) % 255) - 127),
      },
      {
        dtype: state,
        shape: [filters, memory],
        kind: 'constant',
        quantization: q(timeScale, 0),
        values: sequence(filters * memory, (i) => (((53 * i * i + 7 * i + 3) % 255) - 127) * factor),
      },
      { dtype: 'int32', shape: [units], kind: 'constant', values: [300, -200] },
      {
        dtype: state,
        shape: [batches, memory * filters],
        kind: 'variable',
        quantization: q(vector.stateScale, vector.stateZeroPoint),
      },
    ],
    outputs: [{ dtype: 'int8', quantization: q(vector.outputScale, 3) }],
  };
}

describe('svdf', () => {
  it.each(vectors)(
    'equals TensorFlow Lite Micro over four inferences: $state, rank $rank, batch $batches',
    (vector) => {
      const graph = graphOf(caseOf(vector));
      const state = initialState(graph);
      vector.expected.forEach((expected, k) => {
        const input = Int8Array.from(
          sequence(vector.batches * inputs, (i) => ((71 * k * k + 29 * i * i + 13 * i + k) % 256) - 128),
        );
        expect(Array.from(evaluateGraph(graph, [input], state)[0]!, Number)).toEqual(expected);
      });
    },
  );
});

/** One value of everything: only the bias, which is the sum over time, decides the result. */
function biasAlone(bias: number, stateScale: number, timeScale: number, outputScale: number): NodeCase {
  return {
    name: 'bias alone',
    operator: 'svdf',
    attributes: { rank: 1, activation: 'none' },
    inputs: [
      { dtype: 'int8', shape: [1, 1], quantization: q(0.01, 0), values: [0] },
      { dtype: 'int8', shape: [1, 1], kind: 'constant', quantization: q(0.01, 0), values: [1] },
      { dtype: 'int8', shape: [1, 1], kind: 'constant', quantization: q(timeScale, 0), values: [1] },
      { dtype: 'int32', shape: [1], kind: 'constant', values: [bias] },
      { dtype: 'int8', shape: [1, 1], kind: 'variable', quantization: q(stateScale, 0), values: [0] },
    ],
    outputs: [{ dtype: 'int8', quantization: q(outputScale, 0) }],
  };
}

describe('the multipliers of svdf', () => {
  // Results of TensorFlow Lite Micro at sums where scales multiplied in float32 would round to the neighbour.
  it.each([
    [140983, 0.0002455849607940763, 0.05487869307398796, 0.03762556239962578, 50],
    [89703, 2.3036312995827757e-5, 0.08390943706035614, 0.02667604759335518, 6],
    [37418, 0.0008380967774428427, 0.04815896600484848, 0.06426774710416794, 23],
  ])(
    'are ratios in double: sum %i of scales %f, %f, %f is %i',
    (bias, stateScale, timeScale, outputScale, expected) => {
      expect(resultOf(biasAlone(bias, stateScale, timeScale, outputScale))).toEqual([expected]);
    },
  );
});

describe('the definition of svdf', () => {
  it.each(svdfCases)('accepts $name', (nodeCase) => {
    expect(violationsOf(nodeCase)).toEqual([]);
  });

  const control = svdfCases[0]!;
  const replaced = (index: number, changes: Partial<CaseTensor>): readonly string[] =>
    violationsOf({ ...control, inputs: control.inputs.map((t, i) => (i === index ? { ...t!, ...changes } : t)) });

  it.each<readonly [string, readonly string[], RegExp]>([
    ['a computed state', replaced(4, { kind: 'computed' }), /^operand-not-constant: the state is a variable/],
    ['computed weights', replaced(1, { kind: 'computed' }), /^operand-not-constant: weights and biases/],
    ['weights with a zero point', replaced(2, { quantization: q(0.007, 1) }), /^invalid-quantization: weights have/],
    ['an input of rank 3', replaced(0, { shape: [1, 1, 16] }), /^unsupported-shape: rank 2/],
    ['too few inputs', replaced(0, { shape: [1, 15] }), /^unsupported-shape: filters are a multiple/],
    ['a state of another size', replaced(4, { shape: [1, 63] }), /^unsupported-shape: the state remembers/],
    ['a bias too many', replaced(3, { shape: [9] }), /^unsupported-shape: one bias for each unit/],
    ['a state without scale', replaced(4, { quantization: q(0, 0) }), /^invalid-quantization: int8, uint8 and int16/],
    ['states of two types', replaced(4, { dtype: 'int16' }), /^unsupported-operand-type/],
    [
      'a relu that the result does not imply',
      violationsOf({ ...control, outputs: [{ dtype: 'int8', quantization: q(0.3, -127) }] }),
      /^unsupported-attribute: the range of an int8 result/,
    ],
    [
      'a rank that does not divide the filters',
      violationsOf({ ...control, attributes: { ...control.attributes, rank: 3 } }),
      /^unsupported-shape: filters are a multiple/,
    ],
  ])('refuses %s', (_, violations, expected) => {
    expect(violations.some((violation) => expected.test(violation))).toBe(true);
  });

  it('wants a state of int16 without zero point', () => {
    const nodeCase = svdfCases.find((c) => c.name === 'int8 int16 state')!;
    const tensors = nodeCase.inputs.map((t, i) => (i === 4 ? { ...t!, quantization: q(0.0005, 1) } : t));
    expect(violationsOf({ ...nodeCase, inputs: tensors })[0]).toMatch(
      /^invalid-quantization: weights have zero point 0/,
    );
  });
});

describe('importing SVDF', () => {
  it('takes rank and activation', () => {
    const tensors = svdfCases[5]!.inputs as readonly CaseTensor[];
    const options = { rank: 2, fused_activation_function: 'RELU', asymmetric_quantize_inputs: true };
    const graph = importOne('tflite', 'SVDF', options, tensors, [
      { dtype: 'int8', shape: [1, 8], quantization: q(0.3, -128) },
    ]);
    expect(graph.nodes.map((node) => [node.operator, node.attributes, node.inputs])).toEqual([
      ['svdf', { rank: 2, activation: 'relu' }, [0, 1, 2, 3, 4]],
    ]);
  });
});
