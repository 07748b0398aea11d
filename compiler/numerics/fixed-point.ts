/**
 * Fixed-point multiplication as gemmlowp and TensorFlow Lite define it; mirrors `cmsis-kernels/include/msc/requantize.h` line by line.
 */

/** A positive real as `multiplier * 2^(shift - 31)`, with `multiplier` in [2^30, 2^31) or 0; `shift` is positive to the left. */
export interface QuantizedMultiplier {
  readonly multiplier: number;
  readonly shift: number;
}

/**
 * How the product of an accumulator and a multiplier is rounded.
 * `double`: the high half of the product to nearest, then the right shift to nearest, ties away from zero
 * (TensorFlow Lite Micro's reference kernels). `single`: one rounding of the exact product, ties upwards
 * (TensorFlow Lite's default since 2.20).
 */
export type Rounding = 'double' | 'single';

/** Splits `value` = m * 2^e with |m| in [0.5, 1); 0 gives [0, 0]. */
export function frexp(value: number): readonly [mantissa: number, exponent: number] {
  if (value === 0 || !Number.isFinite(value)) {
    return [value, 0];
  }
  let exponent = Math.max(-1023, Math.floor(Math.log2(Math.abs(value))) + 1);
  let mantissa = value * 2 ** -exponent;
  while (Math.abs(mantissa) < 0.5) {
    mantissa *= 2;
    exponent -= 1;
  }
  while (Math.abs(mantissa) >= 1) {
    mantissa /= 2;
    exponent += 1;
  }
  return [mantissa, exponent];
}

/**
 * The nearest fixed-point form of a real multiplier >= 0. Below 2^-32 it is 0, as in TensorFlow Lite; above 2^30 it saturates.
 * A negative value keeps its sign in the multiplier (SUB negates an operand this way).
 */
export function quantizeMultiplier(value: number): QuantizedMultiplier {
  const [mantissa, exponent] = frexp(value);
  let multiplier = roundHalfAwayFromZero(mantissa * 2147483648);
  let shift = exponent;
  if (Math.abs(multiplier) === 2147483648) {
    multiplier /= 2;
    shift += 1;
  }
  if (multiplier === 0 || shift < -31) {
    return { multiplier: 0, shift: 0 };
  }
  if (shift > 30) {
    return { multiplier: multiplier < 0 ? -2147483647 : 2147483647, shift: 30 };
  }
  return { multiplier, shift };
}

/** C's `round`: to the nearest integer, halves away from zero. */
export function roundHalfAwayFromZero(value: number): number {
  const magnitude = Math.abs(value);
  const floor = Math.floor(magnitude);
  const rounded = magnitude - floor >= 0.5 ? floor + 1 : floor;
  return value < 0 ? -rounded : rounded;
}

/** The high 32 bits of 2ab, rounded to nearest, ties upwards; saturates at the one overflow, both -2^31. */
export function saturatingRoundingDoublingHighMul(a: number, b: number): number {
  if (a === -2147483648 && b === -2147483648) {
    return 2147483647;
  }
  const [high, low] = product64(a, b, 1073741824);
  return (high << 1) | (low >>> 31);
}

/** x / 2^exponent to the nearest integer, ties away from zero; exponent in 0..31. */
export function roundingDivideByPowerOfTwo(x: number, exponent: number): number {
  if (exponent === 0) {
    return x | 0;
  }
  const mask = exponent === 31 ? 2147483647 : (1 << exponent) - 1;
  const remainder = x & mask;
  const threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return (x >> exponent) + (remainder > threshold ? 1 : 0);
}

/**
 * `x * to`, rounded as named. `x` is an int32; with a left shift, x * 2^shift wraps at 32 bits as in the reference.
 * The result is an int32.
 */
export function multiplyByQuantizedMultiplier(
  x: number,
  to: QuantizedMultiplier,
  rounding: Rounding = 'double',
): number {
  if (rounding === 'single') {
    const product = BigInt(x) * BigInt(to.multiplier);
    const totalShift = BigInt(31 - to.shift);
    const rounded = (product + (1n << (totalShift - 1n))) >> totalShift;
    return Number(rounded > 2147483647n ? 2147483647n : rounded < -2147483648n ? -2147483648n : rounded);
  }
  const left = Math.max(to.shift, 0);
  const right = Math.max(-to.shift, 0);
  return roundingDivideByPowerOfTwo(saturatingRoundingDoublingHighMul(x << left, to.multiplier), right);
}

/** a * b + addend as signed high and unsigned low halves of 32 bits; 0 <= addend < 2^31. Exact: split at 16 bits. */
function product64(a: number, b: number, addend: number): readonly [high: number, low: number] {
  const aHigh = a >> 16;
  const aLow = a & 0xffff;
  // |aHigh * b| < 2^47 and aLow * b + addend < 2^48: both exact in a double.
  const upper = aHigh * b;
  const total = aLow * b + addend;
  // upper * 2^16 + total, split without leaving 53 bits.
  const upperLow = ((upper % 65536) + 65536) % 65536;
  const upperHigh = (upper - upperLow) / 65536;
  const sum = upperLow * 65536 + total;
  const low = ((sum % 4294967296) + 4294967296) % 4294967296;
  const carry = (sum - low) / 4294967296;
  return [(upperHigh + carry) | 0, low];
}
