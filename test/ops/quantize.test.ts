import { describe, expect, it } from 'vitest';
import type { DType } from '../../compiler/ir/index.ts';
import { diagnosticsOf } from '../frontends/diagnostics-of.ts';
import { resultOf, violationsOf } from '../support/check-case.ts';
import { importOne } from '../support/import-one.ts';
import { type NodeCase, q, qPerChannel } from '../support/node-case.ts';
import { quantizeCases } from './quantize.cases.ts';

type Grid = ReturnType<typeof q>;

function conversion(from: DType, values: readonly number[], input: Grid | null, to: DType, output: Grid): NodeCase {
  return {
    name: `${from} to ${to}`,
    operator: 'quantize',
    attributes: {},
    inputs: [{ dtype: from, shape: [values.length], values, ...(input === null ? {} : { quantization: input }) }],
    outputs: [{ dtype: to, quantization: output }],
  };
}

const floats = [-9, -1.03, -0.25, -0.03, 0.03, 0.09, 0.15, 7];
const bytes = [-128, -100, -3, 0, 5, 64, 127, 33];

/** Computed by TensorFlow Lite Micro's reference kernels (PyPI tflite-micro) from the same tensors. */
const vectors: readonly (readonly [NodeCase, readonly number[]])[] = [
  [conversion('float32', floats, null, 'int8', q(0.06, -3)), [-128, -20, -7, -4, -2, -1, 0, 114]],
  [conversion('float32', floats, null, 'int16', q(0.0003, 0)), [-30000, -3433, -833, -100, 100, 300, 500, 23333]],
  [conversion('int8', bytes, q(0.05, -3), 'int8', q(0.06, 7)), [-97, -74, 7, 10, 14, 63, 115, 37]],
  [conversion('int8', bytes, q(0.05, -3), 'uint8', q(0.05, 125)), [0, 28, 125, 128, 133, 192, 255, 161]],
  [
    conversion(
      'int16',
      [-32768, -5000, -47, 0, 47, 48, 5000, 32767],
      q(0.0006249999860301614, 0),
      'int8',
      q(0.05920833349227905, -128),
    ),
    [-128, -128, -128, -128, -127, -127, -75, 127],
  ],
  [
    conversion(
      'int16',
      [-32768, -32767, -32766, -5, 0, 47, 5000, 32767],
      q(0.000015259021893143654, -32768),
      'int32',
      q(0.000030518509447574615, 0),
    ),
    [0, 1, 1, 16382, 16384, 16407, 18884, 32767],
  ],
];

describe('quantize', () => {
  it.each(vectors)('equals TensorFlow Lite Micro: $name', (nodeCase, expected) => {
    expect(resultOf(nodeCase)).toEqual(expected);
  });

  it('rounds halves away from zero, saturates, and takes not-a-number for the lowest', () => {
    const values = [0.5, -0.5, 1.5, -1.5, 0.49999997, 1e30, -1e30, Number.POSITIVE_INFINITY, Number.NaN];
    expect(resultOf(conversion('float32', values, null, 'int8', q(1, 0)))).toEqual([
      1, -1, 2, -2, 0, 127, -128, 127, -128,
    ]);
  });
});

describe('dequantize', () => {
  it('multiplies in float32', () => {
    const nodeCase: NodeCase = {
      name: 'dequantize',
      operator: 'dequantize',
      attributes: {},
      inputs: [{ dtype: 'int8', shape: [3], values: [-128, 3, 127], quantization: q(0.1, 3) }],
      outputs: [{ dtype: 'float32' }],
    };
    const scale = Math.fround(0.1);
    expect(resultOf(nodeCase)).toEqual([Math.fround(scale * -131), 0, Math.fround(scale * 124)]);
  });
});

