import { type Quantization, rangeOfDType, type TensorType } from '../ir/index.ts';
import { clamp, roundHalfAwayFromZero } from '../numerics/index.ts';

/** Activation functions that other operators apply to their result. */
export const activations = ['none', 'relu', 'relu6', 'relu_n1_to_1'] as const;

export type Activation = (typeof activations)[number];

/** The reals that an activation lets through. */
const realRange: Readonly<Record<Activation, readonly [minimum: number, maximum: number]>> = {
  none: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
  relu: [0, Number.POSITIVE_INFINITY],
  relu6: [0, 6],
  relu_n1_to_1: [-1, 1],
};

/** Scale and zero point of a tensor that is quantized per tensor; a definition's constraints have checked it. */
export function perTensor(quantization: Quantization | null): { readonly scale: number; readonly zeroPoint: number } {
  const scale = quantization?.scales[0];
  const zeroPoint = quantization?.zeroPoints[0];
  if (scale === undefined || zeroPoint === undefined) {
    throw new Error('tensor is not quantized');
  }
  return { scale, zeroPoint };
}

export interface IntegerRange {
  readonly minimum: number;
  readonly maximum: number;
}

/**
 * The integers that a quantized result may take after `activation`: its type's range, cut at the quantized bounds.
 * Bounds are divided by the scale in float32 and rounded half away from zero, as TensorFlow Lite does.
 */
export function quantizedActivationRange(activation: Activation, type: TensorType): IntegerRange {
  const { minimum, maximum } = rangeOfDType(type.dtype);
  const { scale, zeroPoint } = perTensor(type.quantization);
  const [low, high] = realRange[activation];
  const quantize = (real: number) =>
    clamp(zeroPoint + roundHalfAwayFromZero(Math.fround(real / Math.fround(scale))), minimum, maximum);
  return {
    minimum: low === Number.NEGATIVE_INFINITY ? minimum : quantize(low),
    maximum: high === Number.POSITIVE_INFINITY ? maximum : quantize(high),
  };
}

/** `value` after `activation`, for floats. */
export function activate(activation: Activation, value: number): number {
  const [low, high] = realRange[activation];
  return clamp(value, low, high);
}

/** Bounds for the float kernels: infinities become the largest finite float32. */
export function floatActivationRange(activation: Activation): IntegerRange {
  const largest = 3.4028234663852886e38;
  const [low, high] = realRange[activation];
  return { minimum: Math.max(low, -largest), maximum: Math.min(high, largest) };
}
