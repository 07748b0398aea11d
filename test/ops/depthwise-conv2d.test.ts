import { describe, expect, it } from 'vitest';
import { type Graph, operand, viewOf } from '../../compiler/ir/index.ts';
import { evaluateGraph, initialState } from '../../compiler/ops/evaluate-graph.ts';
import { operatorNamed } from '../../compiler/ops/index.ts';
import { diagnosticsOf } from '../frontends/diagnostics-of.ts';
import { violationsOf } from '../support/check-case.ts';
import { importOne } from '../support/import-one.ts';
import { type CaseTensor, graphOf, type NodeCase, q, qPerChannel, valuesOf } from '../support/node-case.ts';
import { depthwiseConv2dCases } from './depthwise-conv2d.cases.ts';

const options = {
  padding: 'SAME',
  stride_h: 1,
  stride_w: 1,
  depth_multiplier: 1,
  fused_activation_function: 'NONE',
  dilation_h_factor: 1,
  dilation_w_factor: 1,
};

const image = (shape: readonly number[], zeroPoint: number): CaseTensor => ({
  dtype: 'int8',
  shape,
  quantization: q(0.05, zeroPoint),
});
const weightsOf = (shape: readonly number[], scales?: readonly number[]): CaseTensor => ({
  dtype: 'int8',
  shape,
  kind: 'constant',
  range: [-127, 127],
  quantization: scales === undefined ? q(0.004, 0) : qPerChannel(scales, 3),
});
const biasOf = (outputs: number): CaseTensor => ({
  dtype: 'int32',
  shape: [outputs],
  kind: 'constant',
  range: [-3000, 3000],
});

/** Expected elements: by TensorFlow Lite Micro's reference kernel (PyPI tflite-micro) from the same tensors. */
const vectors = [
  {
    name: 'stride 2, per channel, relu6',
    options: { ...options, stride_h: 2, stride_w: 2, fused_activation_function: 'RELU6' },
    inputs: [image([1, 5, 4, 4], -128), weightsOf([1, 3, 3, 4], [0.002, 0.0041, 0.0009, 0.0033]), biasOf(4)],
    output: { dtype: 'int8', shape: [1, 3, 2, 4], quantization: q(0.0235, -128) },
    expected: [
      -89, -128, -128, -91, 34, -128, -128, 2, 91, -34, -128, 127, -112, 72, -128, 0, -101, -128, -128, 1, -128, 127,
      -128, -37,
    ],
  },
  {
    name: 'multiplier 2, dilation, VALID, per tensor, no bias',
    options: { ...options, padding: 'VALID', depth_multiplier: 2, dilation_h_factor: 2 },
    inputs: [image([1, 5, 4, 3], 11), weightsOf([1, 2, 3, 6])],
    output: { dtype: 'int8', shape: [1, 3, 2, 6], quantization: q(0.25, -7) },
    expected: [
      -10, -15, -19, 0, -15, -17, 10, -26, -4, -7, -19, -19, -7, -4, 9, -17, 1, -17, -11, -8, -1, -10, 6, 2, -12, -1,
      -2, -9, 17, -8, 2, -8, -18, -2, -9, -19,
    ],
  },
  {
    name: 'unequal strides, relu',
    options: { ...options, stride_w: 3, fused_activation_function: 'RELU' },
    inputs: [image([2, 2, 4, 2], 127), weightsOf([1, 3, 2, 2]), biasOf(2)],
    output: { dtype: 'int8', shape: [2, 2, 2, 2], quantization: q(0.2, -20) },
    expected: [4, -20, -20, -20, -2, -20, 13, -20, 14, -20, -3, -20, 17, -20, -1, -20],
  },
] as const;

const control: NodeCase = {
  name: 'control',
  operator: 'depthwise_conv2d',
  attributes: { strides: [1, 1], dilations: [1, 1], padding: [0, 0, 0, 0], activation: 'none' },
  inputs: [image([1, 5, 6, 4], -3), weightsOf([1, 3, 3, 4]), biasOf(4)],
  outputs: [{ dtype: 'int8', quantization: q(0.3, 5) }],
};
const [input, weights, bias] = control.inputs as [CaseTensor, CaseTensor, CaseTensor];
const withAttributes = (changes: NodeCase['attributes']): NodeCase => ({
  ...control,
  attributes: { ...control.attributes, ...changes },
});
const kernelsOf = (nodeCase: NodeCase): readonly string[] => {
  const graph = graphOf(nodeCase);
  const view = viewOf(graph, graph.nodes[0]!);
  return operatorNamed('depthwise_conv2d')
    .kernels.filter((kernel) => kernel.accepts(view))
    .map((kernel) => kernel.name);
};

