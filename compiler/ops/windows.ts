/** What depthwise convolutions and pools share: windows that slide over the height and width of NHWC images. */
import { type Attributes, type Constraint, type NodeView, operand, result, type Shape } from '../ir/index.ts';
import type { RowWindow } from './kernel.ts';
import { type HeightWidth, maximumWindowStep, outputSize, type Padding } from './padding.ts';

/** A window of `kernel` elements and the way it goes over an image. */
export interface Windows {
  readonly kernel: HeightWidth;
  readonly strides: HeightWidth;
  readonly dilations: HeightWidth;
  readonly padding: Padding;
}

/** What shape inference and constraints see of a node. */
export type ShapeView<A extends Attributes> = Pick<NodeView<A>, 'attributes' | 'inputs' | 'node'>;

/** Rows and columns of positions that windows have on an image; 0 or less where none fits. */
export function positionsOf(image: Shape, { kernel, strides, dilations, padding }: Windows): HeightWidth {
  const [top, bottom, left, right] = padding;
  return [
    outputSize(image[1]!, kernel[0], strides[0], dilations[0], [top, bottom]),
    outputSize(image[2]!, kernel[1], strides[1], dilations[1], [left, right]),
  ];
}

/** The rule that a node's attributes describe windows, and that at least one fits into the padded image. */
export function validWindows<A extends Attributes>(windowsOf: (view: ShapeView<A>) => Windows): Constraint<A> {
  return {
    diagnostic: 'unsupported-attribute',
    requires: `window and strides are at least 1, padding is at least 0, strides, dilations and padding at most ${maximumWindowStep}, and the window fits into the padded image`,
    violation: (view) => {
      const windows = windowsOf(view);
      const { kernel, strides, dilations, padding } = windows;
      const isTooSmall = [...kernel, ...strides, ...dilations].some((n) => n < 1) || padding.some((n) => n < 0);
      if (isTooSmall || [...strides, ...dilations, ...padding].some((n) => n > maximumWindowStep)) {
        return `window [${kernel}], strides [${strides}], dilations [${dilations}], padding [${padding}]`;
      }
      const image = operand(view, 0).shape;
      return positionsOf(image, windows).every((n) => n >= 1)
        ? null
        : `window [${kernel}], image [${image}], padding [${padding}]`;
    },
  };
}

/** The rule that no window lies in the padding alone; windows are not dilated. */
export function windowsTouchImage<A extends Attributes>(windowsOf: (view: ShapeView<A>) => Windows): Constraint<A> {
  return {
    diagnostic: 'unsupported-attribute',
    requires: 'every window covers at least one element of the image',
    violation: (view) => {
      const { kernel, strides, padding, ...rest } = windowsOf(view);
      const image = operand(view, 0).shape;
      const positions = positionsOf(image, { kernel, strides, padding, ...rest });
      const touches = ([0, 1] as const).every((axis) => {
        const before = padding[axis * 2]!;
        return before < kernel[axis] && (positions[axis] - 1) * strides[axis] - before < image[axis + 1]!;
      });
      return touches ? null : `window [${kernel}], image [${image}], padding [${padding}]`;
    },
  };
}

/** How the rows of an image are driven for these windows. */
export function rowWindowOf({ kernel, strides, dilations, padding }: Windows, padValue: number): RowWindow {
  return { kernelHeight: kernel[0], stride: strides[0], dilation: dilations[0], padTop: padding[0], padValue };
}

/** Sizes of operand 0 and result 0, both NHWC. */
export function imagesOf(view: Pick<NodeView, 'inputs' | 'outputs' | 'node'>): {
  readonly batches: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly outputHeight: number;
  readonly outputWidth: number;
  readonly outputChannels: number;
} {
  const [batches, height, width, channels] = operand(view, 0).shape as [number, number, number, number];
  const [, outputHeight, outputWidth, outputChannels] = result(view).shape as [number, number, number, number];
  return { batches, height, width, channels, outputHeight, outputWidth, outputChannels };
}

/**
 * Visits every position of the windows on an image, in the order of the output, with the elements of the image that
 * the window covers: `forEachTap` gives their pixel (index into batch, height, width) and their place in the window.
 */
export function forEachWindow(
  view: Pick<NodeView, 'inputs' | 'outputs' | 'node'>,
  { kernel, strides, dilations, padding }: Windows,
  visit: (outputPixel: number, forEachTap: (tap: (inputPixel: number, place: number) => void) => void) => void,
): void {
  const { batches, height, width, outputHeight, outputWidth } = imagesOf(view);
  let outputPixel = 0;
  for (let n = 0; n < batches; n++) {
    for (let y = 0; y < outputHeight; y++) {
      for (let x = 0; x < outputWidth; x++) {
        visit(outputPixel++, (tap) => {
          for (let i = 0; i < kernel[0]; i++) {
            const row = y * strides[0] + i * dilations[0] - padding[0];
            for (let j = 0; j < kernel[1]; j++) {
              const column = x * strides[1] + j * dilations[1] - padding[2];
              if (row >= 0 && row < height && column >= 0 && column < width) {
                tap((n * height + row) * width + column, i * kernel[1] + j);
              }
            }
          }
        });
      }
    }
  }
}
