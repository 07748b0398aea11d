/** What the two pools share. */
import { type Constraint, type NodeView, operand, type Shape } from '../ir/index.ts';
import { quantizedPerTensor, rank } from './constraints.ts';
import type { PoolAttributes } from './window-import.ts';
import { imagesOf, positionsOf, type ShapeView, validWindows, type Windows, windowsTouchImage } from './windows.ts';

export type { PoolAttributes };

/** Documentation of the attributes. */
export const poolAttributes = {
  kernel: '[height, width] of the window',
  strides: '[vertical, horizontal] steps of the window',
  padding: '[top, bottom, left, right] elements around the image that do not count',
  activation: 'applied to the result',
} as const;

/** TensorFlow Lite asks for scales that differ by at most this, and computes on the integers as they are. */
const scaleTolerance = 1e-6;

export const poolConstraints: readonly Constraint<PoolAttributes>[] = [
  rank(4, { inputs: [0] }),
  quantizedPerTensor({ inputs: [0], outputs: [0] }),
  {
    diagnostic: 'invalid-quantization',
    requires: 'input and output have the same zero point, and scales that differ by at most 0.000001',
    violation: ({ inputs, outputs }) => {
      const from = inputs[0]?.quantization ?? null;
      const to = outputs[0]?.quantization ?? null;
      if (from === null || to === null) {
        return null;
      }
      const near = Math.abs(from.scales[0]! - to.scales[0]!) <= scaleTolerance;
      return near && from.zeroPoints[0] === to.zeroPoints[0]
        ? null
        : `scales ${from.scales[0]} and ${to.scales[0]}, zero points ${from.zeroPoints[0]} and ${to.zeroPoints[0]}`;
    },
  },
  validWindows(poolWindows),
  windowsTouchImage(poolWindows),
];

/** The windows of a pool. */
export function poolWindows(view: ShapeView<PoolAttributes>): Windows {
  const { kernel, strides, padding } = view.attributes;
  return { kernel, strides, dilations: [1, 1], padding };
}

/** The shape of a pool's result. */
export function pooledShape(view: ShapeView<PoolAttributes>): Shape {
  const image = operand(view, 0).shape;
  return [image[0]!, ...positionsOf(image, poolWindows(view)), image[3]!];
}

/** Instructions of the parts of a pool: per element of a window, per row of it, per result, and per position. */
export interface PoolSteps {
  readonly tap: number;
  readonly row: number;
  readonly result: number;
  readonly position: number;
}

/** Instructions of a pool that computes so many channels at a time. */
export function poolInstructions(view: NodeView<PoolAttributes>, channelsTogether: number, steps: PoolSteps): number {
  const { batches, outputHeight, outputWidth, channels } = imagesOf(view);
  const [height, width] = view.attributes.kernel;
  const ofResult = steps.tap * height * width + steps.row * height + steps.result;
  const ofPosition = Math.ceil(channels / channelsTogether) * ofResult + steps.position;
  // A row of the window is looked up once for all positions.
  return Math.round(batches * outputHeight * (outputWidth * ofPosition + 38 * height));
}
