/** Any operator of the schemas, with any options, survives writing and reading. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Schema } from '../../compiler/frontends/flatbuffer/index.ts';
import {
  type ImportedModel,
  type ImportedTensor,
  type OptionValue,
  readModel,
  writeMslite,
  writeTflite,
} from '../../compiler/frontends/index.ts';
import { msliteSchema } from '../../compiler/frontends/mslite/schema.generated.ts';
import { optionTableOf } from '../../compiler/frontends/tflite/option-tables.ts';
import { tfliteSchema } from '../../compiler/frontends/tflite/schema.generated.ts';
import { dtypes, elementCount, isQuantizedDType, sizeOfDType } from '../../compiler/ir/index.ts';
import { tensor } from './sample-models.ts';

const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const float32 = fc.float({ noNaN: true }).map((value) => value + 0);

const scalars: { readonly [type: string]: fc.Arbitrary<OptionValue> } = {
  bool: fc.boolean(),
  byte: fc.integer({ min: -128, max: 127 }),
  int: int32,
  uint: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  long: fc.maxSafeInteger(),
  ulong: fc.maxSafeNat(),
  float: float32,
  double: fc.double({ noNaN: true }).map((value) => value + 0),
  string: fc.string(),
  Vec2D: fc.array(fc.tuple(int32, int32)).map((pairs) => pairs.flat()),
  '[int]': fc.array(int32),
  '[long]': fc.array(fc.maxSafeInteger()),
  '[float]': fc.array(float32),
};

/** Option tables of this name; fields of types that options do not have stay out. */
function optionsOf(schema: Schema, table: string): fc.Arbitrary<{ readonly [name: string]: OptionValue }> {
  const fields = Object.entries(schema.tables[table] ?? {}).flatMap(([field, [, type]]) => {
    const members = schema.enums[type];
    const values = members === undefined ? scalars[type] : fc.constantFrom(...Object.keys(members.values));
    return values === undefined ? [] : [[field, values] as const];
  });
  return fc.record(Object.fromEntries(fields));
}

const anyTensor: fc.Arbitrary<Omit<ImportedTensor, 'index' | 'name'>> = fc
  .record({
    dtype: fc.constantFrom(...dtypes),
    shape: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 }),
    isConstant: fc.boolean(),
    scales: fc.array(fc.float({ min: 2 ** -20, max: 8, noNaN: true }), { minLength: 4, maxLength: 4 }),
    zeroPoint: fc.integer({ min: -128, max: 127 }),
    mode: fc.constantFrom('none', 'tensor', 'channel'),
  })
  .map(({ dtype, shape, isConstant, scales, zeroPoint, mode }) => {
    const channels = shape[0] ?? 1;
    const count = mode === 'channel' ? channels : 1;
    return {
      dtype,
      shape,
      isVariable: false,
      data: isConstant ? new Uint8Array(elementCount(shape) * sizeOfDType(dtype)).fill(3) : null,
      quantization:
        mode === 'none' || !isQuantizedDType(dtype)
          ? null
          : {
              scales: scales.slice(0, count),
              zeroPoints: scales.slice(0, count).map(() => zeroPoint),
              axis: count === 1 ? null : 0,
            },
    };
  });

/** A model of one operator: random operands, one result. */
function modelOf(
  format: ImportedModel['format'],
  kind: string,
  options: fc.Arbitrary<{ readonly [name: string]: OptionValue }>,
): fc.Arbitrary<ImportedModel> {
  return fc.tuple(fc.array(anyTensor, { maxLength: 4 }), options).map(([operands, values]) => {
    const inputs = operands.map((operand, index) => ({ ...operand, index, name: `in${index}` }));
    return {
      format,
      name: 'random',
      producer: 'test 1.0',
      tensors: [...inputs, tensor({ index: inputs.length, name: 'out' })],
      operators: [
        {
          index: 0,
          name: 'out',
          kind,
          inputs: inputs.map(({ index }) => index),
          outputs: [inputs.length],
          options: values,
        },
      ],
      inputs: inputs.filter(({ data }) => data === null).map(({ index }) => index),
      outputs: [inputs.length],
    };
  });
}

function checkRoundTrip(models: fc.Arbitrary<ImportedModel>, write: (model: ImportedModel) => Uint8Array): void {
  fc.assert(
    fc.property(models, (model) => {
      expect(readModel(write(model), 'random')).toEqual(model);
    }),
    { seed: 3, numRuns: 5 },
  );
}

const refusedBuiltins = ['CUSTOM', 'IF', 'WHILE', 'CALL', 'CALL_ONCE', 'STABLEHLO_COMPOSITE'];

describe('every operator, with any options, reads as it was written', () => {
  test('TensorFlow Lite', () => {
    const kinds = Object.keys(tfliteSchema.enums.BuiltinOperator.values).filter((kind) => {
      const fields = Object.keys((tfliteSchema as Schema).tables[optionTableOf(kind) ?? ''] ?? {});
      return !refusedBuiltins.includes(kind) && !fields.some((field) => field.includes('subgraph'));
    });
    expect(kinds.length).toBeGreaterThan(190);
    for (const kind of kinds) {
      const table = optionTableOf(kind);
      const options = table === null ? fc.constant({}) : optionsOf(tfliteSchema, table);
      checkRoundTrip(modelOf('tflite', kind, options), writeTflite);
    }
  });

  test('MindSpore Lite', () => {
    const kinds = Object.keys(msliteSchema.unions.PrimitiveType).filter(
      (kind) =>
        !/Grad|Backprop|^(Adam|AdamWeightDecay|ApplyMomentum|SGD|PartialFusion|Switch|SwitchLayer|Call|Custom)$/.test(
          kind,
        ),
    );
    expect(kinds.length).toBeGreaterThan(170);
    for (const kind of kinds) {
      checkRoundTrip(modelOf('mslite', kind, optionsOf(msliteSchema, kind)), writeMslite);
    }
  });
});

test('every option table of TensorFlow Lite belongs to an operator', () => {
  const tables = new Set(Object.keys(tfliteSchema.enums.BuiltinOperator.values).map(optionTableOf));
  const orphans = Object.keys(tfliteSchema.unions.BuiltinOptions).filter((table) => !tables.has(table));
  expect(orphans).toEqual([]);
});
