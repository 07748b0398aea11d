import {
  charge,
  fieldAt,
  follow,
  malformed,
  openSource,
  type Source,
  scalarAt,
  scalarFieldAt,
  stringAt,
  type TableLocation,
  tableAt,
  vectorAt,
} from './bytes.ts';
import {
  type AnyTable,
  elementTypeOf,
  enumMember,
  type FieldSchema,
  type ScalarType,
  type Schema,
  scalarBytes,
  type TableValue,
  type TypeKind,
  typeKindOf,
  type UnionValue,
  unnamedMember,
} from './schema.ts';

/** Schemas nest a few levels; a deeper file follows a cycle. */
const maximumDepth = 16;

/** A field of a table, its type looked up once. */
interface FieldPlan {
  readonly name: string;
  readonly what: string;
  readonly slot: number;
  readonly type: string;
  readonly kind: TypeKind;
  readonly absent: FieldSchema[2];
}

interface Reading {
  readonly source: Source;
  /** Plans of the tables met so far. */
  readonly plans: Map<string, readonly FieldPlan[]>;
  /** Members of the enums and unions met so far, by number. */
  readonly members: Map<string, ReadonlyMap<number, string>>;
}

/**
 * Reads a whole file as plain values, every field of every table that the root leads to. Byte vectors are views of
 * `bytes`. The identifier is not looked at.
 *
 * @throws DiagnosticError `malformed-file` for anything that lies outside of the file or contradicts the format, also
 *   if the file describes far more data than it holds; `too-large` for files that no microcontroller needs.
 */
export function readRoot<const S extends Schema>(
  schema: S,
  bytes: Uint8Array,
  fileName: string,
): TableValue<S, S['root']> {
  const reading: Reading = { source: openSource(schema, bytes, fileName), plans: new Map(), members: new Map() };
  const position = follow(reading.source, 0, 'root');
  return readTable(reading, schema.root, position, 0) as TableValue<S, S['root']>;
}

function readTable(reading: Reading, name: string, position: number, depth: number): AnyTable {
  const { source } = reading;
  if (depth > maximumDepth) {
    malformed(source, `${name}: tables nested more than ${maximumDepth} deep`);
  }
  const plan = planOf(reading, name);
  charge(source, 4 * plan.length);
  const table = tableAt(source, position, name);
  const value: Record<string, unknown> = {};
  for (const field of plan) {
    value[field.name] = readField(reading, table, field, depth);
  }
  return value;
}

/** What reading table `name` gives where no field of it is present. */
export function absentTable(schema: Schema, name: string): AnyTable {
  return Object.fromEntries(planTable(schema, name).map((field) => [field.name, absentValue(schema, field)]));
}

function absentValue(schema: Schema, field: FieldPlan): unknown {
  switch (field.kind) {
    case 'scalar':
      return field.absent ?? (field.type === 'bool' ? false : 0);
    case 'enum':
      return field.absent ?? enumMember(schema, field.type, 0);
    default:
      return null;
  }
}

function planOf({ source, plans }: Reading, name: string): readonly FieldPlan[] {
  const known = plans.get(name);
  if (known !== undefined) {
    return known;
  }
  const plan = planTable(source.schema, name);
  plans.set(name, plan);
  return plan;
}

function planTable(schema: Schema, name: string): readonly FieldPlan[] {
  return Object.entries(schema.tables[name] ?? {}).map(([field, [slot, type, absent]]) => ({
    name: field,
    what: `${name}.${field}`,
    slot,
    type,
    kind: typeKindOf(schema, type),
    absent: type === 'float' && typeof absent === 'number' ? Math.fround(absent) : absent,
  }));
}

function readField(reading: Reading, table: TableLocation, field: FieldPlan, depth: number): unknown {
  const { source } = reading;
  switch (field.kind) {
    case 'scalar': {
      const type = field.type as ScalarType;
      const position = scalarFieldAt(source, table, field.slot, type, field.what);
      return position === null ? absentValue(source.schema, field) : scalarAt(source, type, position, field.what);
    }
    case 'enum': {
      const type = enumType(source.schema, field.type);
      const position = scalarFieldAt(source, table, field.slot, type, field.what);
      return position === null
        ? absentValue(source.schema, field)
        : memberOf(reading, field.type, Number(scalarAt(source, type, position, field.what)));
    }
    case 'union':
      return readUnion(reading, table, field, depth);
    default: {
      const position = fieldAt(source, table, field.slot, 4, field.what);
      return position === null
        ? null
        : readReferred(reading, field.type, field.kind, follow(source, position, field.what), field.what, depth);
    }
  }
}

/** As `enumMember`, for the many of a file. */
function memberOf(reading: Reading, enumName: string, value: number): string {
  const values = reading.source.schema.enums[enumName]?.values ?? {};
  return membersOf(reading, enumName, values).get(value) ?? unnamedMember(enumName, value);
}

function membersOf(
  { members }: Reading,
  name: string,
  values: { readonly [member: string]: number },
): ReadonlyMap<number, string> {
  const known = members.get(name);
  if (known !== undefined) {
    return known;
  }
  const byNumber = new Map(Object.entries(values).map(([member, value]) => [value, member]));
  members.set(name, byNumber);
  return byNumber;
}

function enumType(schema: Schema, name: string): ScalarType {
  return schema.enums[name]?.type ?? 'int';
}

function readReferred(
  reading: Reading,
  type: string,
  kind: TypeKind,
  position: number,
  what: string,
  depth: number,
): unknown {
  switch (kind) {
    case 'string':
      return stringAt(reading.source, position, what);
    case 'table':
      return readTable(reading, type, position, depth + 1);
    default:
      return readVector(reading, elementTypeOf(type), position, what, depth);
  }
}

function readVector(reading: Reading, type: string, position: number, what: string, depth: number): unknown {
  const { source } = reading;
  const kind = typeKindOf(source.schema, type);
  if (type === 'ubyte') {
    const { start, count } = vectorAt(source, position, 1, what);
    return source.bytes.subarray(start, start + count);
  }
  if (kind === 'scalar' || kind === 'enum') {
    const scalar = kind === 'enum' ? enumType(source.schema, type) : (type as ScalarType);
    const stride = scalarBytes[scalar];
    const { start, count } = vectorAt(source, position, stride, what);
    charge(source, count * stride);
    return Array.from({ length: count }, (_, i) => {
      const value = scalarAt(source, scalar, start + i * stride, what);
      return kind === 'enum' ? memberOf(reading, type, Number(value)) : value;
    });
  }
  const { start, count } = vectorAt(source, position, 4, what);
  charge(source, 4 * count);
  return Array.from({ length: count }, (_, i) => {
    const at = start + 4 * i;
    return source.view.getUint32(at, true) === 0 && kind === 'table'
      ? null
      : readReferred(reading, type, kind, follow(source, at, what), what, depth);
  });
}

function readUnion(reading: Reading, table: TableLocation, field: FieldPlan, depth: number): UnionValue | null {
  const { source } = reading;
  const typePosition = fieldAt(source, table, field.slot - 1, 1, field.what);
  const member = typePosition === null ? 0 : source.view.getUint8(typePosition);
  if (member === 0) {
    return null;
  }
  const type = membersOf(reading, field.type, source.schema.unions[field.type] ?? {}).get(member);
  const position = fieldAt(source, table, field.slot, 4, field.what);
  if (position === null) {
    malformed(source, `${field.what}: a union of type ${member} without a value`);
  }
  return type === undefined
    ? { type: `#${member}`, value: {} }
    : { type, value: readTable(reading, type, follow(source, position, field.what), depth + 1) };
}
