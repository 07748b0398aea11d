import { describe, expect, it } from 'vitest';
import type { Graph } from '../../compiler/ir/index.ts';
import { evaluateGraph, initialState } from '../../compiler/ops/evaluate-graph.ts';
import { diagnosticsOf } from '../frontends/diagnostics-of.ts';
import { resultOf, violationsOf } from '../support/check-case.ts';
import { importOne } from '../support/import-one.ts';
import { type CaseTensor, graphOf, type NodeCase, q, valuesOf } from '../support/node-case.ts';
import { meanCases } from './mean.cases.ts';

const image = (shape: readonly number[]): CaseTensor => ({ dtype: 'int8', shape, quantization: q(0.05, -3) });
const axesOf = (...values: number[]): CaseTensor => ({
  dtype: 'int32',
  shape: [values.length],
  kind: 'constant',
  values,
});
const result = (shape: readonly number[], scale: number, zeroPoint: number): CaseTensor => ({
  dtype: 'int8',
  shape,
  quantization: q(scale, zeroPoint),
});

/** Expected elements: by TensorFlow Lite Micro's reference kernel (PyPI tflite-micro) from the same tensors. */
const vectors = [
  {
    name: 'height and width, kept',
    options: { keep_dims: true },
    inputs: [image([1, 4, 5, 6]), axesOf(1, 2)],
    output: result([1, 1, 1, 6], 0.02, 9),
    expected: [56, 1, 19, -27, -49, -17],
  },
  {
    name: 'height and width, counted from the end',
    options: { keep_dims: false },
    inputs: [image([2, 3, 3, 4]), axesOf(-2, 1)],
    output: result([2, 4], 0.02, -128),
    expected: [-91, -128, -128, -128, -123, -128, -128, -71],
  },
  {
    name: 'axes that are not neighbours',
    options: { keep_dims: false },
    inputs: [image([3, 4, 5]), axesOf(2, 0)],
    output: result([4], 0.01, 0),
    expected: [47, 9, 6, -103],
  },
  {
    name: 'equal quantization',
    options: { keep_dims: false },
    inputs: [image([3, 7]), axesOf(0)],
    output: result([7], 0.05, -3),
    expected: [-22, 68, -24, -19, -30, 19, -49],
  },
] as const;

function control(attributes: NodeCase['attributes'] = {}): NodeCase {
  return {
    name: 'control',
    operator: 'mean',
    attributes: { axes: [1, 2], keepDimensions: false, ...attributes },
    inputs: [image([2, 3, 4, 5])],
    outputs: [{ dtype: 'int8', quantization: q(0.02, 7) }],
  };
}

describe('mean', () => {
  it.each(vectors)('equals TensorFlow Lite Micro: $name', (vector) => {
    const graph = importOne('tflite', 'MEAN', vector.options, vector.inputs, [vector.output]);
    const [values] = evaluateGraph(graph, [valuesOf(vector.inputs[0], 1)], initialState(graph));
    expect(Array.from(values!, Number)).toEqual(vector.expected);
  });

  it('of floats', () => {
    const floats = (axes: readonly number[]): NodeCase => ({
      ...control({ axes }),
      inputs: [{ dtype: 'float32', shape: [2, 3], values: [1, 2, 6, 4, 4, 7] }],
      outputs: [{ dtype: 'float32' }],
    });
    expect(resultOf(floats([0]))).toEqual([2.5, 3, 6.5]);
    expect(resultOf(floats([1]))).toEqual([3, 5]);
    expect(resultOf(floats([0, 1]))).toEqual([4]);
  });

  it.each([
    [{}, [2, 5]],
    [{ keepDimensions: true }, [2, 1, 1, 5]],
    [{ axes: [0, 1, 2, 3] }, []],
    [{ axes: [3] }, [2, 3, 4]],
  ])('infers the shape with %j', (changes, shape) => {
    const graph = graphOf(control(changes));
    expect(graph.tensors.get(graph.outputs[0]!)!.shape).toEqual(shape);
  });

  it.each(meanCases)('accepts $name', (nodeCase) => {
    expect(violationsOf(nodeCase)).toEqual([]);
  });

  it.each<readonly [string, NodeCase, RegExp]>([
    ['scalars', { ...control(), inputs: [image([])] }, /rank 1/],
    ['rank 9', { ...control(), inputs: [image([1, 1, 1, 1, 1, 1, 1, 1, 1])] }, /rank 1 to 8/],
    ['no axes', control({ axes: [] }), /at least one axis/],
    ['axes beyond the rank', control({ axes: [4] }), /at least one axis/],
    ['axes out of order', control({ axes: [2, 1] }), /ascending/],
    ['axes given twice', control({ axes: [1, 1] }), /ascending/],
    ['no scale', { ...control(), inputs: [{ dtype: 'int8', shape: [2, 3, 4, 5] }] }, /one positive/],
    ['int16', { ...control(), inputs: [{ ...image([2, 3, 4, 5]), dtype: 'int16' }] }, /int8/],
  ])('refuses %s', (_, nodeCase, requires) => {
    expect(violationsOf(nodeCase).join('\n')).toMatch(requires);
  });
});

describe('means of a file', () => {
  const options = { keep_dims: false, mode: 'ReduceMean', reduce_to_end: false, coeff: 0 };
  const attempt = (changes: object, axes: readonly CaseTensor[], shape: readonly number[]): Graph =>
    importOne(
      'mslite',
      'ReduceFusion',
      { ...options, ...changes },
      [image([2, 3, 4]), ...axes],
      [result(shape, 0.05, 0)],
    );
  const axes = (graph: Graph) => graph.nodes[0]!.attributes.axes;

  it('have their axes counted from the front, in order', () => {
    expect(axes(attempt({}, [axesOf(-1, 0)], [3]))).toEqual([0, 2]);
    expect(axes(attempt({}, [axesOf(1, -2)], [2, 4]))).toEqual([1]);
    expect(axes(attempt({}, [{ ...axesOf(-1), shape: [] }], [2, 3]))).toEqual([2]);
  });

  it('of MindSpore Lite are over everything where no axes are given', () => {
    expect(axes(attempt({}, [], []))).toEqual([0, 1, 2]);
  });

  it('of MindSpore Lite can reach to the end', () => {
    expect(axes(attempt({ reduce_to_end: true }, [axesOf(1)], [2]))).toEqual([1, 2]);
    expect(axes(attempt({ reduce_to_end: true, coeff: 1 }, [axesOf(1)], [2]))).toEqual([1, 2]);
  });

  it('are refused by name where they are something else', () => {
    const names = (run: () => unknown) => diagnosticsOf(run).map((diagnostic) => diagnostic.name);
    expect(names(() => attempt({ mode: 'ReduceSum' }, [axesOf(1)], [2, 4]))).toEqual(['unsupported-attribute']);
    expect(names(() => attempt({ reduce_to_end: true, coeff: 2 }, [axesOf(1)], [2]))).toEqual([
      'unsupported-attribute',
    ]);
    expect(names(() => attempt({ reduce_to_end: true }, [axesOf(0, 1)], [4]))).toEqual(['unsupported-attribute']);
    expect(names(() => attempt({}, [axesOf(3)], [2, 4]))).toEqual(['unsupported-attribute']);
    expect(names(() => attempt({}, [{ dtype: 'int32', shape: [1] }], [2, 4]))).toEqual(['operand-not-constant']);
  });
});
