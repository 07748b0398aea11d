import { describe, expect, it } from 'vitest';
import { buildGraph } from '../../compiler/frontends/build-graph.ts';
import type { ImportedOperator } from '../../compiler/frontends/imported-model.ts';
import { bytesFromElements, type Graph, type Node, viewOf } from '../../compiler/ir/index.ts';
import { evaluateGraph, initialState } from '../../compiler/ops/evaluate-graph.ts';
import type { LstmAttributes } from '../../compiler/ops/lstm/definition.ts';
import { lstm } from '../../compiler/ops/lstm/index.ts';
import { violationsOf } from '../support/check-case.ts';
import { type CaseTensor, graphOf, type NodeCase, q, valuesOf } from '../support/node-case.ts';
import { lstmCases } from './lstm.cases.ts';

/**
 * The outputs of the second of two inferences without reset, computed by TensorFlow Lite Micro's reference kernels
 * (PyPI tflite-micro) from the tensors of the case of this name and from the same inputs.
 */
const vectors: readonly (readonly [name: string, expected: readonly number[]])[] = [
  ['int8 control', [-17, 79, -2, -27, -4, 76, -6, -33, 29, 110, -21, -84, -1, 112, -7, -27]],
  [
    'int8 3 sequences, time major',
    [
      [-11, 72, 0, -15, 14, 91, -12, -37, -9, 119, -20, -71, -6, 104, -2, -20, 40, 81, 8, -47, -33, 52, 2, -79],
      [-4, 73, 4, -23, 3, 103, 3, -93, 36, 72, -9, -102, 9, 112, 6, -37, -13, 81, 3, -77, -3, 104, -1, -82],
    ].flat(),
  ],
  [
    'int8 clipped cell',
    [
      [-25, 36, -5, -12, -15, 32, -11, -15, 15, 58, -20, -37, -6, 52, -7, -10, 29, 38],
      [13, -22, 11, 20, 4, -32, -1, 37, 2, -10, -30, 48, 6, -45, 33, 44, -5, -46],
    ].flat(),
  ],
  [
    'int8 cell state of 15 bits',
    [
      [-28, 72, -4, -23, -12, 67, -7, -28, 24, 95, -23, -65, -3, 88, -7, -19, 37, 64],
      [11, -38, 16, 36, 3, -55, -1, 51, 1, -18, -32, 79, 5, -75, 36, 71, -6, -79],
    ].flat(),
  ],
  ['int8 low zero points', [-128, -72, -128, -70, -128, -82, -128, -65, -128, -39, -128, -72, -127, -32, -128, -73]],
  [
    'float control',
    [
      [-0.122274, 0.3327096, -0.0161568, -0.1795215, -0.0294024, 0.2609692, -0.0624941, -0.2403072],
      [0.1451979, 0.592897, -0.2024455, -0.5629956, -0.0125988, 0.7213542, -0.0794143, -0.2506812],
    ].flat(),
  ],
];

const caseNamed = (name: string): NodeCase => lstmCases.find((nodeCase) => nodeCase.name === name)!;

describe('lstm', () => {
  it.each(vectors)('equals TensorFlow Lite Micro over two inferences: %s', (name, expected) => {
    const nodeCase = caseNamed(name);
    const graph = graphOf(nodeCase);
    const state = initialState(graph);
    const outputs = [0, 1].map((k) => evaluateGraph(graph, [valuesOf(nodeCase.inputs[0]!, 40 + k)], state)[0]!);
    const actual = Array.from(outputs[1]!, Number);
    expect(actual.length).toBe(expected.length);
    actual.forEach((value, i) => {
      expect(Math.abs(value - expected[i]!)).toBeLessThan(name.startsWith('float') ? 1e-6 : 0.5);
    });
  });

  it('leaves the last step in the hidden state', () => {
    const nodeCase = caseNamed('int8 control');
    const graph = graphOf(nodeCase);
    const state = initialState(graph);
    const [output] = evaluateGraph(graph, [valuesOf(nodeCase.inputs[0]!, 1)], state);
    expect(Array.from(state.get(13)!, Number)).toEqual(Array.from(output!, Number).slice(-4));
    expect(Array.from(state.get(14)!, Number)).not.toEqual([0, 0, 0, 0]);
  });

  it('chooses the packed kernel exactly where it is exact', () => {
    const packed = (name: string) => {
      const graph = graphOf(caseNamed(name));
      const view = viewOf(graph, graph.nodes[0] as Node<LstmAttributes>);
      return lstm.kernels.find((kernel) => kernel.name === 'lstm_s8__dsp')!.accepts(view);
    };
    expect(packed('int8 control')).toBe(true);
    expect(packed('int8 sums of 24 bits')).toBe(true);
    expect(packed('int8 sums of more than 24 bits')).toBe(false);
    expect(packed('int8 weights of -128')).toBe(false);
    expect(packed('int8 multipliers above 1')).toBe(false);
  });
});

