import type { DType } from './dtype.ts';
import type { TensorType } from './tensor.ts';
import { elementCount } from './tensor.ts';

/** The elements of a tensor in row-major order. */
export type TypedArray = Int8Array | Uint8Array | Int16Array | Int32Array | BigInt64Array | Float32Array;

/** A zeroed array of `length` elements of this type. */
export function allocate(dtype: DType, length: number): TypedArray {
  switch (dtype) {
    case 'int8':
      return new Int8Array(length);
    case 'uint8':
    case 'bool':
      return new Uint8Array(length);
    case 'int16':
      return new Int16Array(length);
    case 'int32':
      return new Int32Array(length);
    case 'int64':
      return new BigInt64Array(length);
    case 'float32':
      return new Float32Array(length);
  }
}

/** The elements held by little-endian `bytes`, in an array of their own. */
export function elementsFromBytes(type: Pick<TensorType, 'dtype' | 'shape'>, bytes: Uint8Array): TypedArray {
  const elements = allocate(type.dtype, elementCount(type.shape));
  if (bytes.byteLength !== elements.byteLength) {
    throw new Error(`${type.dtype} [${type.shape}] needs ${elements.byteLength} bytes, not ${bytes.byteLength}`);
  }
  new Uint8Array(elements.buffer).set(bytes);
  return elements;
}

/** The little-endian bytes of `elements`, in an array of their own. */
export function bytesFromElements(elements: TypedArray): Uint8Array {
  return new Uint8Array(elements.buffer.slice(elements.byteOffset, elements.byteOffset + elements.byteLength));
}

/** Element `i` as a number; 64-bit integers must be safe ones. */
export function numberAt(elements: TypedArray, i: number): number {
  const value = elements[i];
  if (value === undefined) {
    throw new Error(`element ${i} of ${elements.length}`);
  }
  return Number(value);
}
