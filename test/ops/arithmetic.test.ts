import { describe, expect, it } from 'vitest';
import { broadcastDimensions, broadcastShape } from '../../compiler/ops/arithmetic/broadcast.ts';
import { diagnosticsOf } from '../frontends/diagnostics-of.ts';
import { resultOf, violationsOf } from '../support/check-case.ts';
import { importOne } from '../support/import-one.ts';
import { type NodeCase, q, qPerChannel } from '../support/node-case.ts';
import { arithmeticCases } from './arithmetic.cases.ts';

const a = [-128, -100, -3, 0, 5, 64, 127, 33];
const b = [127, -90, 9, 77, -5, 64, -128, 12];

function sum(operator: string, activation = 'none', output = q(0.06, 5)): NodeCase {
  return {
    name: 'vector',
    operator,
    attributes: { activation },
    inputs: [
      { dtype: 'int8', shape: [8], quantization: q(0.05, -3), values: a },
      { dtype: 'int8', shape: [8], quantization: q(0.02, 9), values: b },
    ],
    outputs: [{ dtype: 'int8', quantization: output }],
  };
}

/** Computed by TensorFlow Lite Micro's reference kernels (PyPI tflite-micro) from the same tensors. */
const vectors: readonly (readonly [NodeCase, readonly number[]])[] = [
  [sum('add'), [-60, -109, 5, 30, 7, 79, 68, 36]],
  [sum('add', 'relu'), [5, 5, 5, 30, 7, 79, 68, 36]],
  [sum('sub'), [-128, -43, 5, -15, 16, 43, 127, 34]],
  [sum('sub', 'relu'), [5, 5, 5, 5, 16, 43, 127, 34]],
  [sum('mul', 'none', q(0.1, 5)), [-128, 101, 5, 7, 4, 42, -128, 6]],
  [sum('mul', 'relu', q(0.1, 5)), [5, 101, 5, 7, 5, 42, 5, 6]],
];

describe('int8 arithmetic', () => {
  it.each(vectors)('equals TensorFlow Lite Micro: $operator $attributes.activation', (nodeCase, expected) => {
    expect(resultOf(nodeCase)).toEqual(expected);
  });
});

describe('broadcasting', () => {
  it.each([
    [
      [2, 3],
      [2, 3],
      [2, 3],
    ],
    [[2, 3], [3], [2, 3]],
    [[], [2, 3], [2, 3]],
    [
      [4, 1],
      [1, 5],
      [4, 5],
    ],
    [
      [2, 1, 3],
      [5, 1],
      [2, 5, 3],
    ],
    [[2, 3], [2], null],
  ])('of %j with %j gives %j', (x, y, expected) => {
    expect(broadcastShape(x, y)).toEqual(expected);
    expect(broadcastShape(y, x)).toEqual(expected);
  });

  it('folds dimensions along which both operands go on', () => {
    expect(broadcastDimensions([2, 3, 4], [1, 2, 3, 4])).toEqual([{ extent: 24, aStride: 1, bStride: 1 }]);
    expect(broadcastDimensions([2, 3, 4], [])).toEqual([{ extent: 24, aStride: 1, bStride: 0 }]);
    expect(broadcastDimensions([2, 3, 4], [4])).toEqual([
      { extent: 6, aStride: 4, bStride: 0 },
      { extent: 4, aStride: 1, bStride: 1 },
    ]);
    expect(broadcastDimensions([2, 1, 4], [3, 1])).toEqual([
      { extent: 2, aStride: 4, bStride: 0 },
      { extent: 3, aStride: 0, bStride: 1 },
      { extent: 4, aStride: 1, bStride: 0 },
    ]);
    expect(broadcastDimensions([1], [1, 1])).toEqual([]);
  });
});