describe('depthwise_conv2d', () => {
  it.each(vectors)('equals TensorFlow Lite Micro: $name', (vector) => {
    const graph = importOne('tflite', 'DEPTHWISE_CONV_2D', vector.options, vector.inputs, [vector.output]);
    const [result] = evaluateGraph(graph, [valuesOf(vector.inputs[0], 1)], initialState(graph));
    expect(graph.nodes.map((node) => node.operator)).toEqual(['depthwise_conv2d']);
    expect(Array.from(result!, Number)).toEqual(vector.expected);
  });

  it.each([
    [{}, [1, 3, 4, 4]],
    [{ padding: [1, 1, 1, 1] }, [1, 5, 6, 4]],
    [{ padding: [1, 0, 2, 1] }, [1, 4, 7, 4]],
    [{ strides: [2, 1] }, [1, 2, 4, 4]],
    [{ dilations: [2, 2] }, [1, 1, 2, 4]],
  ])('infers the shape with %j', (changes, shape) => {
    const graph = graphOf(withAttributes(changes));
    expect(graph.tensors.get(graph.outputs[0]!)!.shape).toEqual(shape);
  });

  it.each(depthwiseConv2dCases)('accepts $name', (nodeCase) => {
    expect(violationsOf(nodeCase)).toEqual([]);
  });

  it.each<readonly [string, NodeCase, RegExp]>([
    ['images of rank 3', { ...control, inputs: [{ ...input, shape: [5, 6, 4] }, weights, bias] }, /rank 4/],
    ['computed weights', { ...control, inputs: [input, { ...weights, kind: 'computed' }, bias] }, /constants/],
    ['inputs of scale 0', { ...control, inputs: [{ ...input, quantization: q(0, 0) }, weights, bias] }, /one positive/],
    [
      'weights with several zero points',
      {
        ...control,
        inputs: [
          input,
          { ...weights, quantization: { scales: [1, 1, 1, 1], zeroPoints: [0, 1, 0, 0], axis: 3 } },
          bias,
        ],
      },
      /one zero point/,
    ],
    [
      'scales of another axis',
      { ...control, inputs: [input, { ...weights, quantization: qPerChannel([1, 1, 1, 1], 0) }, bias] },
      /axis 3/,
    ],
    ['too many biases', { ...control, inputs: [input, weights, { ...bias, shape: [5] }] }, /one bias/],
    ['outputs that channels do not divide', { ...control, inputs: [input, weightsOf([1, 3, 3, 6]), null] }, /multiple/],
    ['weights of several images', { ...control, inputs: [input, weightsOf([2, 3, 3, 4]), bias] }, /1, height/],
    ['stride 0', withAttributes({ strides: [0, 1] }), /strides/],
    ['negative padding', withAttributes({ padding: [0, -1, 0, 0] }), /padding/],
    ['windows larger than the image', withAttributes({ dilations: [3, 1] }), /fits/],
    ['uint8', { ...control, inputs: [{ ...input, dtype: 'uint8' }, weights, bias] }, /int8/],
  ])('refuses %s', (_, nodeCase, requires) => {
    expect(violationsOf(nodeCase).join('\n')).toMatch(requires);
  });
});

