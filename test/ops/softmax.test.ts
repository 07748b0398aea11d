import { describe, expect, it } from 'vitest';
import { type NodeView, viewOf } from '../../compiler/ir/index.ts';
import type { SoftmaxAttributes } from '../../compiler/ops/softmax/definition.ts';
import { exponentials } from '../../compiler/ops/softmax/exponentials.ts';
import { diagnosticsOf } from '../frontends/diagnostics-of.ts';
import { resultOf, violationsOf } from '../support/check-case.ts';
import { importOne } from '../support/import-one.ts';
import { graphOf, type NodeCase, q } from '../support/node-case.ts';
import { softmaxCases } from './softmax.cases.ts';

const values = [-128, -90, -60, -41, -30, -20, -10, -4, -3, -2, 5, 17, 40, 63, 99, 127];

const toInt8: NodeCase = {
  name: 'vector',
  operator: 'softmax',
  attributes: { beta: 1, axis: 1 },
  inputs: [{ dtype: 'int8', shape: [2, 8], quantization: q(0.14, 14), values }],
  outputs: [{ dtype: 'int8', quantization: q(1 / 256, -128) }],
};
const toInt16: NodeCase = { ...toInt8, outputs: [{ dtype: 'int16', quantization: q(1 / 65536, -32768) }] };

describe('int8 softmax', () => {
  /** Computed by TensorFlow Lite Micro's reference kernel (PyPI tflite-micro) from the same tensors. */
  it('equals TensorFlow Lite Micro', () => {
    expect(resultOf(toInt8)).toEqual([
      -128, -128, -128, -127, -124, -111, -58, 35, -128, -128, -128, -128, -128, -128, -123, 123,
    ]);
    expect(resultOf({ ...toInt8, attributes: { beta: 0.5, axis: 1 } })).toEqual([
      -128, -128, -126, -119, -110, -91, -53, -14, -128, -128, -128, -128, -127, -125, -97, 94,
    ]);
    expect(resultOf(toInt16)).toEqual([
      -32768, -32768, -32752, -32533, -31672, -28325, -14752, 8963, -32768, -32768, -32768, -32768, -32768, -32760,
      -31493, 31485,
    ]);
  });

  it('needs no more exponentials than there are distances that count', () => {
    const count = (scale: number) => {
      const [input] = toInt8.inputs;
      const graph = graphOf({ ...toInt8, inputs: [{ ...input!, quantization: q(scale, 0) }] });
      return exponentials(viewOf(graph, graph.nodes[0]!) as NodeView<SoftmaxAttributes>).length;
    };
    expect(count(0.01)).toBe(256);
    expect(count(0.25)).toBe(63);
    expect(count(20)).toBeLessThanOrEqual(2);
  });
});

describe('float softmax', () => {
  it('sums to 1 along its axis', () => {
    const result = resultOf({
      ...toInt8,
      attributes: { beta: 1, axis: 0 },
      inputs: [{ dtype: 'float32', shape: [2, 3], values: [0, 1, 1000, 0, 3, 1001] }],
      outputs: [{ dtype: 'float32' }],
    });
    const e = Math.exp(1);
    const expected = [1 / 2, 1 / (1 + e * e), 1 / (1 + e), 1 / 2, 1 / (1 + Math.exp(-2)), 1 / (1 + Math.exp(-1))];
    result.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 6);
    });
  });
});

describe('the definition of softmax', () => {
  it.each(softmaxCases)('accepts $name', (nodeCase) => {
    expect(violationsOf(nodeCase)).toEqual([]);
  });

  it('refuses what it cannot compute', () => {
    const [input] = toInt8.inputs;
    expect(violationsOf({ ...toInt8, attributes: { beta: 1, axis: 2 } })).toContain(
      "unsupported-attribute: the axis is one of the input's dimensions",
    );
    expect(violationsOf({ ...toInt8, attributes: { beta: 0, axis: 1 } })[0]).toBe(
      'unsupported-attribute: beta is positive and finite',
    );
    expect(violationsOf({ ...toInt8, outputs: [{ dtype: 'int8', quantization: q(1 / 255, -128) }] })).toEqual([
      'invalid-quantization: an int8 result has scale 1/256 and zero point -128',
    ]);
    expect(violationsOf({ ...toInt16, outputs: [{ dtype: 'int16', quantization: q(1 / 65536, 0) }] })).toEqual([
      'invalid-quantization: an int16 result has scale 1/65536 and zero point -32768',
    ]);
    const wide = { dtype: 'int8', shape: [1, 4096], quantization: q(0.1, 0) } as const;
    expect(violationsOf({ ...toInt8, inputs: [wide] })[0]).toMatch(/^unsupported-shape: less than 4096/);
    expect(violationsOf({ ...toInt8, inputs: [{ ...wide, shape: [1, 4095] }] })).toEqual([]);
    expect(violationsOf({ ...toInt8, inputs: [{ ...input!, quantization: q(1e-9, 0) }] })).toEqual([
      "invalid-quantization: beta times an int8 input's scale is more than 2^-26",
    ]);
  });
});

describe('importing softmax', () => {
  const tensor = { dtype: 'float32', shape: [2, 3, 4] } as const;

  it('reads TensorFlow Lite SOFTMAX: the last axis', () => {
    expect(importOne('tflite', 'SOFTMAX', { beta: 0.5 }, [tensor], [tensor]).nodes).toMatchObject([
      { operator: 'softmax', attributes: { beta: 0.5, axis: 2 } },
    ]);
  });

  it.each([
    [[-1], 2],
    [[1], 1],
    [[-3], 0],
  ])('reads MindSpore Lite Softmax: axis %j', (axis, expected) => {
    expect(importOne('mslite', 'Softmax', { axis }, [tensor], [tensor]).nodes).toMatchObject([
      { operator: 'softmax', attributes: { beta: 1, axis: expected } },
    ]);
  });

  it('refuses several axes and axes out of range', () => {
    const names = (axis: number[]) =>
      diagnosticsOf(() => importOne('mslite', 'Softmax', { axis }, [tensor], [tensor])).map((d) => d.name);
    expect(names([0, 1])).toEqual(['unsupported-attribute']);
    expect(names([3])).toEqual(['unsupported-attribute']);
    expect(names([-4])).toEqual(['unsupported-attribute']);
  });
});
