import { describe, expect, it } from 'vitest';
import type { Graph } from '../../compiler/ir/index.ts';
import { evaluateGraph, initialState } from '../../compiler/ops/evaluate-graph.ts';
import { diagnosticsOf } from '../frontends/diagnostics-of.ts';
import { resultOf, violationsOf } from '../support/check-case.ts';
import { importOne } from '../support/import-one.ts';
import { type CaseTensor, graphOf, type NodeCase, q, valuesOf } from '../support/node-case.ts';
import { averagePool2dCases } from './average-pool2d.cases.ts';
import { maxPool2dCases } from './max-pool2d.cases.ts';

const tfliteOptions = {
  padding: 'SAME',
  stride_h: 1,
  stride_w: 1,
  filter_height: 2,
  filter_width: 2,
  fused_activation_function: 'NONE',
};
const image = (shape: readonly number[], zeroPoint = -3): CaseTensor => ({
  dtype: 'int8',
  shape,
  quantization: q(0.05, zeroPoint),
});

/** Expected elements: by TensorFlow Lite Micro's reference kernels (PyPI tflite-micro) from the same tensors. */
const vectors = [
  {
    kind: 'AVERAGE_POOL_2D',
    name: '3x3 on the border, stride 2',
    options: { ...tfliteOptions, stride_h: 2, stride_w: 2, filter_height: 3, filter_width: 3 },
    input: image([1, 5, 4, 3]),
    output: image([1, 3, 2, 3]),
    expected: [-21, -12, 16, -58, -25, 25, 20, -31, -8, -41, -33, 12, 44, -32, 54, -40, -25, 24],
  },
  {
    kind: 'AVERAGE_POOL_2D',
    name: '2x3 VALID, relu',
    options: { ...tfliteOptions, padding: 'VALID', filter_width: 3, fused_activation_function: 'RELU' },
    input: image([2, 3, 4, 2], -30),
    output: image([2, 2, 2, 2], -30),
    expected: [37, -10, 14, 10, -16, -30, -30, -17, 39, -30, 29, -28, 29, -4, 10, 8],
  },
  {
    kind: 'AVERAGE_POOL_2D',
    name: 'halves away from zero',
    options: { ...tfliteOptions, padding: 'VALID', filter_height: 1, stride_w: 2 },
    input: { ...image([1, 1, 8, 1], 0), values: [0, 1, -1, 0, 2, 3, -3, -2] },
    output: image([1, 1, 4, 1], 0),
    expected: [1, -1, 3, -3],
  },
  {
    kind: 'MAX_POOL_2D',
    name: '3x3 on the border, stride 2, relu6',
    options: {
      ...tfliteOptions,
      stride_h: 2,
      stride_w: 2,
      filter_height: 3,
      filter_width: 3,
      fused_activation_function: 'RELU6',
    },
    input: image([1, 5, 4, 3], -60),
    output: image([1, 3, 2, 3], -60),
    expected: [60, 60, 60, 31, 60, 60, 60, 60, 60, 47, 60, 60, 60, 60, 60, 28, 60, 60],
  },
] as const;

function control(operator: string, changes: NodeCase['attributes'] = {}): NodeCase {
  return {
    name: 'control',
    operator,
    attributes: { kernel: [2, 3], strides: [1, 1], padding: [0, 0, 0, 0], activation: 'none', ...changes },
    inputs: [image([1, 5, 6, 4])],
    outputs: [{ dtype: 'int8', quantization: q(0.05, -3) }],
  };
}

describe.each(['average_pool2d', 'max_pool2d'])('%s', (operator) => {
  it.each([
    [{}, [1, 4, 4, 4]],
    [{ padding: [1, 0, 2, 1] }, [1, 5, 7, 4]],
    [{ strides: [2, 3] }, [1, 2, 2, 4]],
  ])('infers the shape with %j', (changes, shape) => {
    const graph = graphOf(control(operator, changes));
    expect(graph.tensors.get(graph.outputs[0]!)!.shape).toEqual(shape);
  });

  it.each<readonly [string, NodeCase, RegExp]>([
    ['images of rank 3', { ...control(operator), inputs: [image([5, 6, 4])] }, /rank 4/],
    ['no scale', { ...control(operator), inputs: [{ dtype: 'int8', shape: [1, 5, 6, 4] }] }, /one positive/],
    ['another scale', { ...control(operator), outputs: [{ dtype: 'int8', quantization: q(0.06, -3) }] }, /differ by/],
    [
      'another zero point',
      { ...control(operator), outputs: [{ dtype: 'int8', quantization: q(0.05, 0) }] },
      /zero point/,
    ],
    ['stride 0', control(operator, { strides: [1, 0] }), /strides/],
    ['windows larger than the image', control(operator, { kernel: [6, 1] }), /fits/],
    ['windows in the padding above', control(operator, { padding: [2, 0, 0, 0] }), /covers/],
    ['windows in the padding below', control(operator, { padding: [0, 2, 0, 0] }), /covers/],
    ['windows in the padding at the right', control(operator, { padding: [0, 0, 0, 3] }), /covers/],
    ['int16', { ...control(operator), inputs: [{ ...image([1, 5, 6, 4]), dtype: 'int16' }] }, /int8/],
  ])('refuses %s', (_, nodeCase, requires) => {
    expect(violationsOf(nodeCase).join('\n')).toMatch(requires);
  });
});

