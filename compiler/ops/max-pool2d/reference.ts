import { allocate, elementCount, type NodeView, numberAt, operand, result, type TypedArray } from '../../ir/index.ts';
import { clamp } from '../../numerics/index.ts';
import { activate, quantizedActivationRange } from '../activation.ts';
import { type PoolAttributes, poolWindows } from '../pool.ts';
import { forEachWindow, imagesOf } from '../windows.ts';

/** The largest element of the image under the window. */
export function evaluateMaxPool2d(
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
      let maximum = Number.NEGATIVE_INFINITY;
      forEachTap((pixel) => {
        maximum = Math.max(maximum, numberAt(input!, pixel * channels + c));
      });
      output[outputPixel * channels + c] =
        range === null ? activate(activation, maximum) : clamp(maximum, range.minimum, range.maximum);
    }
  });
  return [output];
}
