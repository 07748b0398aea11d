import { floatLiteral, integerLiteral } from '../numerics/index.ts';
import type { ConstantArray } from '../ops/index.ts';

type Values = ConstantArray['values'];

/** A `static const` array of the generated file. */
export interface EmittedArray {
  readonly symbol: string;
  readonly sizeBytes: number;
  /** Equal for arrays of the same type, alignment and values. */
  readonly key: string;
  /** The comment, the declaration and the values. */
  readonly text: string;
}

/** Collects arrays; the same values in the same type are emitted once. */
export interface ConstantPool {
  /** The symbol of an array with these values. `owner` names it if it is new: `<prefix>_<name>_<owner>`. */
  readonly add: (array: ConstantArray, owner: string, comment: string) => string;
  /**
   * The symbol of a row of `length` elements that are all `value`: the rows above and below images. Rows of one value share
   * one array, as long as the longest.
   */
  readonly addOutside: (dtype: 'int8' | 'float32', value: number, length: number) => string;
  readonly arrays: () => readonly EmittedArray[];
}

/** An empty pool; `macroOf` gives the section macro of an owner's arrays. An array of several owners is the first one's. */
export function constantPool(prefix: string, macroOf: (owner: string) => string): ConstantPool {
  const symbols = new Map<string, string>();
  const arrays: EmittedArray[] = [];
  const outsides = new Map<string, { readonly dtype: 'int8' | 'float32'; readonly value: number; length: number }>();
  const outsideArrays = () =>
    [...outsides].map(([symbol, { dtype, value, length }]): EmittedArray => {
      const values = (dtype === 'float32' ? new Float32Array(length) : new Int8Array(length)).fill(value);
      const text = declaration(prefix, macroOf('outside'), symbol, values, 4, 'a row outside of an image');
      return { symbol, sizeBytes: values.byteLength, key: keyOf(values, 4), text };
    });
  return {
    add: (array, owner, comment) => {
      const alignment = Math.max(array.alignment ?? 4, array.values.BYTES_PER_ELEMENT);
      const key = keyOf(array.values, alignment);
      const known = symbols.get(key);
      if (known !== undefined) {
        return known;
      }
      const symbol = `${prefix}_${array.name}_${owner}`;
      symbols.set(key, symbol);
      arrays.push({
        symbol,
        sizeBytes: array.values.byteLength,
        key,
        text: declaration(prefix, macroOf(owner), symbol, array.values, alignment, comment),
      });
      return symbol;
    },
    addOutside: (dtype, value, length) => {
      const sign = value < 0 ? 'minus_' : '';
      const symbol = `${prefix}_outside_${dtype === 'float32' ? 'f32' : 's8'}_${sign}${outsideName(value)}`;
      const known = outsides.get(symbol);
      outsides.set(symbol, { dtype, value, length: Math.max(length, known?.length ?? 0) });
      return symbol;
    },
    arrays: () => [...arrays, ...outsideArrays()],
  };
}

function keyOf(values: Values, alignment: number): string {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('latin1');
  return `${cTypeOf(values)} ${alignment} ${bytes}`;
}

/** A value as a part of an identifier; the lowest float, the outside of a maximum, is `lowest`. */
function outsideName(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e6 ? String(Math.abs(value)) : 'lowest';
}

function declaration(
  prefix: string,
  section: string,
  symbol: string,
  values: Values,
  alignment: number,
  comment: string,
): string {
  const macros = `${prefix.toUpperCase()}_ALIGNED(${alignment}) ${section}`;
  const head = `static const ${cTypeOf(values)} ${symbol}[${Math.max(values.length, 1)}] ${macros} = {`;
  return [`/* ${comment} */`, head, ...rowsOf(values), '};'].join('\n');
}

/** The C type of an array's elements. */
export function cTypeOf(values: Values): string {
  if (values instanceof Float32Array) {
    return 'float';
  }
  if (values instanceof BigInt64Array) {
    throw new Error('64-bit constants are never emitted');
  }
  const sign =
    values instanceof Uint8Array || values instanceof Uint16Array || values instanceof Uint32Array ? 'u' : '';
  return `${sign}int${values.BYTES_PER_ELEMENT * 8}_t`;
}

/** Right-aligned columns, about a hundred characters a line. */
function rowsOf(values: Values): readonly string[] {
  if (values.length === 0) {
    return ['    0,'];
  }
  const literal = values instanceof Float32Array ? floatLiteral : integerLiteral;
  const texts = Array.from(values as ArrayLike<number>, literal);
  const width = texts.reduce((most, text) => Math.max(most, text.length), 1);
  const perRow = [32, 16, 8, 4, 2].find((count) => count * (width + 2) <= 112) ?? 1;
  const rows: string[] = [];
  for (let i = 0; i < texts.length; i += perRow) {
    rows.push(
      `    ${texts
        .slice(i, i + perRow)
        .map((text) => text.padStart(width))
        .join(', ')},`,
    );
  }
  return rows;
}
