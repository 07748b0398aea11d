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
