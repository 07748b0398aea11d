import { describe, expect, it } from 'vitest';
import { elementsFromBytes, type Graph, viewOf } from '../../compiler/ir/index.ts';
import { evaluateGraph, initialState } from '../../compiler/ops/evaluate-graph.ts';
import { operatorNamed } from '../../compiler/ops/index.ts';
import { samePadding } from '../../compiler/ops/padding.ts';
import { diagnosticsOf } from '../frontends/diagnostics-of.ts';
import { violationsOf } from '../support/check-case.ts';
import { importOne } from '../support/import-one.ts';
import { type CaseTensor, graphOf, type NodeCase, q, qPerChannel, valuesOf } from '../support/node-case.ts';
import { conv2dCases } from './conv2d.cases.ts';
import { convolutionVectors } from './conv2d.vectors.ts';

const control: NodeCase = {
  name: 'control',
  operator: 'conv2d',
  attributes: { strides: [1, 1], dilations: [1, 1], padding: [0, 0, 0, 0], groups: 1, activation: 'none' },
  inputs: [
    { dtype: 'int8', shape: [1, 5, 6, 4], quantization: q(0.05, -3) },
    { dtype: 'int8', shape: [2, 3, 3, 4], kind: 'constant', quantization: q(0.004, 0) },
    { dtype: 'int32', shape: [2], kind: 'constant' },
  ],
  outputs: [{ dtype: 'int8', quantization: q(0.3, 5) }],
};
const [input, weights, bias] = control.inputs as [CaseTensor, CaseTensor, CaseTensor];

function withAttributes(changes: NodeCase['attributes']): NodeCase {
  return { ...control, attributes: { ...control.attributes, ...changes } };
}

function outputShape(nodeCase: NodeCase): readonly number[] {
  const graph = graphOf(nodeCase);
  return graph.tensors.get(graph.outputs[0]!)!.shape;
}

describe('conv2d', () => {
  it.each(convolutionVectors)('equals TensorFlow Lite Micro: $name', (vector) => {
    const graph = importOne('tflite', vector.kind, vector.options, vector.inputs, [vector.output]);
    const [result] = evaluateGraph(graph, [valuesOf(vector.inputs[0]!, 1)], initialState(graph));
    expect(graph.nodes.map((node) => node.operator)).toEqual(['conv2d']);
    expect(Array.from(result!, Number)).toEqual(vector.expected);
  });

  it.each([
    [{}, [1, 3, 4, 2]],
    [{ padding: [1, 1, 1, 1] }, [1, 5, 6, 2]],
    [{ padding: [1, 0, 2, 1] }, [1, 4, 7, 2]],
    [{ strides: [2, 1] }, [1, 2, 4, 2]],
    [{ strides: [1, 3] }, [1, 3, 2, 2]],
    [{ dilations: [2, 2] }, [1, 1, 2, 2]],
  ])('infers the shape with %j', (changes, shape) => {
    expect(outputShape(withAttributes(changes))).toEqual(shape);
  });

  it.each(conv2dCases)('accepts $name', (nodeCase) => {
    expect(violationsOf(nodeCase)).toEqual([]);
  });

  it.each<readonly [string, NodeCase, RegExp]>([
    ['images of rank 3', { ...control, inputs: [{ ...input, shape: [5, 6, 4] }, weights, bias] }, /rank 4/],
    ['computed weights', { ...control, inputs: [input, { ...weights, kind: 'computed' }, bias] }, /constants/],
    [
      'inputs without scale',
      { ...control, inputs: [{ ...input, quantization: q(0, 0) }, weights, bias] },
      /one positive/,
    ],
    [
      'weights with several zero points',
      {
        ...control,
        inputs: [input, { ...weights, quantization: { scales: [1, 1], zeroPoints: [0, 1], axis: 0 } }, bias],
      },
      /one zero point/,
    ],
    [
      'scales of another axis',
      { ...control, inputs: [input, { ...weights, quantization: qPerChannel([1, 1], 3) }, bias] },
      /axis 0/,
    ],
    ['too many biases', { ...control, inputs: [input, weights, { ...bias, shape: [3] }] }, /one bias/],
    ['stride 0', withAttributes({ strides: [0, 1] }), /strides/],
    ['dilation 0', withAttributes({ dilations: [1, 0] }), /dilations/],
    ['negative padding', withAttributes({ padding: [0, -1, 0, 0] }), /padding/],
    ['groups that do not divide', withAttributes({ groups: 3 }), /groups/],
    ['windows larger than the image', withAttributes({ dilations: [3, 1] }), /fits/],
    ['uint8', { ...control, inputs: [{ ...input, dtype: 'uint8' }, weights, bias] }, /int8/],
  ])('refuses %s', (_, nodeCase, requires) => {
    expect(violationsOf(nodeCase).join('\n')).toMatch(requires);
  });
});

describe('SAME padding', () => {
  it.each([
    [
      [5, 3, 1, 1],
      [1, 1],
    ],
    [
      [6, 3, 2, 1],
      [0, 1],
    ],
    [
      [5, 3, 2, 1],
      [1, 1],
    ],
    [
      [49, 10, 2, 1],
      [4, 5],
    ],
    [
      [7, 3, 1, 3],
      [3, 3],
    ],
    [
      [4, 1, 2, 1],
      [0, 0],
    ],
  ] as const)('of input, kernel, stride, dilation %j is %j', (geometry, padding) => {
    const [size, kernel, stride, dilation] = geometry;
    expect(samePadding(size, kernel, stride, dilation)).toEqual(padding);
  });
});

