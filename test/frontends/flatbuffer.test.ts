import fc from 'fast-check';
import { Builder } from 'flatbuffers';
import { describe, expect, test } from 'vitest';
import { readRoot, type Schema, writeRoot } from '../../compiler/frontends/flatbuffer/index.ts';
import { diagnosticsOf, firstFinding } from './diagnostics-of.ts';

const schema = {
  namespace: 'test',
  root: 'Tree',
  identifier: 'TEST',
  enums: { Colour: { type: 'byte', values: { RED: 0, GREEN: 1, DARK: -3 } } },
  unions: { Shape: { Circle: 1, Box: 2 } },
  tables: {
    Circle: { radius: [0, 'double', 1] },
    Box: { width: [0, 'short'], height: [1, 'ushort', 7] },
    Tree: {
      name: [0, 'string'],
      colour: [1, 'Colour', 'GREEN'],
      flag: [2, 'bool', true],
      small: [3, 'byte', -1],
      count: [4, 'uint'],
      big: [5, 'long', 5],
      size: [6, 'ulong'],
      ratio: [7, 'float', 0.1],
      shape: [9, 'Shape'],
      data: [10, '[ubyte]'],
      numbers: [11, '[int]'],
      longs: [12, '[long]'],
      colours: [13, '[Colour]'],
      names: [14, '[string]'],
      children: [15, '[Tree]'],
    },
  },
} as const satisfies Schema;

const read = (bytes: Uint8Array) => readRoot(schema, bytes, 'file');

const text = fc.string({ unit: 'grapheme' });
const colour = fc.constantFrom('RED', 'GREEN', 'DARK');
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const nullable = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null });
const number = (of: fc.Arbitrary<number>) => of.map((value) => value + 0);

const { tree } = fc.letrec((tie) => ({
  tree: fc.record({
    name: nullable(text),
    colour,
    flag: fc.boolean(),
    small: fc.integer({ min: -128, max: 127 }),
    count: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    big: fc.maxSafeInteger(),
    size: fc.maxSafeNat(),
    ratio: number(fc.float({ noNaN: true })),
    shape: nullable(
      fc.oneof(
        fc.record({ type: fc.constant('Circle'), value: fc.record({ radius: number(fc.double({ noNaN: true })) }) }),
        fc.record({
          type: fc.constant('Box'),
          value: fc.record({
            width: fc.integer({ min: -32768, max: 32767 }),
            height: fc.integer({ min: 0, max: 65535 }),
          }),
        }),
      ),
    ),
    data: nullable(fc.uint8Array()),
    numbers: nullable(fc.array(int32)),
    longs: nullable(fc.array(fc.maxSafeInteger())),
    colours: nullable(fc.array(colour)),
    names: nullable(fc.array(text)),
    children: nullable(fc.array(tie('tree') as fc.Arbitrary<never>, { maxLength: 3, depthIdentifier: 'tree' })),
  }),
}));

describe('reading what was written', () => {
  test('gives the same values', () => {
    fc.assert(
      fc.property(tree, (value) => {
        expect(read(writeRoot(schema, value))).toEqual(value);
      }),
      { seed: 1 },
    );
  });

  test('gives the defaults for an empty table', () => {
    expect(read(writeRoot(schema, {}))).toEqual({
      name: null,
      colour: 'GREEN',
      flag: true,
      small: -1,
      count: 0,
      big: 5,
      size: 0,
      ratio: Math.fround(0.1),
      shape: null,
      data: null,
      numbers: null,
      longs: null,
      colours: null,
      names: null,
      children: null,
    });
  });

  test('works at any alignment', () => {
    const bytes = writeRoot(schema, { name: 'x', big: 2 ** 40, longs: [1, -2] });
    const shifted = new Uint8Array(bytes.length + 3).subarray(3);
    shifted.set(bytes);
    expect(read(shifted)).toEqual(read(bytes));
  });

  test('gives views of the file for bytes', () => {
    const bytes = writeRoot(schema, { data: Uint8Array.of(1, 2, 3) });
    expect(read(bytes).data?.buffer).toBe(bytes.buffer);
  });
});

describe('writing', () => {
  test('is deterministic, carries the identifier and aligns bytes to 16', () => {
    fc.assert(
      fc.property(tree, fc.uint8Array(), (value, data) => {
        const bytes = writeRoot(schema, { ...value, data });
        expect(writeRoot(schema, { ...value, data })).toEqual(bytes);
        expect(String.fromCharCode(...bytes.subarray(4, 8))).toBe('TEST');
        expect(read(bytes).data?.byteOffset).toSatisfy((offset: number) => offset % 16 === 0);
      }),
      { seed: 2 },
    );
  });

  test('refuses fields, enum and union members that the schema does not have', () => {
    expect(() => writeRoot(schema, { weight: 1 } as never)).toThrow('table Tree has no field weight');
    expect(() => writeRoot(schema, { colour: 'BLUE' })).toThrow('enum Colour has no member BLUE');
    expect(() => writeRoot(schema, { shape: { type: 'Line', value: {} } })).toThrow('union Shape has no member Line');
  });
});