describe('kernels of depthwise_conv2d', () => {
  const dsp = 'depthwise_conv2d_s8__dsp';
  const dsp3x3 = 'depthwise_conv2d_3x3_s8__dsp';

  it('for Armv7E-M take 3x3 of strides 1 and 2, and any other window', () => {
    expect(kernelsOf(control)).toContain(dsp3x3);
    expect(kernelsOf(withAttributes({ strides: [2, 2] }))).toContain(dsp3x3);
    expect(kernelsOf(withAttributes({ strides: [2, 1] }))).not.toContain(dsp3x3);
    expect(kernelsOf(withAttributes({ dilations: [1, 2] }))).not.toContain(dsp3x3);
    expect(kernelsOf(withAttributes({ strides: [2, 1] }))).toContain(dsp);
  });

  it('for rows take an even number of channels, and at most one column of padding at each side', () => {
    const rows = 'depthwise_conv2d_3x3_rows_s8__dsp';
    const rowsOfStride2 = 'depthwise_conv2d_3x3_stride_2_rows_s8__dsp';
    const odd: NodeCase = { ...control, inputs: [image([1, 5, 6, 5], 0), weightsOf([1, 3, 3, 5]), null] };
    const quarter: NodeCase = { ...control, outputs: [{ dtype: 'int8', quantization: q(0.0007, 5) }] };
    expect(kernelsOf(control)).toContain(rows);
    expect(kernelsOf(control)).not.toContain(rowsOfStride2);
    expect(kernelsOf(withAttributes({ strides: [3, 1] }))).toContain(rows);
    expect(kernelsOf(withAttributes({ strides: [2, 2] }))).toContain(rowsOfStride2);
    expect(kernelsOf(withAttributes({ padding: [1, 1, 2, 1] }))).not.toContain(rows);
    expect(kernelsOf(withAttributes({ padding: [1, 1, 1, 2] }))).not.toContain(rows);
    expect(kernelsOf(odd)).not.toContain(rows);
    expect(kernelsOf(quarter)).not.toContain(rows);
  });

  it('for Armv7E-M need four channels, one output each, and multipliers that shift to the right', () => {
    const few: NodeCase = { ...control, inputs: [image([1, 5, 6, 3], 0), weightsOf([1, 3, 3, 3]), null] };
    const several: NodeCase = { ...control, inputs: [input, weightsOf([1, 3, 3, 8]), null] };
    const large: NodeCase = { ...control, outputs: [{ dtype: 'int8', quantization: q(0.0003, 5) }] };
    const overflowing: NodeCase = { ...control, inputs: [input, weights, { ...bias, range: [1.1e9, 1.1e9] }] };
    for (const nodeCase of [few, several, large, overflowing]) {
      expect(kernelsOf(nodeCase)).toEqual(['depthwise_conv2d_s8__portable']);
    }
  });
});

describe('DEPTHWISE_CONV_2D', () => {
  const result: CaseTensor = { dtype: 'int8', shape: [1, 5, 6, 4], quantization: q(0.3, 5) };
  const attempt = (changes: object, tensors = [input, weights, bias], output = result): Graph =>
    importOne('tflite', 'DEPTHWISE_CONV_2D', { ...options, ...changes }, tensors, [output]);

  it('has its padding resolved', () => {
    expect(attempt({}).nodes[0]!.attributes).toEqual({ ...control.attributes, padding: [1, 1, 1, 1] });
    const halved = attempt({ stride_h: 2, stride_w: 2 }, undefined, { ...result, shape: [1, 3, 3, 4] });
    expect(halved.nodes[0]!.attributes.padding).toEqual([1, 1, 0, 1]);
  });

  it('takes a multiplier of 0 as not given', () => {
    expect(attempt({ depth_multiplier: 0 }).nodes[0]!.operator).toBe('depthwise_conv2d');
  });

  it('on one channel is a convolution', () => {
    const perChannel = weightsOf([1, 3, 3, 4], [0.1, 0.2, 0.3, 0.4]);
    const graph = attempt({ depth_multiplier: 4 }, [image([1, 5, 6, 1], 0), perChannel, bias]);
    const node = graph.nodes[0]!;
    expect(node.operator).toBe('conv2d');
    expect(node.attributes.groups).toBe(1);
    expect(operand(viewOf(graph, node), 1).shape).toEqual([4, 3, 3, 1]);
    expect(operand(viewOf(graph, node), 1).quantization!.axis).toBe(0);
  });

  it('is refused by name where it makes no sense', () => {
    const names = (run: () => unknown) => diagnosticsOf(run).map((diagnostic) => diagnostic.name);
    expect(names(() => attempt({ depth_multiplier: 2 }))).toEqual(['unsupported-shape']);
    expect(names(() => attempt({}, [input, weightsOf([1, 3, 3, 6]), bias]))).toEqual(['unsupported-shape']);
    expect(names(() => attempt({}, [{ ...input, shape: [5, 6, 4] }, weights, bias]))).toEqual(['unsupported-shape']);
    expect(names(() => attempt({ padding: 'EXPLICIT' }))).toEqual(['unsupported-attribute']);
    expect(names(() => attempt({ stride_w: 0 }))).toEqual(['unsupported-attribute']);
    expect(names(() => attempt({ fused_activation_function: 'TANH' }))).toEqual(['unsupported-attribute']);
  });
});
