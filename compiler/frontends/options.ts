import { fail } from '../diagnostics/index.ts';
import type { AnyTable, Schema } from './flatbuffer/index.ts';
import type { ImportedOperator, OptionValue } from './imported-model.ts';

/**
 * An option table as plain values. Absent strings and vectors are left out, so are bytes and nested tables that are no
 * list of pairs; a `Vec2D` of pairs becomes a flat list.
 *
 * @throws DiagnosticError `malformed-file` for a number that is no member of its enum.
 */
export function optionsOf(
  schema: Schema,
  tableName: string,
  table: AnyTable,
  where: string,
): ImportedOperator['options'] {
  const options: Record<string, OptionValue> = {};
  for (const [field, [, type]] of Object.entries(schema.tables[tableName] ?? {})) {
    const members = schema.enums[type]?.values;
    const value = table[field];
    if (members !== undefined && typeof value === 'string' && !Object.hasOwn(members, value)) {
      fail('malformed-file', { where, found: `${field} is ${value}`, requires: Object.keys(members).join(', ') });
    }
    const option = optionValueOf(value);
    if (option !== null) {
      options[field] = option;
    }
  }
  return options;
}

function optionValueOf(value: unknown): OptionValue | null {
  switch (typeof value) {
    case 'number':
    case 'boolean':
    case 'string':
      return value;
    default:
      if (isListOf(value, 'number')) {
        return value;
      }
      return isListOf(value, 'string') ? value : pairsOf(value);
  }
}

function isListOf<T extends 'number' | 'string'>(
  value: unknown,
  type: T,
): value is T extends 'number' ? readonly number[] : readonly string[] {
  return Array.isArray(value) && value.every((element) => typeof element === type);
}

/** The numbers of `{data: [{data: [a, b]}, …]}`. */
function pairsOf(value: unknown): readonly number[] | null {
  const rows: unknown = (value as { data?: unknown } | null | undefined)?.data;
  if (!Array.isArray(rows)) {
    return null;
  }
  const pairs = rows.map((row: { data?: unknown } | null) => row?.data);
  return pairs.every((pair) => isListOf(pair, 'number') && pair.length === 2) ? (pairs.flat() as number[]) : null;
}
