/** Bounds-checked access to the bytes of a FlatBuffers file; nothing here trusts a number that the file gives. */
import { fail } from '../../diagnostics/index.ts';
import { type ScalarType, type Schema, scalarBytes } from './schema.ts';

/** A file being read, and how much of it may still be looked at. */
export interface Source {
  readonly schema: Schema;
  readonly fileName: string;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /**
   * Work left, in bytes visited. Offsets may alias, so a hostile file of n bytes can describe n² bytes of tables; a
   * real one visits hardly more than its own size.
   */
  readonly budget: { left: number };
}

/** Files above this are no models for microcontrollers. */
const maximumFileBytes = 2 ** 28;

/** Real files visit at most about four times their size: tables are charged for absent fields too. */
const visitsPerByte = 8;

/**
 * Tables, strings and vectors (except byte vectors, which are not copied) of one file: a large model has some 100 KiB of
 * them, and reading these takes half a second.
 */
const maximumVisitedBytes = 2 ** 23;

export function openSource(schema: Schema, bytes: Uint8Array, fileName: string): Source {
  if (bytes.length > maximumFileBytes) {
    fail('too-large', {
      where: fileName,
      found: `${bytes.length} bytes`,
      requires: `at most ${maximumFileBytes} bytes`,
    });
  }
  return {
    schema,
    fileName,
    bytes,
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    budget: { left: Math.min(4096 + bytes.length * visitsPerByte, maximumVisitedBytes) },
  };
}

/** Ends the reading: `found` says what contradicts the format. */
export function malformed(source: Source, found: string): never {
  fail('malformed-file', { where: source.fileName, found });
}

/** Accounts for `byteCount` bytes of work. */
export function charge(source: Source, byteCount: number): void {
  source.budget.left -= byteCount;
  if (source.budget.left < 0) {
    if (source.bytes.length * visitsPerByte > maximumVisitedBytes) {
      fail('too-large', { where: source.fileName, found: 'more tables and vectors than msc reads' });
    }
    malformed(source, 'the same bytes are referred to over and over again');
  }
}

/** Refuses a range that does not lie within the file. */
export function checkRange(source: Source, position: number, byteCount: number, what: string): void {
  if (position < 0 || position + byteCount > source.bytes.length) {
    malformed(
      source,
      `${what}: bytes ${position} to ${position + byteCount} of a file of ${source.bytes.length} bytes`,
    );
  }
}

/** The position that the 32-bit offset at `position` points to; what stands there is not checked. */
export function follow(source: Source, position: number, what: string): number {
  checkRange(source, position, 4, what);
  const offset = source.view.getUint32(position, true);
  if (offset === 0) {
    malformed(source, `${what}: offset 0 at byte ${position}`);
  }
  return position + offset;
}

/** The scalar at a position that was checked before. */
export function scalarAt(source: Source, type: ScalarType, position: number, what: string): number | boolean {
  const { view } = source;
  switch (type) {
    case 'bool':
      return view.getUint8(position) !== 0;
    case 'byte':
      return view.getInt8(position);
    case 'ubyte':
      return view.getUint8(position);
    case 'short':
      return view.getInt16(position, true);
    case 'ushort':
      return view.getUint16(position, true);
    case 'int':
      return view.getInt32(position, true);
    case 'uint':
      return view.getUint32(position, true);
    case 'long':
      return safeInteger(source, view.getUint32(position, true), view.getInt32(position + 4, true), what);
    case 'ulong':
      return safeInteger(source, view.getUint32(position, true), view.getUint32(position + 4, true), what);
    case 'float':
      return view.getFloat32(position, true);
    case 'double':
      return view.getFloat64(position, true);
  }
}

function safeInteger(source: Source, low: number, high: number, what: string): number {
  const value = high * 2 ** 32 + low;
  if (!Number.isSafeInteger(value)) {
    malformed(source, `${what}: a 64-bit integer near ${value}, beyond ±2^53`);
  }
  return value;
}

/** A string, given where its length stands. Invalid UTF-8 becomes U+FFFD: names are only shown. */
export function stringAt(source: Source, position: number, what: string): string {
  const { start, count } = vectorAt(source, position, 1, what);
  charge(source, count);
  return new TextDecoder().decode(source.bytes.subarray(start, start + count));
}

/** Start and length of a vector's elements, which lie within the file. */
export function vectorAt(
  source: Source,
  position: number,
  elementBytes: number,
  what: string,
): { readonly start: number; readonly count: number } {
  checkRange(source, position, 4, what);
  const count = source.view.getUint32(position, true);
  checkRange(source, position + 4, count * elementBytes, `${what}, ${count} elements`);
  charge(source, 4);
  return { start: position + 4, count };
}

/** Where a table starts and where its fields are, all within the file. */
export interface TableLocation {
  readonly start: number;
  readonly sizeBytes: number;
  readonly vtable: number;
  readonly slotCount: number;
}

/** Checks the table at `position` and its vtable. */
export function tableAt(source: Source, position: number, what: string): TableLocation {
  checkRange(source, position, 4, what);
  const vtable = position - source.view.getInt32(position, true);
  checkRange(source, vtable, 4, `${what}, vtable`);
  const vtableBytes = source.view.getUint16(vtable, true);
  const sizeBytes = source.view.getUint16(vtable + 2, true);
  checkRange(source, vtable, vtableBytes, `${what}, vtable`);
  checkRange(source, position, sizeBytes, what);
  if (vtableBytes < 4 || vtableBytes % 2 !== 0 || sizeBytes < 4) {
    malformed(source, `${what}: a vtable of ${vtableBytes} bytes for a table of ${sizeBytes}`);
  }
  charge(source, sizeBytes);
  return { start: position, sizeBytes, vtable, slotCount: (vtableBytes - 4) / 2 };
}

/** Position of the field in `slot`, or null if it is absent. */
export function fieldAt(
  source: Source,
  table: TableLocation,
  slot: number,
  byteCount: number,
  what: string,
): number | null {
  if (slot >= table.slotCount) {
    return null;
  }
  const offset = source.view.getUint16(table.vtable + 4 + 2 * slot, true);
  if (offset === 0) {
    return null;
  }
  if (offset < 4 || offset + byteCount > table.sizeBytes) {
    malformed(source, `${what}: at ${offset} in a table of ${table.sizeBytes} bytes`);
  }
  return table.start + offset;
}

/** Position of the scalar field in `slot`, or null if it is absent. */
export function scalarFieldAt(
  source: Source,
  table: TableLocation,
  slot: number,
  type: ScalarType,
  what: string,
): number | null {
  return fieldAt(source, table, slot, scalarBytes[type], what);
}
