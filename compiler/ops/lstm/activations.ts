import { sigmoidTable } from './sigmoid-table.ts';

/**
 * The logistic function of an int16 with 12 fractional bits, with 15 of them; as TensorFlow Lite's reference kernels
 * interpolate it. Mirrors `cmsis-kernels/include/msc/sigmoid_s16.h` line by line.
 */
export function int16Logistic(x: number): number {
  const place = 3 * Math.abs(x);
  const index = place >> 9;
  const from = sigmoidTable[index]!;
  const value = from * 512 + (place & 511) * (sigmoidTable[index + 1]! - from);
  return (x < 0 ? 2 ** 25 + 511 - value : value + 512) >> 10;
}

/** tanh(x / 12288) with 15 fractional bits; x is an int32. */
export function int16Tanh(x: number): number {
  const place = Math.min(Math.abs(x), 255 * 256);
  const index = place >> 8;
  const from = sigmoidTable[index]!;
  const value = (from - 32768) * 256 + (place & 255) * (sigmoidTable[index + 1]! - from);
  return (x < 0 ? 127 - value : value + 128) >> 8;
}
