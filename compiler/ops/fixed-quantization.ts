import { type Constraint, type DType, describeTensor, result } from '../ir/index.ts';

/** Results of type `dtype` have this zero point, and this scale to one part in a thousand: the fixed-point formulas imply them. */
export function fixedResultQuantization(dtype: DType, scale: number, zeroPoint: number): Constraint {
  return {
    diagnostic: 'invalid-quantization',
    requires: `an ${dtype} result has scale 1/${1 / scale} and zero point ${zeroPoint}`,
    violation: (view) => {
      const output = result(view);
      const q = output.quantization;
      if (output.dtype !== dtype || (q !== null && q.zeroPoints[0] === zeroPoint && isNear(q.scales[0]!, scale))) {
        return null;
      }
      return `${describeTensor(output)} has scale ${q?.scales[0]} and zero point ${q?.zeroPoints[0]}`;
    },
  };
}

function isNear(value: number, wanted: number): boolean {
  return Math.abs(value - wanted) <= wanted / 1000;
}
