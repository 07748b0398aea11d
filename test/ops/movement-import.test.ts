import { describe, expect, it } from 'vitest';
import type { ImportedOperator, ModelFormat } from '../../compiler/frontends/imported-model.ts';
import { type Graph, type TypedArray, tensorOf } from '../../compiler/ir/index.ts';
import { evaluateGraph } from '../../compiler/ops/evaluate-graph.ts';
import { importOne } from '../support/import-one.ts';
import { type CaseTensor, q } from '../support/node-case.ts';

type Shape = readonly number[];

const floats = (...shape: number[]): CaseTensor => ({ dtype: 'float32', shape });
const integers = (values: Shape, shape: Shape = [values.length]): CaseTensor => ({
  dtype: 'int32',
  shape,
  kind: 'constant',
  values,
});
const counting = (length: number) => Float32Array.from({ length }, (_, i) => i);

/** What a graph makes of inputs that count 0, 1, 2 and so on. */
function run(graph: Graph): readonly (readonly number[])[] {
  const inputs = graph.inputs.map((id): TypedArray => counting(tensorOf(graph, id).shape.reduce((a, b) => a * b, 1)));
  return evaluateGraph(graph, inputs).map((values) => Array.from(values, Number));
}

interface Row {
  readonly what: string;
  readonly format: ModelFormat;
  readonly kind: string;
  readonly options?: ImportedOperator['options'];
  readonly inputs: readonly CaseTensor[];
  readonly shapes: readonly Shape[];
  readonly results: readonly (readonly number[])[];
}

const sequence = (count: number, from = 0) => Array.from({ length: count }, (_, i) => from + i);

/** MindSpore Lite's masks, which the file always has. */
const noMasks = { begin_mask: 0, end_mask: 0, ellipsis_mask: 0, new_axis_mask: 0, shrink_axis_mask: 0 };

