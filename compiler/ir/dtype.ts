/** Element types of tensors, little endian in every buffer. */
export const dtypes = ['int8', 'uint8', 'int16', 'int32', 'int64', 'float32', 'bool'] as const;

export type DType = (typeof dtypes)[number];

const elementBytes: Readonly<Record<DType, number>> = {
  int8: 1,
  uint8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  float32: 4,
  bool: 1,
};

/** Bytes of one element. */
export function sizeOfDType(dtype: DType): number {
  return elementBytes[dtype];
}

/** Smallest and largest value of an integer type of at most 32 bits. */
export function rangeOfDType(dtype: DType): { readonly minimum: number; readonly maximum: number } {
  switch (dtype) {
    case 'int8':
      return { minimum: -128, maximum: 127 };
    case 'uint8':
      return { minimum: 0, maximum: 255 };
    case 'int16':
      return { minimum: -32768, maximum: 32767 };
    case 'int32':
      return { minimum: -2147483648, maximum: 2147483647 };
    default:
      throw new Error(`no 32-bit integer range for ${dtype}`);
  }
}

export function isQuantizedDType(dtype: DType): boolean {
  return dtype === 'int8' || dtype === 'uint8' || dtype === 'int16' || dtype === 'int32';
}