describe('numbers that the schema does not name', () => {
  test('of an enum are told by number', () => {
    const wider = { ...schema, enums: { Colour: { type: 'byte', values: { RED: 0, GREEN: 1, BLUE: 9 } } } } as const;
    expect(read(writeRoot(wider, { colour: 'BLUE' })).colour).toBe('Colour(9)');
  });

  test('of a union are told by number, without a value', () => {
    const wider = {
      ...schema,
      unions: { Shape: { Tree: 200 } },
    } as const;
    const bytes = writeRoot(wider, { shape: { type: 'Tree', value: {} } });
    expect(read(bytes).shape).toEqual({ type: '#200', value: {} });
  });
});

/** A file whose root table is made by `build`, which returns the offset of the table. */
function crafted(build: (builder: Builder) => number): Uint8Array {
  const builder = new Builder(1024);
  builder.finish(build(builder), 'TEST');
  return builder.asUint8Array().slice();
}

function tableWith(builder: Builder, slot: number, offset: number): number {
  builder.startObject(16);
  builder.addFieldOffset(slot, offset, 0);
  return builder.endObject();
}

function vectorOf(builder: Builder, offset: number, count: number): number {
  builder.startVector(4, count, 4);
  for (let i = 0; i < count; i += 1) {
    builder.addOffset(offset);
  }
  return builder.endVector();
}

describe('hostile files', () => {
  test('a vector longer than the file', () => {
    const bytes = writeRoot(schema, { numbers: [1, 2, 3] });
    const view = new DataView(bytes.buffer);
    const position = bytes.findIndex((_, i) => i % 4 === 0 && i + 16 <= bytes.length && view.getInt32(i, true) === 3);
    for (const count of [4, 0x7fffffff, 0xffffffff]) {
      view.setUint32(position, count, true);
      expect(firstFinding(() => read(bytes))).toContain(`Tree.numbers, ${count} elements`);
    }
  });

  test.each([
    ['no bytes', []],
    ['half an offset', [8, 0]],
    ['an offset of 0', [0, 0, 0, 0, 0, 0, 0, 0]],
    ['an offset behind the end', [255, 255, 255, 255, 0, 0, 0, 0]],
    ['a vtable behind the end', [4, 0, 0, 0, 0, 0, 0, 0x80]],
    ['a vtable before the start', [4, 0, 0, 0, 100, 0, 0, 0]],
    ['an odd vtable', [8, 0, 0, 0, 5, 0, 4, 0, 4, 0, 0, 0, 0]],
    ['a vtable without a header', [8, 0, 0, 0, 2, 0, 4, 0, 4, 0, 0, 0]],
    ['a table without its vtable offset', [8, 0, 0, 0, 4, 0, 2, 0, 4, 0, 0, 0]],
    ['a field outside of its table', [12, 0, 0, 0, 6, 0, 4, 0, 4, 0, 0, 0, 8, 0, 0, 0]],
    ['a field over its vtable offset', [12, 0, 0, 0, 6, 0, 8, 0, 1, 0, 0, 0, 8, 0, 0, 0, 1, 0, 0, 0]],
  ])('%s', (_, bytes) => {
    expect(diagnosticsOf(() => read(Uint8Array.from(bytes))).map(({ name }) => name)).toEqual(['malformed-file']);
  });

  test('a union with a type and no value', () => {
    const bytes = crafted((builder) => {
      builder.startObject(16);
      builder.addFieldInt8(8, 1, 0);
      return builder.endObject();
    });
    expect(firstFinding(() => read(bytes))).toContain('Tree.shape: a union of type 1 without a value');
  });

  test('64-bit integers that numbers cannot hold', () => {
    const bytes = crafted((builder) => {
      builder.startObject(16);
      builder.addFieldInt64(5, 2n ** 53n, 0n);
      return builder.endObject();
    });
    expect(firstFinding(() => read(bytes))).toContain('Tree.big: a 64-bit integer');
  });

  test('tables nested without end', () => {
    const bytes = crafted((builder) => {
      let table = tableWith(builder, 0, builder.createString('leaf'));
      for (let i = 0; i < 20_000; i += 1) {
        table = tableWith(builder, 15, vectorOf(builder, table, 1));
      }
      return table;
    });
    expect(firstFinding(() => read(bytes))).toContain('nested more than 16 deep');
  });

  test.each([
    ['strings', (builder: Builder) => vectorOf(builder, builder.createString('x'.repeat(10_000)), 10_000), 14],
    [
      'vectors',
      (builder: Builder) => {
        const numbers = vectorOf(builder, builder.createString('numbers'), 10_000);
        return vectorOf(builder, tableWith(builder, 11, numbers), 10_000);
      },
      15,
    ],
    [
      'tables of tables',
      (builder: Builder) => {
        let vector = vectorOf(builder, tableWith(builder, 0, builder.createString('leaf')), 30);
        for (let i = 0; i < 10; i += 1) {
          vector = vectorOf(builder, tableWith(builder, 15, vector), 30);
        }
        return vector;
      },
      15,
    ],
  ] as const)('%s that are referred to over and over', (_, build, slot) => {
    const bytes = crafted((builder) => tableWith(builder, slot, build(builder)));
    const start = performance.now();
    expect(firstFinding(() => read(bytes))).toContain('over and over');
    expect(performance.now() - start).toBeLessThan(2000);
  });

  test('more tables than any model has', () => {
    const bytes = crafted((builder) => {
      const leaf = tableWith(builder, 0, builder.createString('leaf'));
      return tableWith(builder, 15, vectorOf(builder, leaf, 1_500_000));
    });
    const start = performance.now();
    expect(firstFinding(() => read(bytes))).toContain('too-large');
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
