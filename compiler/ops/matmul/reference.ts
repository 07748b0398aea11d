import { allocate, elementCount, type NodeView, operand, result, type TypedArray } from '../../ir/index.ts';
import {
  clamp,
  multiplyByQuantizedMultiplier,
  type QuantizedMultiplier,
  quantizeMultiplier,
} from '../../numerics/index.ts';
import { activate, perTensor, quantizedActivationRange } from '../activation.ts';
import type { MatmulAttributes } from './definition.ts';
import { type MatmulLayout, matmulLayout } from './layout.ts';

/** Maps a sum of products to the result's grid: scale a * scale b / scale of the result, in double. */
export function matmulMultiplier(view: NodeView<MatmulAttributes>): QuantizedMultiplier {
  const scale = (tensor: { readonly quantization: ReturnType<typeof operand>['quantization'] }) =>
    perTensor(tensor.quantization).scale;
  return quantizeMultiplier((scale(operand(view, 0)) * scale(operand(view, 1))) / scale(result(view)));
}

/** Int8: 32-bit accumulation of (a - za)(b - zb), double rounding. Float: sums in float32. */
export function evaluateMatmul(
  view: NodeView<MatmulAttributes>,
  [a, b]: readonly (TypedArray | null)[],
): readonly TypedArray[] {
  const layout = matmulLayout(view);
  const { dtype, shape } = result(view);
  const output = allocate(dtype, elementCount(shape));
  if (dtype === 'float32') {
    const { activation } = view.attributes;
    forEachElement(layout, (at, indicesA, indicesB) => {
      let sum = 0;
      for (let k = 0; k < layout.inner; k++) {
        const product = Number(a![indicesA + k * layout.innerStrideA]) * Number(b![indicesB + k * layout.innerStrideB]);
        sum = Math.fround(sum + Math.fround(product));
      }
      output[at] = activate(activation, sum);
    });
    return [output];
  }
  const [za, zb, zo] = [operand(view, 0), operand(view, 1), result(view)].map(
    (t) => perTensor(t.quantization).zeroPoint,
  );
  const multiplier = matmulMultiplier(view);
  const { minimum, maximum } = quantizedActivationRange(view.attributes.activation, result(view));
  forEachElement(layout, (at, indicesA, indicesB) => {
    let sum = 0;
    for (let k = 0; k < layout.inner; k++) {
      const left = Number(a![indicesA + k * layout.innerStrideA]) - za!;
      sum += left * (Number(b![indicesB + k * layout.innerStrideB]) - zb!);
    }
    output[at] = clamp(multiplyByQuantizedMultiplier(sum, multiplier) + zo!, minimum, maximum);
  });
  return [output];
}

function forEachElement(layout: MatmulLayout, visit: (at: number, startA: number, startB: number) => void): void {
  let at = 0;
  layout.offsetsA.forEach((offsetA, batch) => {
    for (let m = 0; m < layout.rows; m++) {
      for (let n = 0; n < layout.columns; n++) {
        visit(at++, offsetA + m * layout.rowStrideA, layout.offsetsB[batch]! + n * layout.columnStrideB);
      }
    }
  });
}
