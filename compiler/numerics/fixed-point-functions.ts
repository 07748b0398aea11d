/**
 * Transcendental functions on 32-bit fixed-point numbers, as gemmlowp defines them; mirrors `fixed_point.h` and
 * `softmax_s8__portable.c` of the kernels line by line. `Qn` is a signed number with n integer bits and 31 - n
 * fractional ones, so Q0 is [-1, 1) and 1 itself is written as the largest value below it.
 */
import { saturatingRoundingDoublingHighMul as multiply, roundingDivideByPowerOfTwo } from './fixed-point.ts';

const one = 2147483647;

/** exp(-1/8), where the Taylor series below is expanded, and 1/3, in Q0. */
const expOfMinusOneEighth = 1895147668;
const oneThird = 715827883;

/** exp(-2^k) in Q0 for k = -2, -1, 0, 1, 2, 3, 4. */
const expOfMinusPowersOfTwo = [1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242] as const;

/** 48/17 and -32/17 in Q2: the straight line that starts Newton's division with the least error. */
const fortyEightSeventeenths = 1515870810;
const minusThirtyTwoSeventeenths = -1010580540;

/** exp(x) in Q0 for x <= 0 in Q`integerBits`; integerBits in 0..5. */
export function expOnNegativeValues(x: number, integerBits: number): number {
  if (x === 0) {
    return one;
  }
  const fractionalBits = 31 - integerBits;
  const quarter = 1 << (fractionalBits - 2);
  // x = remainder part (a multiple of 1/4) + a value in [-1/4, 0).
  const inQuarter = (x & (quarter - 1)) - quarter;
  const multiples = inQuarter - x;
  let result = expInLastQuarter(saturatingShiftLeft(inQuarter, integerBits));
  expOfMinusPowersOfTwo.forEach((factor, i) => {
    const exponent = i - 2;
    if (exponent < integerBits && (multiples & (1 << (fractionalBits + exponent))) !== 0) {
      result = multiply(result, factor);
    }
  });
  return result;
}

/** 1 / (1 + x) in Q0 for x in [0, 1] in Q0. */
export function oneOverOnePlus(x: number): number {
  return saturatingShiftLeft(twoOverOnePlus(x), 1);
}

/** The logistic function 1 / (1 + exp(-x)) in Q0, x in Q`integerBits`. */
export function fixedPointLogistic(x: number, integerBits: number): number {
  if (x === 0) {
    return 1073741824;
  }
  const ofMagnitude = oneOverOnePlus(expOnNegativeValues(-Math.abs(x), integerBits));
  return x > 0 ? ofMagnitude : one - ofMagnitude;
}

/** tanh(x) in Q0, x in Q`integerBits`. */
export function fixedPointTanh(x: number, integerBits: number): number {
  if (x === 0) {
    return 0;
  }
  // With one more integer bit the same integer means 2x: tanh(x) = (1 - exp(-2x)) / (1 + exp(-2x)) = 2 / (1 + exp(-2x)) - 1.
  const exponential = expOnNegativeValues(-Math.abs(x), integerBits + 1);
  const ofMagnitude = saturatingShiftLeft(twoOverOnePlus(exponential) - 536870912, 2);
  return x > 0 ? ofMagnitude : -ofMagnitude;
}

/** 1 / x for x > 0 in Q`integerBits`, as `reciprocal * 2^-bitsOverUnit` with the reciprocal in Q0, in [1/2, 1]. */
export function fixedPointReciprocal(
  x: number,
  integerBits: number,
): { readonly reciprocal: number; readonly bitsOverUnit: number } {
  const headroom = Math.clz32(x);
  const fraction = ((x << headroom) >>> 0) - 2147483648;
  return { reciprocal: oneOverOnePlus(fraction), bitsOverUnit: integerBits - headroom };
}

/** exp(x) in Q0 for x in [-1/4, 0) in Q0: four terms of the Taylor series around -1/8. */
function expInLastQuarter(x: number): number {
  const y = x + 268435456;
  const y2 = multiply(y, y);
  const y3 = multiply(y2, y);
  const y4 = multiply(y2, y2);
  const higher = roundingDivideByPowerOfTwo(multiply(roundingDivideByPowerOfTwo(y4, 2) + y3, oneThird) + y2, 1);
  return expOfMinusOneEighth + multiply(expOfMinusOneEighth, y + higher);
}

/** 2 / (1 + x) in Q2 for x in [0, 1] in Q0, by three steps of Newton's method. */
function twoOverOnePlus(x: number): number {
  const halfDenominator = Math.floor((x + one + 1) / 2);
  let quotient = fortyEightSeventeenths + multiply(halfDenominator, minusThirtyTwoSeventeenths);
  for (let i = 0; i < 3; i++) {
    const error = 536870912 - multiply(halfDenominator, quotient);
    quotient += saturatingShiftLeft(multiply(quotient, error), 2);
  }
  return quotient;
}

function saturatingShiftLeft(x: number, bits: number): number {
  const shifted = x * 2 ** bits;
  return Math.max(-2147483648, Math.min(2147483647, shifted));
}
