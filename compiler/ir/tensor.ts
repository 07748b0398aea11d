import { type DType, sizeOfDType } from './dtype.ts';

/**
 * An affine map from integers to reals: `real = scale * (integer - zeroPoint)`.
 * Per tensor: one scale, one zero point, `axis` null. Per channel: one of each for every index along `axis`.
 */
export interface Quantization {
  readonly scales: readonly number[];
  readonly zeroPoints: readonly number[];
  readonly axis: number | null;
}

/** Dimensions, outermost first; images are NHWC, a scalar is `[]`. */
export type Shape = readonly number[];

export type TensorId = number;

/** What a tensor is, apart from its place in a graph. */
export interface TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly quantization: Quantization | null;
}

/** How a tensor gets its bytes. */
export type TensorKind =
  /** Known at compile time: `data` holds it. */
  | 'constant'
  /** State that lives from one inference to the next, until reset to its zero point. */
  | 'variable'
  /** Written by the caller (graph input) or by one node. */
  | 'computed';

export interface Tensor extends TensorType {
  readonly id: TensorId;
  readonly name: string;
  readonly kind: TensorKind;
  /** Little-endian elements, present exactly for constants. */
  readonly data: Uint8Array | null;
}

/** Number of elements of a shape; 1 for a scalar. */
export function elementCount(shape: Shape): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/** Bytes that the elements of a tensor take, without padding. */
export function sizeBytesOf(type: Pick<TensorType, 'dtype' | 'shape'>): number {
  return elementCount(type.shape) * sizeOfDType(type.dtype);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dimension, i) => dimension === b[i]);
}

/** True if both give the same reals for the same integers. */
export function sameQuantization(a: Quantization | null, b: Quantization | null): boolean {
  if (a === null || b === null) {
    return a === b;
  }
  return (
    a.axis === b.axis &&
    a.scales.length === b.scales.length &&
    a.scales.every((scale, i) => scale === b.scales[i] && a.zeroPoints[i] === b.zeroPoints[i])
  );
}