describe('the definitions of quantize and dequantize', () => {
  it.each(quantizeCases)('accept $name', (nodeCase) => {
    expect(violationsOf(nodeCase)).toEqual([]);
  });

  it('refuse what they cannot compute', () => {
    const refused = (from: DType, input: Grid | null, to: DType, output: Grid) =>
      violationsOf(conversion(from, [1, 2], input, to, output))[0];
    expect(refused('uint8', q(1, 0), 'uint8', q(1, 0))).toMatch(/^unsupported-operand-type/);
    expect(refused('float32', null, 'int32', q(1, 0))).toMatch(/^unsupported-operand-type/);
    expect(refused('float32', null, 'int8', q(-1, 0))).toMatch(/^invalid-quantization/);
    expect(refused('float32', null, 'int8', q(1, 200))).toMatch(/^invalid-quantization/);
    expect(refused('float32', null, 'int8', qPerChannel([1, 2], 0))).toMatch(/^invalid-quantization/);
    expect(refused('int8', q(1, 0), 'int32', q(1, 5))).toBe(
      'invalid-quantization: int32 tensors have one positive scale and zero point 0',
    );
  });

  it('refuse grids on which an integer leaves 32 bits', () => {
    const toInt32 = (scale: number) => violationsOf(conversion('int8', [1], q(1, 0), 'int32', q(scale, 0)));
    expect(toInt32(2 ** -22)).toEqual([]);
    expect(toInt32(2 ** -23)).toEqual([
      'invalid-quantization: integers on the finer grid of the output stay below 2^31 before they are saturated',
    ]);
    const fromInt32 = (scale: number) => violationsOf(conversion('int32', [1], q(scale, 0), 'int8', q(1, 0)));
    expect(fromInt32(0.99)).toEqual([]);
    expect(fromInt32(1)).toHaveLength(1);
  });
});

describe('importing quantize and dequantize', () => {
  const float = { dtype: 'float32', shape: [4] } as const;
  const int8 = { dtype: 'int8', shape: [4], quantization: q(0.1, 3) } as const;
  const types = { axis: 0 };

  it('reads TensorFlow Lite QUANTIZE and DEQUANTIZE', () => {
    expect(importOne('tflite', 'QUANTIZE', {}, [float], [int8]).nodes[0]?.operator).toBe('quantize');
    expect(importOne('tflite', 'QUANTIZE', {}, [int8], [int8]).nodes[0]?.operator).toBe('quantize');
    expect(importOne('tflite', 'DEQUANTIZE', {}, [int8], [float]).nodes[0]?.operator).toBe('dequantize');
  });

  it('reads MindSpore Lite QuantDTypeCast in both directions', () => {
    const read = (
      src_t: number,
      dst_t: number,
      input: typeof float | typeof int8,
      output: typeof float | typeof int8,
    ) => importOne('mslite', 'QuantDTypeCast', { ...types, src_t, dst_t }, [input], [output]).nodes[0]?.operator;
    expect(read(43, 32, float, int8)).toBe('quantize');
    expect(read(32, 43, int8, float)).toBe('dequantize');
    expect(read(32, 32, int8, int8)).toBe('quantize');
  });

  it('refuses a QuantDTypeCast whose types are not those of its tensors', () => {
    const read = (src_t: number, dst_t: number) => () =>
      importOne('mslite', 'QuantDTypeCast', { ...types, src_t, dst_t }, [float], [int8]);
    expect(diagnosticsOf(read(32, 32))[0]?.name).toBe('unsupported-attribute');
    expect(diagnosticsOf(read(43, 37))[0]?.name).toBe('unsupported-attribute');
  });

  it('refuses a quantization without a scale', () => {
    const read = () => importOne('tflite', 'QUANTIZE', {}, [float], [{ dtype: 'int8', shape: [4] }]);
    expect(diagnosticsOf(read)[0]?.name).toBe('invalid-quantization');
  });

  it.each(['CAST', 'Cast'])('reads %s where the type stays, and refuses it where it changes', (kind) => {
    const format = kind === 'CAST' ? 'tflite' : 'mslite';
    expect(importOne(format, kind, {}, [float], [float]).nodes).toMatchObject([
      { operator: 'reshape', attributes: { shape: [4] } },
    ]);
    const read = () => importOne(format, kind, {}, [{ dtype: 'int32', shape: [4] }], [float]);
    expect(diagnosticsOf(read)).toMatchObject([
      { name: 'unsupported-operand-type', found: 'a cast from int32 to float32' },
    ]);
  });
});
