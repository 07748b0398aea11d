import { Builder } from 'flatbuffers';
import {
  elementTypeOf,
  type FieldSchema,
  type ScalarType,
  type Schema,
  scalarBytes,
  type TableInput,
  type TypeKind,
  typeKindOf,
  type UnionValue,
} from './schema.ts';

/** Kernels read constants in place: TensorFlow Lite wants them at multiples of 16. */
const byteVectorAlignment = 16;

interface AnyInput {
  readonly [field: string]: unknown;
}

/** A field to write: its value is a number or, for what is stored elsewhere, an offset. */
interface Slot {
  readonly slot: number;
  readonly type: ScalarType | 'offset';
  readonly value: number | boolean;
}

/**
 * Writes a file with this root table: the identifier of the schema, byte vectors aligned to 16, fields left out where
 * they have the value that their absence means. The same value gives the same bytes.
 */
export function writeRoot<const S extends Schema>(schema: S, value: TableInput<S, S['root']>): Uint8Array {
  const builder = new Builder(1 << 16);
  const root = writeTable(builder, schema, schema.root, value as AnyInput);
  builder.finish(root, schema.identifier);
  return builder.asUint8Array().slice();
}

/** Children first: FlatBuffers are built from the end, and a table refers to what is already there. */
function writeTable(builder: Builder, schema: Schema, name: string, value: AnyInput): number {
  const fields = Object.entries(schema.tables[name] ?? {});
  const unknown = Object.keys(value).find((field) => !Object.hasOwn(schema.tables[name] ?? {}, field));
  if (unknown !== undefined) {
    throw new Error(`table ${name} has no field ${unknown}`);
  }
  const slots = fields.flatMap(([field, fieldSchema]) =>
    value[field] === null || value[field] === undefined ? [] : slotsOf(builder, schema, fieldSchema, value[field]),
  );
  // Large fields first, so that no padding is needed between them.
  slots.sort((a, b) => slotBytes(b) - slotBytes(a) || a.slot - b.slot);
  builder.startObject(Math.max(0, ...fields.map(([, [slot]]) => slot + 1)));
  for (const slot of slots) {
    addScalar(builder, slot.type, slot.value);
    builder.slot(slot.slot);
  }
  return builder.endObject();
}

function slotBytes({ type }: Slot): number {
  return type === 'offset' ? 4 : scalarBytes[type];
}

function slotsOf(builder: Builder, schema: Schema, [slot, type, absent]: FieldSchema, value: unknown): Slot[] {
  const kind = typeKindOf(schema, type);
  switch (kind) {
    case 'scalar': {
      const scalar = value as number | boolean;
      return Number(scalar) === Number(absent ?? 0) ? [] : [{ slot, type: type as ScalarType, value: scalar }];
    }
    case 'enum': {
      const number = enumNumber(schema, type, value);
      const absentNumber = absent === undefined ? 0 : enumNumber(schema, type, absent);
      return number === absentNumber ? [] : [{ slot, type: schema.enums[type]?.type ?? 'int', value: number }];
    }
    case 'union': {
      const union = value as UnionValue;
      const member = schema.unions[type]?.[union.type];
      if (member === undefined) {
        throw new Error(`union ${type} has no member ${union.type}`);
      }
      return [
        { slot: slot - 1, type: 'ubyte', value: member },
        { slot, type: 'offset', value: writeTable(builder, schema, union.type, union.value) },
      ];
    }
    default:
      return [{ slot, type: 'offset', value: writeReferred(builder, schema, type, kind, value) }];
  }
}

function enumNumber(schema: Schema, enumName: string, member: unknown): number {
  const number = schema.enums[enumName]?.values[String(member)];
  if (number === undefined) {
    throw new Error(`enum ${enumName} has no member ${member}`);
  }
  return number;
}

function writeReferred(builder: Builder, schema: Schema, type: string, kind: TypeKind, value: unknown): number {
  switch (kind) {
    case 'string':
      return builder.createString(value as string);
    case 'table':
      return writeTable(builder, schema, type, value as AnyInput);
    default:
      return writeVector(builder, schema, elementTypeOf(type), value);
  }
}

function writeVector(builder: Builder, schema: Schema, type: string, value: unknown): number {
  if (type === 'ubyte') {
    const bytes = value as Uint8Array;
    builder.prep(4, bytes.length);
    builder.prep(byteVectorAlignment, bytes.length);
    return builder.createByteVector(bytes);
  }
  const elements = value as readonly unknown[];
  const kind = typeKindOf(schema, type);
  const isInline = kind === 'scalar' || kind === 'enum';
  const elementType =
    kind === 'enum' ? (schema.enums[type]?.type ?? 'int') : isInline ? (type as ScalarType) : 'offset';
  const numbers = elements.map((element) => {
    switch (kind) {
      case 'scalar':
        return element as number | boolean;
      case 'enum':
        return enumNumber(schema, type, element);
      default:
        return writeReferred(builder, schema, type, kind, element);
    }
  });
  const elementBytes = elementType === 'offset' ? 4 : scalarBytes[elementType];
  builder.startVector(elementBytes, numbers.length, elementBytes);
  for (const number of numbers.toReversed()) {
    addScalar(builder, elementType, number);
  }
  return builder.endVector();
}

function addScalar(builder: Builder, type: ScalarType | 'offset', value: number | boolean): void {
  const number = Number(value);
  switch (type) {
    case 'offset':
      builder.addOffset(number);
      break;
    case 'bool':
    case 'byte':
    case 'ubyte':
      builder.addInt8(number);
      break;
    case 'short':
    case 'ushort':
      builder.addInt16(number);
      break;
    case 'int':
    case 'uint':
      builder.addInt32(number);
      break;
    case 'long':
    case 'ulong':
      builder.addInt64(BigInt(number));
      break;
    case 'float':
      builder.addFloat32(number);
      break;
    case 'double':
      builder.addFloat64(number);
      break;
  }
}