/** Inputs count 0, 1, 2 …; results as the formats' own runtimes define them. */
const imports: readonly Row[] = [
  {
    what: 'a shape with -1',
    format: 'tflite',
    kind: 'RESHAPE',
    inputs: [floats(2, 3), integers([3, -1])],
    shapes: [[3, 2]],
    results: [sequence(6)],
  },
  {
    what: 'the shape of old files',
    format: 'tflite',
    kind: 'RESHAPE',
    options: { new_shape: [6] },
    inputs: [floats(2, 3)],
    shapes: [[6]],
    results: [sequence(6)],
  },
  {
    what: 'all dimensions of 1',
    format: 'tflite',
    kind: 'SQUEEZE',
    options: { squeeze_dims: [] },
    inputs: [floats(1, 2, 1)],
    shapes: [[2]],
    results: [[0, 1]],
  },
  {
    what: 'an axis counted from the end',
    format: 'tflite',
    kind: 'SQUEEZE',
    options: { squeeze_dims: [-1] },
    inputs: [floats(1, 2, 1)],
    shapes: [[1, 2]],
    results: [[0, 1]],
  },
  {
    what: 'a new last axis',
    format: 'tflite',
    kind: 'EXPAND_DIMS',
    inputs: [floats(2, 2), integers([-1])],
    shapes: [[2, 2, 1]],
    results: [sequence(4)],
  },
  {
    what: '0 for a dimension that stays',
    format: 'mslite',
    kind: 'Reshape',
    inputs: [floats(2, 3, 2), integers([0, -1])],
    shapes: [[2, 6]],
    results: [sequence(12)],
  },
  {
    what: 'everything from axis 2',
    format: 'mslite',
    kind: 'Flatten',
    options: { axis: 2 },
    inputs: [floats(2, 2, 3, 1)],
    shapes: [[4, 3]],
    results: [sequence(12)],
  },
  {
    what: 'the listed axes',
    format: 'mslite',
    kind: 'Squeeze',
    options: { axis: [2] },
    inputs: [floats(1, 2, 1)],
    shapes: [[1, 2]],
    results: [[0, 1]],
  },
  {
    what: 'two axes of the result',
    format: 'mslite',
    kind: 'Unsqueeze',
    options: { axis: [1, -1] },
    inputs: [floats(2, 2)],
    shapes: [[2, 1, 2, 1]],
    results: [sequence(4)],
  },
  {
    what: 'the axis as operand',
    format: 'mslite',
    kind: 'ExpandDims',
    inputs: [floats(2), integers([0])],
    shapes: [[1, 2]],
    results: [[0, 1]],
  },
  ...(['tflite', 'mslite'] as const).map(
    (format): Row => ({
      what: 'a rotation of axes',
      format,
      kind: format === 'tflite' ? 'TRANSPOSE' : 'Transpose',
      inputs: [floats(1, 2, 3), integers([2, 0, 1])],
      shapes: [[3, 1, 2]],
      results: [[0, 3, 1, 4, 2, 5]],
    }),
  ),
  {
    what: 'zeros around',
    format: 'tflite',
    kind: 'PAD',
    inputs: [floats(1, 2), integers([1, 0, 0, 1], [2, 2])],
    shapes: [[2, 3]],
    results: [[0, 0, 0, 0, 1, 0]],
  },
  {
    what: 'a value of its own',
    format: 'tflite',
    kind: 'PADV2',
    inputs: [floats(2), integers([1, 2], [1, 2]), { dtype: 'float32', shape: [1], kind: 'constant', values: [9] }],
    shapes: [[5]],
    results: [[9, 0, 1, 9, 9]],
  },
  {
    what: 'a value as attribute',
    format: 'mslite',
    kind: 'PadFusion',
    options: { paddings: [9, 9], padding_mode: 'CONSTANT', constant_value: 0.5 },
    inputs: [floats(2), integers([0, 1], [1, 2])],
    shapes: [[3]],
    results: [[0, 1, 0.5]],
  },
  {
    what: 'an axis counted from the end',
    format: 'tflite',
    kind: 'CONCATENATION',
    options: { axis: -1, fused_activation_function: 'NONE' },
    inputs: [floats(2, 1), floats(2, 2)],
    shapes: [[2, 3]],
    results: [[0, 0, 1, 1, 2, 3]],
  },
  {
    what: 'the first axis',
    format: 'mslite',
    kind: 'Concat',
    options: { axis: 0 },
    inputs: [floats(1, 2), floats(2, 2)],
    shapes: [[3, 2]],
    results: [[0, 1, 0, 1, 2, 3]],
  },
  {
    what: 'size -1',
    format: 'tflite',
    kind: 'SLICE',
    inputs: [floats(3, 4), integers([1, 2]), integers([1, -1])],
    shapes: [[1, 2]],
    results: [[6, 7]],
  },
  {
    what: 'an axis of its own',
    format: 'mslite',
    kind: 'SliceFusion',
    options: { axes: [1] },
    inputs: [floats(2, 4), integers([2]), integers([-1])],
    shapes: [[2, 2]],
    results: [[2, 3, 6, 7]],
  },
  {
    what: 'steps and masks',
    format: 'tflite',
    kind: 'STRIDED_SLICE',
    options: { ...noMasks, begin_mask: 1, end_mask: 2, offset: false },
    inputs: [floats(4, 5), integers([3, 1]), integers([3, 0]), integers([2, 2])],
    shapes: [[2, 2]],
    results: [[1, 3, 11, 13]],
  },
  {
    what: 'backwards',
    format: 'tflite',
    kind: 'STRIDED_SLICE',
    options: { ...noMasks, end_mask: 1, offset: false },
    inputs: [floats(5), integers([-2]), integers([0]), integers([-2])],
    shapes: [[2]],
    results: [[3, 1]],
  },
  {
    what: 'an axis that goes',
    format: 'tflite',
    kind: 'STRIDED_SLICE',
    options: { ...noMasks, shrink_axis_mask: 1, offset: false },
    inputs: [floats(3, 2), integers([-1, 0]), integers([0, 2]), integers([1, 1])],
    shapes: [[2]],
    results: [[4, 5]],
  },
  {
    what: 'axes as operand',
    format: 'mslite',
    kind: 'StridedSlice',
    options: noMasks,
    inputs: [floats(2, 5), integers([-3]), integers([2147483647]), integers([1]), integers([2])],
    shapes: [[2, 2]],
    results: [[2, 4, 7, 9]],
  },
  {
    what: 'equal parts',
    format: 'tflite',
    kind: 'SPLIT',
    options: { num_splits: 2 },
    inputs: [integers([-1]), floats(2, 4)],
    shapes: [
      [2, 2],
      [2, 2],
    ],
    results: [
      [0, 1, 4, 5],
      [2, 3, 6, 7],
    ],
  },
  {
    what: 'sizes with -1',
    format: 'tflite',
    kind: 'SPLIT_V',
    options: { num_splits: 2 },
    inputs: [floats(5), integers([-1, 2]), integers([0])],
    shapes: [[3], [2]],
    results: [
      [0, 1, 2],
      [3, 4],
    ],
  },
  {
    what: 'sizes as attribute',
    format: 'mslite',
    kind: 'Split',
    options: { output_num: 2, size_splits: [1, 2], axis: 0 },
    inputs: [floats(3)],
    shapes: [[1], [2]],
    results: [[0], [1, 2]],
  },
  {
    what: 'sizes as operand',
    format: 'mslite',
    kind: 'Split',
    options: { output_num: 2, axis: 0 },
    inputs: [floats(3), integers([2, 1])],
    shapes: [[2], [1]],
    results: [[0, 1], [2]],
  },
  {
    what: 'equal parts',
    format: 'mslite',
    kind: 'Split',
    options: { output_num: 2, axis: -1 },
    inputs: [floats(1, 4)],
    shapes: [
      [1, 2],
      [1, 2],
    ],
    results: [
      [0, 1],
      [2, 3],
    ],
  },
];

