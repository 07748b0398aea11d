export { floatLiteral, integerLiteral } from './c-literals.ts';
export { clamp } from './clamp.ts';
export {
  frexp,
  multiplyByQuantizedMultiplier,
  type QuantizedMultiplier,
  quantizeMultiplier,
  type Rounding,
  roundHalfAwayFromZero,
  roundingDivideByPowerOfTwo,
  saturatingRoundingDoublingHighMul,
} from './fixed-point.ts';
export {
  expOnNegativeValues,
  fixedPointLogistic,
  fixedPointReciprocal,
  fixedPointTanh,
  oneOverOnePlus,
} from './fixed-point-functions.ts';
