/** Checks and decodings of tensors that both formats share. */
import { fail } from '../diagnostics/index.ts';
import { type DType, elementCount, type Quantization, type Shape, sizeOfDType } from '../ir/index.ts';

const maximumRank = 8;
const maximumElements = 2 ** 31;

/** Refuses shapes that no later phase can work with. */
export function checkShape(where: string, shape: Shape): void {
  if (shape.some((dimension) => dimension < 0)) {
    fail('dynamic-shape', { where, found: `shape [${shape.join(', ')}]`, requires: 'every dimension is known' });
  }
  if (shape.length > maximumRank) {
    fail('too-large', { where, found: `${shape.length} dimensions`, requires: `at most ${maximumRank}` });
  }
  if (elementCount(shape) > maximumElements) {
    fail('too-large', { where, found: `shape [${shape.join(', ')}]`, requires: `at most 2^31 elements` });
  }
}

/** The bytes of a constant, which must be exactly as many as its type and shape say. */
export function checkedData(where: string, dtype: DType, shape: Shape, data: Uint8Array): Uint8Array {
  const needed = elementCount(shape) * sizeOfDType(dtype);
  if (data.length !== needed) {
    fail('malformed-file', {
      where,
      found: `${data.length} bytes of ${dtype} values for shape [${shape.join(', ')}]`,
      requires: `${needed} bytes`,
    });
  }
  return data;
}

/**
 * One scale: per tensor; several: per channel along `axis`. Scales are finite and paired with zero points; 0 is let
 * through, since quantizers write it for channels whose weights are all 0.
 */
export function quantizationOf(
  where: string,
  scales: readonly number[],
  zeroPoints: readonly number[],
  axis: number,
): Quantization | null {
  if (scales.length === 0) {
    return null;
  }
  if (zeroPoints.length !== scales.length) {
    fail('malformed-file', { where, found: `${scales.length} scales and ${zeroPoints.length} zero points` });
  }
  const unusable = scales.find((scale) => !Number.isFinite(Math.fround(scale)) || scale < 0);
  if (unusable !== undefined) {
    fail('malformed-file', {
      where,
      found: `a scale of ${unusable}`,
      requires: 'a finite scale that float32 can hold, 0 only for what is always 0',
    });
  }
  return { scales, zeroPoints, axis: scales.length === 1 ? null : axis };
}

/** Float32 values of float16 ones, little endian both. */
export function float32FromFloat16(where: string, shape: Shape, data: Uint8Array): Uint8Array {
  const count = elementCount(shape);
  if (data.length !== 2 * count) {
    fail('malformed-file', {
      where,
      found: `${data.length} bytes of float16 values for shape [${shape.join(', ')}]`,
      requires: `${2 * count} bytes`,
    });
  }
  const source = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const result = new Uint8Array(4 * count);
  const target = new DataView(result.buffer);
  for (let i = 0; i < count; i += 1) {
    target.setUint32(4 * i, float32BitsOf(source.getUint16(2 * i, true)), true);
  }
  return result;
}

/** IEEE 754 binary16 to binary32, exact for every value; NaN payloads are kept. */
function float32BitsOf(half: number): number {
  const sign = (half & 0x8000) * 0x10000;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) {
    return sign + 0x7f800000 + fraction * 0x2000;
  }
  if (exponent !== 0) {
    return sign + (exponent + 112) * 0x800000 + fraction * 0x2000;
  }
  if (fraction === 0) {
    return sign;
  }
  // Subnormal: shift the leading one out; it stands at bit 31 - clz.
  const shift = Math.clz32(fraction) - 21;
  return sign + (113 - shift) * 0x800000 + ((fraction << shift) & 0x3ff) * 0x2000;
}

/** Real models refer to the bytes of a constant once or a few times; a file that does it more often is hostile. */
const maximumUsesOfConstants = 16;

/** Returns a function that adds up the bytes of decoded constants and refuses what outgrows the file by far. */
export function constantBudget(fileName: string, fileBytes: number): (byteCount: number) => void {
  const budget = { left: maximumUsesOfConstants * fileBytes };
  return (byteCount) => {
    budget.left -= byteCount;
    if (budget.left < 0) {
      fail('malformed-file', {
        where: fileName,
        found: `constants that together are more than ${maximumUsesOfConstants} times as large as the file`,
      });
    }
  };
}