describe('the definitions of add, mul and sub', () => {
  it.each(arithmeticCases)('accept $name', (nodeCase) => {
    expect(violationsOf(nodeCase)).toEqual([]);
  });

  const control = sum('add');
  const [x, y] = control.inputs as [NonNullable<NodeCase['inputs'][0]>, NonNullable<NodeCase['inputs'][0]>];

  it('refuse what they cannot compute', () => {
    const refused = (changes: Partial<NodeCase>) => violationsOf({ ...control, ...changes });
    expect(refused({ inputs: [x, { ...y, quantization: q(0, 9) }] })).toEqual([
      'invalid-quantization: int8, uint8 and int16 tensors have one positive scale and one zero point that their type can hold',
    ]);
    expect(
      refused({
        inputs: [
          x,
          {
            ...y,
            quantization: qPerChannel(
              b.map(() => 0.1),
              0,
            ),
          },
        ],
      }),
    ).toHaveLength(1);
    expect(refused({ outputs: [{ dtype: 'int8', quantization: q(1e-7, 0) }] })).toEqual([]);
    expect(refused({ outputs: [{ dtype: 'int8', quantization: q(9e-8, 0) }] })).toEqual([
      "invalid-quantization: the output's scale is more than 2^-19 of the larger operand's scale",
    ]);
    expect(refused({ inputs: [x, { dtype: 'float32', shape: [8] }] })[0]).toMatch(/^unsupported-operand-type/);
  });

  it('refuse int32 with a scale', () => {
    const tensor = { dtype: 'int32', shape: [2] } as const;
    const nodeCase: NodeCase = {
      ...control,
      inputs: [tensor, { ...tensor, quantization: q(0.1, 0) }],
      outputs: [{ dtype: 'int32' }],
    };
    expect(violationsOf(nodeCase)).toEqual(['invalid-quantization: int32 operands are plain integers without a scale']);
  });

  it('refuse patterns of more than six loops', () => {
    const nodeCase: NodeCase = {
      ...control,
      inputs: [
        { dtype: 'float32', shape: [2, 1, 2, 1, 2, 1, 2] },
        { dtype: 'float32', shape: [1, 2, 1, 2, 1, 2, 1] },
      ],
      outputs: [{ dtype: 'float32' }],
    };
    expect(violationsOf(nodeCase)).toEqual([
      'unsupported-shape: the operands repeat in a pattern of at most 6 dimensions',
    ]);
  });
});

describe('importing add, mul and sub', () => {
  const tensor = { dtype: 'float32', shape: [2, 3] } as const;

  it.each([
    ['tflite', 'ADD', 'add', { fused_activation_function: 'RELU6', pot_scale_int16: true }],
    ['tflite', 'MUL', 'mul', { fused_activation_function: 'RELU6' }],
    ['tflite', 'SUB', 'sub', { fused_activation_function: 'RELU6', pot_scale_int16: false }],
    ['mslite', 'AddFusion', 'add', { activation_type: 'RELU6' }],
    ['mslite', 'MulFusion', 'mul', { activation_type: 'RELU6' }],
    ['mslite', 'SubFusion', 'sub', { activation_type: 'RELU6' }],
  ] as const)('reads %s %s', (format, kind, operator, options) => {
    const graph = importOne(format, kind, options, [tensor, { ...tensor, shape: [3], kind: 'constant' }], [tensor]);
    expect(graph.nodes).toMatchObject([
      { operator, inputs: [0, 1], outputs: [2], attributes: { activation: 'relu6' } },
    ]);
  });

  it('refuses shapes that do not broadcast and results of another shape', () => {
    const names = (inputs: readonly number[][], output: number[]) =>
      diagnosticsOf(() =>
        importOne(
          'tflite',
          'ADD',
          { fused_activation_function: 'NONE' },
          inputs.map((shape) => ({ dtype: 'float32', shape })),
          [{ dtype: 'float32', shape: output }],
        ),
      ).map((d) => d.name);
    expect(names([[2, 3], [2]], [2, 3])).toEqual(['unsupported-shape']);
    expect(names([[2, 3], [3]], [3, 3])).toEqual(['unsupported-shape']);
    expect(names([[2, 3], [3]], [2, 3])).toEqual([]);
  });

  it('refuses other fused activations by name', () => {
    const [refusal] = diagnosticsOf(() =>
      importOne('mslite', 'AddFusion', { activation_type: 'SIGMOID' }, [tensor, tensor], [tensor]),
    );
    expect(refusal).toMatchObject({ name: 'unsupported-attribute', found: 'fused activation SIGMOID' });
  });
});
