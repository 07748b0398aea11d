/**
 * FlatBuffers schemas as data: one table of facts drives the reader, the writer and the TypeScript types of what
 * they read and write.
 */

/** TypeScript's view of every scalar type, and of strings. 64-bit integers are numbers, checked to be safe. */
export interface ScalarValues {
  readonly bool: boolean;
  readonly byte: number;
  readonly ubyte: number;
  readonly short: number;
  readonly ushort: number;
  readonly int: number;
  readonly uint: number;
  readonly long: number;
  readonly ulong: number;
  readonly float: number;
  readonly double: number;
}

export type ScalarType = keyof ScalarValues;

/** Bytes that a scalar takes inline. */
export const scalarBytes: Readonly<Record<ScalarType, number>> = {
  bool: 1,
  byte: 1,
  ubyte: 1,
  short: 2,
  ushort: 2,
  int: 4,
  uint: 4,
  long: 8,
  ulong: 8,
  float: 4,
  double: 8,
};

export interface EnumSchema {
  readonly type: ScalarType;
  readonly values: { readonly [member: string]: number };
}

/**
 * A field: its slot in the vtable, its type (a scalar, `string`, an enum, a table, a union, or a vector `[type]` of
 * these), and the value that its absence means where that is not 0, false or an enum's zero. A union's slot is that of
 * its value; the slot before it holds the type.
 */
export type FieldSchema = readonly [slot: number, type: string, absent?: number | boolean | string];

export interface TableSchema {
  readonly [field: string]: FieldSchema;
}

export interface Schema {
  readonly namespace: string;
  /** Name of the root table. */
  readonly root: string;
  /** Bytes 4 to 7 of every file. */
  readonly identifier: string;
  readonly enums: { readonly [name: string]: EnumSchema };
  /** Members by table name; 0 is always "none". */
  readonly unions: { readonly [name: string]: { readonly [table: string]: number } };
  readonly tables: { readonly [name: string]: TableSchema };
}

/** A table whose type is only known when it is read. */
export interface AnyTable {
  readonly [field: string]: unknown;
}

/** A union's value: the table's name, `#n` for a member n that the schema does not know (then without fields). */
export interface UnionValue {
  readonly type: string;
  readonly value: AnyTable;
}

/**
 * What reading table `N` of schema `S` gives. Scalars and enums have their default where absent; strings, vectors,
 * tables and unions are null. An enum is its member's name, or `Enum(n)` for a number that the schema does not name.
 */
export type TableValue<S extends Schema, N extends keyof S['tables']> = {
  readonly [F in keyof S['tables'][N]]: FieldValue<S, S['tables'][N][F][1]>;
};

type FieldValue<S extends Schema, T extends string> = T extends keyof ScalarValues
  ? ScalarValues[T]
  : T extends keyof S['enums']
    ? string
    : T extends '[ubyte]'
      ? Uint8Array | null
      : T extends `[${infer E}]`
        ? readonly ElementValue<S, E>[] | null
        : ElementValue<S, T> | null;

type ElementValue<S extends Schema, T extends string> = T extends keyof ScalarValues
  ? ScalarValues[T]
  : T extends 'string'
    ? string
    : T extends keyof S['enums']
      ? string
      : T extends keyof S['unions']
        ? UnionValue
        : T extends keyof S['tables']
          ? // A vector of tables may have holes: MindSpore Lite leaves some in quantParams.
            TableValue<S, T> | null
          : never;

/** What writing table `N` takes: like what reading gives, with every field optional. */
export type TableInput<S extends Schema, N extends keyof S['tables']> = {
  readonly [F in keyof S['tables'][N]]?: FieldInput<S, S['tables'][N][F][1]> | null | undefined;
};

type FieldInput<S extends Schema, T extends string> = T extends keyof ScalarValues
  ? ScalarValues[T]
  : T extends '[ubyte]'
    ? Uint8Array
    : T extends `[${infer E}]`
      ? readonly ElementInput<S, E>[]
      : ElementInput<S, T>;

type ElementInput<S extends Schema, T extends string> = T extends keyof ScalarValues
  ? ScalarValues[T]
  : T extends 'string'
    ? string
    : T extends keyof S['enums']
      ? string
      : T extends keyof S['unions']
        ? UnionValue
        : T extends keyof S['tables']
          ? TableInput<S, T>
          : never;

/** What a type name of a schema stands for. */
export type TypeKind = 'scalar' | 'string' | 'enum' | 'union' | 'table' | 'vector';

/** The kind of `type`; a name that the schema does not have is a bug in the schema. */
export function typeKindOf(schema: Schema, type: string): TypeKind {
  if (type.startsWith('[')) {
    return 'vector';
  }
  if (type === 'string') {
    return 'string';
  }
  if (Object.hasOwn(scalarBytes, type)) {
    return 'scalar';
  }
  for (const [kind, names] of [
    ['enum', schema.enums],
    ['union', schema.unions],
    ['table', schema.tables],
  ] as const) {
    if (Object.hasOwn(names, type)) {
      return kind;
    }
  }
  throw new Error(`schema ${schema.namespace} has no type ${type}`);
}

/** The type of the elements of a vector type: `int` of `[int]`. */
export function elementTypeOf(vectorType: string): string {
  return vectorType.slice(1, -1);
}

/** What stands for a number that the schema does not name. */
export function unnamedMember(enumName: string, value: number): string {
  return `${enumName}(${value})`;
}

/** Name of the member of `enumName` with this number, or `Enum(n)`. */
export function enumMember(schema: Schema, enumName: string, value: number): string {
  const values = schema.enums[enumName]?.values ?? {};
  return Object.keys(values).find((name) => values[name] === value) ?? unnamedMember(enumName, value);
}