describe('importing operators that move elements', () => {
  it.each(imports)('$format $kind: $what', ({ format, kind, options = {}, inputs, shapes, results }) => {
    const graph = importOne(
      format,
      kind,
      options,
      inputs,
      shapes.map((shape) => floats(...shape)),
    );
    expect(run(graph)).toEqual(results);
  });

  it('pads int8 with the zero point', () => {
    const quantization = q(0.5, -7);
    const graph = importOne(
      'tflite',
      'PAD',
      {},
      [{ dtype: 'int8', shape: [2], quantization }, integers([1, 1], [1, 2])],
      [{ dtype: 'int8', shape: [4], quantization }],
    );
    expect(Array.from(evaluateGraph(graph, [Int8Array.of(3, 4)])[0]!, Number)).toEqual([-7, 3, 4, -7]);
  });

  it('quantizes the border of a MindSpore Lite int8 pad', () => {
    const quantization = q(0.5, -7);
    const options = { padding_mode: 'CONSTANT', constant_value: 1.5 };
    const graph = importOne(
      'mslite',
      'PadFusion',
      options,
      [{ dtype: 'int8', shape: [1], quantization }, integers([1, 0], [1, 2])],
      [{ dtype: 'int8', shape: [2], quantization }],
    );
    expect(graph.nodes[0]!.attributes.value).toBe(-4);
  });

  it('rescales operands of a MindSpore Lite concat', () => {
    const int8 = (shape: Shape, scale: number): CaseTensor => ({ dtype: 'int8', shape, quantization: q(scale, 0) });
    const graph = importOne('mslite', 'Concat', { axis: 0 }, [int8([2], 0.5), int8([1], 0.25)], [int8([3], 0.5)]);
    expect(Array.from(evaluateGraph(graph, [Int8Array.of(8, 9), Int8Array.of(10)])[0]!, Number)).toEqual([8, 9, 5]);
  });
});
