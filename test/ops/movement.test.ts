import { describe, expect, it } from 'vitest';
import type { ImportedOperator, ModelFormat } from '../../compiler/frontends/imported-model.ts';
import { diagnosticsOf } from '../frontends/diagnostics-of.ts';
import { violationsOf } from '../support/check-case.ts';
import { importOne } from '../support/import-one.ts';
import { type CaseTensor, q } from '../support/node-case.ts';
import { movementCases } from './movement.cases.ts';
import { reshapeCases } from './reshape.cases.ts';

const floats = (...shape: number[]): CaseTensor => ({ dtype: 'float32', shape });
const integers = (values: readonly number[], shape: readonly number[] = [values.length]): CaseTensor => ({
  dtype: 'int32',
  shape,
  kind: 'constant',
  values,
});

describe('operators that move elements', () => {
  it.each([...movementCases, ...reshapeCases])('accept $name', (nodeCase) => {
    expect(violationsOf(nodeCase)).toEqual([]);
  });

  const int8: CaseTensor = { dtype: 'int8', shape: [2, 3], quantization: q(0.5, 0) };
  const broken = (operator: string, attributes: Parameters<typeof violationsOf>[0]['attributes'], inputs = [int8]) =>
    violationsOf({
      name: 'broken',
      operator,
      attributes,
      inputs,
      outputs: [{ dtype: 'int8', quantization: q(0.5, 0) }],
    });
  const rescaled = (operator: string, attributes: Parameters<typeof violationsOf>[0]['attributes']) =>
    violationsOf({
      name: 'rescaled',
      operator,
      attributes,
      inputs: [int8],
      outputs: [{ dtype: 'int8', quantization: q(0.5, 1) }],
    });

  it.each<readonly [string, readonly string[], RegExp]>([
    ['a reshape to more elements', broken('reshape', { shape: [7] }), /same number of elements/],
    ['a permutation that names an axis twice', broken('transpose', { permutation: [0, 0] }), /^unsupported-attribute/],
    ['a negative border', broken('pad', { before: [-1, 0], after: [0, 0], value: 0 }), /counts of 0 or more/],
    [
      'a slice that leaves its input',
      broken('slice', { begin: [1, 1], size: [1, 3], strides: [1, 1] }),
      /^unsupported/,
    ],
    ['a slice with a step of 0', broken('slice', { begin: [0, 0], size: [1, 1], strides: [1, 0] }), /^unsupported/],
    ['a concat along no axis', broken('concat', { axis: 2 }), /^unsupported-attribute: the axis/],
    [
      'a concat of unlike shapes',
      broken('concat', { axis: 0 }, [int8, { ...int8, shape: [2, 4] }]),
      /^unsupported-shape: the inputs have equal shapes/,
    ],
    ['a reshape that changes the scale', rescaled('reshape', { shape: [6] }), /^invalid-quantization/],
    ['a transpose that changes the scale', rescaled('transpose', { permutation: [1, 0] }), /^invalid-quantization/],
    [
      'a pad that changes the scale',
      rescaled('pad', { before: [0, 0], after: [0, 0], value: 0 }),
      /^invalid-quantization/,
    ],
    [
      'a slice that changes the scale',
      rescaled('slice', { begin: [0, 0], size: [1, 1], strides: [1, 1] }),
      /^invalid-quantization/,
    ],
    ['a concat that changes the scale', rescaled('concat', { axis: 0 }), /^invalid-quantization/],
  ])('refuse %s', (_, violations, expected) => {
    expect(violations.some((violation) => expected.test(violation))).toBe(true);
  });

  const refused: readonly (readonly [
    string,
    ModelFormat,
    string,
    ImportedOperator['options'],
    readonly CaseTensor[],
  ])[] = [
    ['two unknown dimensions', 'tflite', 'RESHAPE', {}, [floats(2, 3), integers([-1, -1])]],
    ['a squeeze of a dimension of 2', 'tflite', 'SQUEEZE', { squeeze_dims: [0] }, [floats(2, 3)]],
    ['a computed permutation', 'tflite', 'TRANSPOSE', {}, [floats(2, 3), { dtype: 'int32', shape: [2] }]],
    ['an axis that is none', 'tflite', 'EXPAND_DIMS', {}, [floats(2, 3), integers([4])]],
    [
      'an activation on a concatenation',
      'tflite',
      'CONCATENATION',
      { axis: 0, fused_activation_function: 'RELU' },
      [floats(2), floats(2)],
    ],
    ['reflected borders', 'mslite', 'PadFusion', { padding_mode: 'REFLECT' }, [floats(3), integers([1, 1], [1, 2])]],
    ['parts that are not equal', 'mslite', 'Split', { output_num: 2, axis: 0 }, [floats(3)]],
    [
      'ends that are offsets',
      'tflite',
      'STRIDED_SLICE',
      { begin_mask: 0, end_mask: 0, ellipsis_mask: 0, new_axis_mask: 0, shrink_axis_mask: 0, offset: true },
      [floats(4), integers([0]), integers([2]), integers([1])],
    ],
  ];

  it.each(refused)('are refused: %s', (_, format, kind, options, inputs) => {
    const outputs = kind === 'Split' ? [floats(2), floats(1)] : [floats(1)];
    const found = diagnosticsOf(() => importOne(format, kind, options, inputs, outputs));
    expect(found[0]?.name).toMatch(/^(unsupported-|operand-not-constant)/);
  });
});