describe('the definition of lstm', () => {
  it.each(lstmCases)('accepts $name', (nodeCase) => {
    expect(violationsOf(nodeCase)).toEqual([]);
  });

  const control = caseNamed('int8 control');
  const replaced = (index: number, changes: Partial<CaseTensor>): readonly string[] =>
    violationsOf({ ...control, inputs: control.inputs.map((t, i) => (i === index ? { ...t!, ...changes } : t)) });

  it.each<readonly [string, readonly string[], RegExp]>([
    ['an input of rank 2', replaced(0, { shape: [4, 8] }), /^unsupported-shape: rank 3/],
    ['weights of rank 3', replaced(2, { shape: [4, 4, 2] }), /^unsupported-shape: rank 2/],
    ['computed weights', replaced(3, { kind: 'computed' }), /^operand-not-constant/],
    ['too few inputs', replaced(0, { shape: [1, 4, 7] }), /^unsupported-shape: input weights are/],
    ['other recurrent weights', replaced(6, { shape: [4, 5] }), /^unsupported-shape: input weights are/],
    ['a bias too many', replaced(10, { shape: [5] }), /^unsupported-shape: one bias for each unit/],
    ['a computed hidden state', replaced(13, { kind: 'computed' }), /^unsupported-shape: the hidden state and/],
    ['a cell state of another size', replaced(14, { shape: [2, 4] }), /^unsupported-shape: the hidden state and/],
    ['an input without scale', replaced(0, { quantization: q(0, 0) }), /^invalid-quantization: int8, uint8/],
    ['weights with a zero point', replaced(4, { quantization: q(0.01, 1) }), /^invalid-quantization: weights and/],
    [
      'a scale of the cell state between powers of two',
      replaced(14, { quantization: q(0.0003, 0) }),
      /^invalid-quantization: weights and the cell state/,
    ],
    [
      'a finer cell state',
      replaced(14, { quantization: q(2 ** -16, 0) }),
      /^invalid-quantization: weights and the cell state/,
    ],
    [
      'a result on another grid than the hidden state',
      violationsOf({ ...control, outputs: [{ dtype: 'int8', quantization: q(0.0078, 1) }] }),
      /^invalid-quantization: the result has/,
    ],
    ['a cell state of int8', replaced(14, { dtype: 'int8' }), /^unsupported-operand-type/],
  ])('refuses %s', (_, violations, expected) => {
    expect(violations.some((violation) => expected.test(violation))).toBe(true);
  });
});

const plain = {
  fused_activation_function: 'TANH',
  cell_clip: 10,
  proj_clip: 0,
  time_major: false,
  asymmetric_quantize_inputs: false,
  diagonal_recurrent_tensors: false,
};

/** The control case as a file has it; `change` edits the list of its 24 operands. */
function imported(
  options: ImportedOperator['options'],
  change: (operands: (number | null)[]) => void = () => undefined,
): Graph {
  const nodeCase = caseNamed('int8 control');
  const output: CaseTensor = { dtype: 'int8', shape: [1, 4, 4], quantization: q(0.0078, 0) };
  const tensors = [...(nodeCase.inputs as readonly CaseTensor[]), output].map((tensor, index) => ({
    index,
    name: `t${index}`,
    dtype: tensor.dtype,
    shape: tensor.shape,
    quantization: tensor.quantization ?? null,
    data: tensor.kind === 'constant' ? bytesFromElements(valuesOf(tensor, index)) : null,
    isVariable: tensor.kind === 'variable',
  }));
  const none = [null, null, null, null];
  const operands = [0, 1, 2, 3, 4, 5, 6, 7, 8, null, null, null, 9, 10, 11, 12, null, null, 13, 14, ...none];
  change(operands);
  const operator = { index: 0, name: 'node', kind: 'UNIDIRECTIONAL_SEQUENCE_LSTM', inputs: operands, outputs: [15] };
  return buildGraph({
    format: 'tflite',
    name: 'one',
    producer: '',
    tensors,
    operators: [{ ...operator, options }],
    inputs: [0],
    outputs: [15],
  });
}

describe('importing UNIDIRECTIONAL_SEQUENCE_LSTM', () => {
  it('takes the operands of a plain LSTM, the clip and the order of the dimensions', () => {
    const [node] = imported(plain).nodes;
    expect(node!.operator).toBe('lstm');
    expect(node!.attributes).toEqual({ cellClip: 10, timeMajor: false });
    expect(node!.inputs).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
  });

  it('reads the first dimension as time if the file says so', () => {
    // One step of four sequences: the states are then too small.
    expect(() => imported({ ...plain, time_major: true })).toThrow(/batch 4/);
  });

  it.each<readonly [string, number, RegExp]>([
    ['peepholes', 10, /peephole connections/],
    ['a projection', 16, /a projection/],
    ['layer normalisation', 21, /layer normalisation/],
  ])('refuses %s', (_, place, expected) => {
    const change = (operands: (number | null)[]) => {
      operands[place] = 9;
    };
    expect(() => imported(plain, change)).toThrow(expected);
  });

  it('refuses coupled gates', () => {
    const change = (operands: (number | null)[]) => {
      operands[1] = null;
    };
    expect(() => imported(plain, change)).toThrow(/coupled input and forget gates/);
  });

  it.each<readonly [string, ImportedOperator['options'], RegExp]>([
    ['another activation', { ...plain, fused_activation_function: 'RELU' }, /activation RELU/],
    ['diagonal recurrent weights', { ...plain, diagonal_recurrent_tensors: true }, /diagonal recurrent weights/],
    ['a negative clip', { ...plain, cell_clip: -1 }, /cell_clip -1/],
  ])('refuses %s', (_, options, expected) => {
    expect(() => imported(options)).toThrow(expected);
  });
});