describe('convolutions of a file', () => {
  const fusion = {
    format: 'NHWC',
    kernel_size: [3, 3],
    stride: [1, 1],
    dilation: [1, 1],
    pad_mode: 'PAD',
    pad_list: [1, 0, 2, 1],
    group: 1,
    in_channel: 4,
    out_channel: 2,
    activation_type: 'RELU6',
  };
  const result: CaseTensor = { dtype: 'int8', shape: [1, 4, 7, 2], quantization: q(0.3, 5) };
  const perChannel: CaseTensor = { ...weights, quantization: qPerChannel([0.1, 0.2], 0) };
  const nodeOf = (graph: Graph) => graph.nodes[0]!;
  const attempt = (options: object, tensors: readonly CaseTensor[] = [input, weights, bias], output = result) => {
    return importOne('mslite', 'Conv2DFusion', { ...fusion, ...options }, tensors, [output]);
  };

  it('of MindSpore Lite have their pads in a list, or by name', () => {
    expect(nodeOf(attempt({})).attributes).toEqual({
      strides: [1, 1],
      dilations: [1, 1],
      padding: [1, 0, 2, 1],
      groups: 1,
      activation: 'relu6',
    });
    const same = attempt({ pad_mode: 'SAME', stride: [2, 2], pad_list: [0, 0, 0, 0] }, undefined, {
      ...result,
      shape: [1, 3, 3, 2],
    });
    expect(nodeOf(same).attributes.padding).toEqual([1, 1, 0, 1]);
    const valid = attempt({ pad_mode: 'VALID' }, undefined, { ...result, shape: [1, 3, 4, 2] });
    expect(nodeOf(valid).attributes.padding).toEqual([0, 0, 0, 0]);
  });

  it('of MindSpore Lite become depthwise if every group has one channel, weights transposed', () => {
    const depthwise: CaseTensor = { ...perChannel, shape: [2, 3, 3, 1] };
    const graph = attempt({ group: 2, in_channel: 2 }, [{ ...input, shape: [1, 5, 6, 2] }, depthwise, bias]);
    const node = nodeOf(graph);
    const laidOut = viewOf(graph, node).inputs[1]!;
    const values = valuesOf(depthwise, 2) as Int8Array;
    expect(node.operator).toBe('depthwise_conv2d');
    expect(laidOut.shape).toEqual([1, 3, 3, 2]);
    expect(laidOut.quantization!.axis).toBe(3);
    expect(Array.from(elementsFromBytes(laidOut, laidOut.data!), Number)).toEqual(
      Array.from({ length: 18 }, (_, i) => values[(i % 2) * 9 + Math.floor(i / 2)]),
    );
  });

  it('of MindSpore Lite keep other groups', () => {
    const graph = attempt({ group: 2 }, [input, { ...weights, shape: [2, 3, 3, 2] }, bias]);
    expect(nodeOf(graph).operator).toBe('conv2d');
    expect(nodeOf(graph).attributes.groups).toBe(2);
  });

  it('of TensorFlow Lite have as many groups as their weights say', () => {
    const graph = importOne(
      'tflite',
      'CONV_2D',
      { padding: 'VALID', stride_h: 1, stride_w: 1 },
      [input, { ...weights, shape: [2, 3, 3, 2] }, bias],
      [{ ...result, shape: [1, 3, 4, 2] }],
    );
    expect(nodeOf(graph).attributes.groups).toBe(2);
  });

  it('are refused by name where they make no sense', () => {
    const names = (run: () => unknown) => diagnosticsOf(run).map((diagnostic) => diagnostic.name);
    expect(names(() => attempt({ format: 'NCHW' }))).toEqual(['unsupported-attribute']);
    expect(names(() => attempt({ pad_list: [1, 1] }))).toEqual(['unsupported-attribute']);
    expect(names(() => attempt({ stride: [1] }))).toEqual(['unsupported-attribute']);
    expect(names(() => attempt({ kernel_size: [5, 3] }))).toEqual(['unsupported-shape']);
    expect(names(() => attempt({ activation_type: 'SWISH' }))).toEqual(['unsupported-attribute']);
    expect(names(() => attempt({ group: 3 }))).toEqual(['unsupported-shape']);
  });
});

describe('the kernels for packed weights', () => {
  const accepted = (nodeCase: NodeCase) => {
    const graph = graphOf(nodeCase);
    return operatorNamed('conv2d')
      .kernels.filter((kernel) => kernel.isa === 'dsp' && kernel.accepts(viewOf(graph, graph.nodes[0]!)))
      .map((kernel) => kernel.name);
  };
  const withWeights = (changes: Partial<CaseTensor>): NodeCase => ({
    ...control,
    inputs: [input, { ...weights, range: [-127, 127], ...changes }, bias],
  });

  it('take what they compute exactly', () => {
    expect(accepted(withWeights({}))).toContain('conv2d_s8__dsp');
  });

  it('take channels that are always the same, whatever their sums', () => {
    const dead = { ...control, inputs: [input, weights, { ...bias, values: [1 << 29, -(1 << 29)] }] };
    expect(accepted(dead)).toContain('conv2d_s8__dsp');
  });

  it.each<readonly [string, NodeCase]>([
    ['weights with a zero point', withWeights({ quantization: q(0.004, 1) })],
    ['pairs of weights beyond 16 bits', withWeights({ range: [-128, -128] })],
    ['multipliers of 1/4 and more', { ...control, outputs: [{ dtype: 'int8', quantization: q(0.0002, 0) }] }],
    [
      'sums beyond 24 bits',
      {
        ...control,
        inputs: [input, { ...weights, range: [-127, 127] }, { ...bias, values: [0, 1 << 23] }],
        outputs: [{ dtype: 'int8', quantization: q(100, 5) }],
      },
    ],
  ])('leave %s to others', (_, nodeCase) => {
    expect(accepted(nodeCase)).not.toContain('conv2d_s8__dsp');
  });
});
