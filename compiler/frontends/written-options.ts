import type { Schema } from './flatbuffer/index.ts';
import type { ImportedOperator, OptionValue } from './imported-model.ts';

/**
 * Options as the table `tableName` takes them, the inverse of `optionsOf`: flat lists become pairs where the schema
 * wants them. An option that the table does not have is a bug of the caller.
 */
export function tableOf(
  schema: Schema,
  tableName: string,
  options: ImportedOperator['options'],
): { readonly [field: string]: unknown } {
  return Object.fromEntries(
    Object.entries(options).map(([field, value]) => [
      field,
      schema.tables[tableName]?.[field]?.[1] === 'Vec2D' ? pairsFrom(value) : value,
    ]),
  );
}

function pairsFrom(value: OptionValue): unknown {
  const numbers = value as readonly number[];
  return {
    data: Array.from({ length: numbers.length / 2 }, (_, i) => ({ data: numbers.slice(2 * i, 2 * i + 2) })),
  };
}
