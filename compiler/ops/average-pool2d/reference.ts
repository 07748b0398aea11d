import { allocate, elementCount, type NodeView, numberAt, operand, result, type TypedArray } from '../../ir/index.ts';
import { clamp, roundHalfAwayFromZero } from '../../numerics/index.ts';
import { activate, quantizedActivationRange } from '../activation.ts';
import { type PoolAttributes, poolWindows } from '../pool.ts';
import { forEachWindow, imagesOf } from '../windows.ts';

/**
 * The sum over the elements of the image, divided by their number. Int8: of the stored integers, halves away from zero
 * (TensorFlow Lite Micro's reference). Float: sums in float32.
 */
export function evaluateAveragePool2d(
  view: NodeView<PoolAttributes>,
  [input]: readonly (TypedArray | null)[],
): readonly TypedArray[] {
  const { channels } = imagesOf(view);
  const { dtype } = operand(view, 0);
  const { activation } = view.attributes;
  const output = allocate(dtype, elementCount(result(view).shape)) as Int8Array | Float32Array;
  const range = dtype === 'int8' ? quantizedActivationRange(activation, result(view)) : null;
  forEachWindow(view, poolWindows(view), (outputPixel, forEachTap) => {
    for (let c = 0; c < channels; c++) {
      let sum = 0;
      let count = 0;
      forEachTap((pixel) => {
        sum = Math.fround(sum + numberAt(input!, pixel * channels + c));
        count++;
      });
      output[outputPixel * channels + c] =
        range === null
          ? activate(activation, Math.fround(sum / count))
          : clamp(roundHalfAwayFromZero(sum / count), range.minimum, range.maximum);
    }
  });
  return [output];
}