describe('pools', () => {
  it.each([...averagePool2dCases, ...maxPool2dCases])('accept $operator $name', (nodeCase) => {
    expect(violationsOf(nodeCase)).toEqual([]);
  });

  it.each(vectors)('equal TensorFlow Lite Micro: $kind $name', (vector) => {
    const graph = importOne('tflite', vector.kind, vector.options, [vector.input], [vector.output]);
    const [result] = evaluateGraph(graph, [valuesOf(vector.input, 1)], initialState(graph));
    expect(Array.from(result!, Number)).toEqual(vector.expected);
  });

  it('of floats average over the image alone', () => {
    const corner: NodeCase = {
      ...control('average_pool2d', { kernel: [2, 2], padding: [1, 0, 1, 0] }),
      inputs: [{ dtype: 'float32', shape: [1, 2, 2, 1], values: [1, 2, 4, 9] }],
      outputs: [{ dtype: 'float32' }],
    };
    expect(resultOf(corner)).toEqual([1, 1.5, 2.5, 4]);
  });
});

describe('AvgPoolFusion and MaxPoolFusion', () => {
  const options = {
    kernel_size: [3, 3],
    strides: [2, 2],
    pad: [0, 0, 0, 0],
    pad_mode: 'PAD',
    round_mode: 'FLOOR',
    format: 'NHWC',
    global: false,
    activation_type: 'NO_ACTIVATION',
  };
  const attempt = (changes: object, shape: readonly number[], output: Partial<CaseTensor> = {}): Graph =>
    importOne(
      'mslite',
      'AvgPoolFusion',
      { ...options, ...changes },
      [image([1, 6, 7, 4])],
      [{ ...image(shape), ...output }],
    );
  const paddingOf = (graph: Graph) => graph.nodes[0]!.attributes.padding;

  it('have their pads in a list, or by name', () => {
    expect(paddingOf(attempt({ pad: [1, 0, 1, 1] }, [1, 3, 4, 4]))).toEqual([1, 0, 1, 1]);
    expect(paddingOf(attempt({ pad_mode: 'SAME' }, [1, 3, 4, 4]))).toEqual([0, 1, 1, 1]);
    expect(paddingOf(attempt({ pad_mode: 'VALID' }, [1, 2, 3, 4]))).toEqual([0, 0, 0, 0]);
  });

  it('round positions up by padding at the end', () => {
    expect(paddingOf(attempt({ round_mode: 'CEIL' }, [1, 3, 3, 4]))).toEqual([0, 1, 0, 0]);
    expect(paddingOf(attempt({ round_mode: 'CEIL', strides: [4, 3] }, [1, 2, 3, 4]))).toEqual([0, 1, 0, 2]);
  });

  it('are over the whole image where they are global', () => {
    const { kernel_size: _, ...global } = { ...options, global: true };
    const graph = importOne('mslite', 'MaxPoolFusion', global, [image([1, 6, 7, 4])], [image([1, 1, 1, 4])]);
    expect(graph.nodes[0]!.operator).toBe('max_pool2d');
    expect(graph.nodes[0]!.attributes.kernel).toEqual([6, 7]);
  });

  it('are requantized where the scales differ', () => {
    const graph = attempt({}, [1, 2, 3, 4], { quantization: q(0.02, 7) });
    expect(graph.nodes.map((node) => node.operator)).toEqual(['average_pool2d', 'quantize']);
    expect(graph.tensors.get(graph.nodes[0]!.outputs[0]!)!.quantization).toEqual(q(0.05, -3));
  });

  it('are refused by name where they make no sense', () => {
    const names = (run: () => unknown) => diagnosticsOf(run).map((diagnostic) => diagnostic.name);
    const shape = [1, 2, 3, 4];
    expect(names(() => attempt({ format: 'NCHW' }, shape))).toEqual(['unsupported-attribute']);
    expect(names(() => attempt({ kernel_size: [3] }, shape))).toEqual(['unsupported-attribute']);
    expect(names(() => attempt({ strides: [0, 2] }, shape))).toEqual(['unsupported-attribute']);
    expect(names(() => attempt({ pad: [1, 1] }, shape))).toEqual(['unsupported-attribute']);
    expect(names(() => attempt({ global: true, pad: [1, 0, 0, 0] }, shape))).toEqual(['unsupported-attribute']);
    expect(names(() => attempt({ activation_type: 'ELU' }, shape))).toEqual(['unsupported-attribute']);
    expect(names(() => attempt({ round_mode: 'CEIL' }, shape))).toEqual(['unsupported-shape']);
  });
});
