import { describe, expect, it } from 'vitest';
import { diagnosticsOf } from '../frontends/diagnostics-of.ts';
import { resultOf, violationsOf } from '../support/check-case.ts';
import { importOne } from '../support/import-one.ts';
import { type NodeCase, q, qPerChannel } from '../support/node-case.ts';
import { reluCases } from './relu.cases.ts';

const values = [-128, -100, -3, 0, 5, 64, 127, 33];

function vector(activation: string, input: ReturnType<typeof q>, output: ReturnType<typeof q>): NodeCase {
  return {
    name: activation,
    operator: 'relu',
    attributes: { activation },
    inputs: [{ dtype: 'int8', shape: [8], quantization: input, values }],
    outputs: [{ dtype: 'int8', quantization: output }],
  };
}

describe('int8 relu', () => {
  /** Computed by TensorFlow Lite Micro's reference kernels (PyPI tflite-micro) from the same tensors. */
  it('equals TensorFlow Lite Micro', () => {
    expect(resultOf(vector('relu', q(0.37589699029922485, 41), q(0.12610235810279846, -128)))).toEqual([
      -128, -128, -128, -128, -128, -59, 127, -128,
    ]);
    expect(resultOf(vector('relu6', q(0.1, -20), q(0.1, -20)))).toEqual([-20, -20, -3, 0, 5, 40, 40, 33]);
  });

  it('cuts at the quantized bounds of [-1, 1]', () => {
    expect(resultOf(vector('relu_n1_to_1', q(0.1, -20), q(0.1, -20)))).toEqual([
      -30, -30, -10, -10, -10, -10, -10, -10,
    ]);
  });
});

describe('the definition of relu', () => {
  it.each(reluCases)('accepts $name', (nodeCase) => {
    expect(violationsOf(nodeCase)).toEqual([]);
  });

  it('refuses other types and scales per channel', () => {
    const control = vector('relu', q(0.1, 0), q(0.1, 0));
    expect(violationsOf({ ...control, outputs: [{ dtype: 'int16', quantization: q(0.1, 0) }] })[0]).toMatch(
      /^unsupported-operand-type/,
    );
    const perChannel = qPerChannel(
      values.map(() => 0.1),
      0,
    );
    expect(violationsOf({ ...control, outputs: [{ dtype: 'int8', quantization: perChannel }] })[0]).toMatch(
      /^invalid-quantization/,
    );
  });
});

describe('importing relu', () => {
  const tensor = { dtype: 'float32', shape: [2, 3] } as const;
  const options = { alpha: 0, min_val: 0, max_val: 0, approximate: false };

  it.each([
    ['RELU', 'relu'],
    ['RELU6', 'relu6'],
    ['RELU_N1_TO_1', 'relu_n1_to_1'],
  ])('reads TensorFlow Lite %s', (kind, activation) => {
    expect(importOne('tflite', kind, {}, [tensor], [tensor]).nodes).toMatchObject([
      { operator: 'relu', attributes: { activation } },
    ]);
  });

  it.each([
    ['RELU', 'relu', { activation: 'relu' }],
    ['RELU6', 'relu', { activation: 'relu6' }],
    ['RELU1', 'relu', { activation: 'relu_n1_to_1' }],
    ['SIGMOID', 'logistic', {}],
    ['TANH', 'tanh', {}],
  ])('reads MindSpore Lite Activation %s', (type, operator, attributes) => {
    const graph = importOne('mslite', 'Activation', { ...options, activation_type: type }, [tensor], [tensor]);
    expect(graph.nodes).toMatchObject([{ operator, attributes }]);
  });

  it('reads HARD_TANH where its bounds are those of an activation', () => {
    const read = (min_val: number, max_val: number) =>
      importOne('mslite', 'Activation', { activation_type: 'HARD_TANH', min_val, max_val }, [tensor], [tensor]);
    expect(read(-1, 1).nodes[0]?.attributes).toEqual({ activation: 'relu_n1_to_1' });
    expect(read(0, 6).nodes[0]?.attributes).toEqual({ activation: 'relu6' });
    expect(diagnosticsOf(() => read(-5, 5))[0]?.found).toBe('activation_type HARD_TANH with bounds -5 and 5');
  });

  it.each(['LEAKY_RELU', 'ELU', 'HSIGMOID', 'SOFTPLUS', 'NO_ACTIVATION', 'GELU'])('refuses %s by name', (type) => {
    const read = () => importOne('mslite', 'Activation', { ...options, activation_type: type }, [tensor], [tensor]);
    expect(diagnosticsOf(read)).toMatchObject([{ name: 'unsupported-attribute', found: `activation_type ${type}` }]);
  });
});
