/** The digit classifier's layers; convolutions have SAME padding and end in ReLU. */

/** Height, width and channels of an image. */
export interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

export type LayerSpec =
  | {
      readonly kind: 'convolution';
      readonly name: string;
      readonly kernel: number;
      readonly stride: number;
      readonly channels: number;
    }
  | { readonly kind: 'depthwise'; readonly name: string; readonly kernel: number; readonly stride: number }
  | { readonly kind: 'max-pool'; readonly name: string; readonly size: number }
  | { readonly kind: 'dense'; readonly name: string; readonly outputs: number };

export const inputShape: ImageShape = { height: 28, width: 28, channels: 1 };

export const architecture: readonly LayerSpec[] = [
  { kind: 'convolution', name: 'strokes', kernel: 3, stride: 1, channels: 8 },
  { kind: 'convolution', name: 'corners', kernel: 3, stride: 2, channels: 16 },
  { kind: 'depthwise', name: 'parts/depthwise', kernel: 3, stride: 1 },
  { kind: 'convolution', name: 'parts/pointwise', kernel: 1, stride: 1, channels: 32 },
  { kind: 'max-pool', name: 'pool', size: 2 },
  { kind: 'depthwise', name: 'shapes/depthwise', kernel: 3, stride: 1 },
  { kind: 'convolution', name: 'shapes/pointwise', kernel: 1, stride: 1, channels: 32 },
  { kind: 'dense', name: 'scores', outputs: 10 },
];

/** What a layer makes of an image of this shape. */
export function outputShape(layer: LayerSpec, input: ImageShape): ImageShape {
  switch (layer.kind) {
    case 'convolution':
      return { ...strided(input, layer.stride), channels: layer.channels };
    case 'depthwise':
      return strided(input, layer.stride);
    case 'max-pool':
      return {
        height: Math.floor(input.height / layer.size),
        width: Math.floor(input.width / layer.size),
        channels: input.channels,
      };
    case 'dense':
      return { height: 1, width: 1, channels: layer.outputs };
  }
}

/** Number of values in an image. */
export function lengthOf(shape: ImageShape): number {
  return shape.height * shape.width * shape.channels;
}

/** Rows or columns of SAME padding before the first input; the odd one goes behind the last. */
export function paddingBefore(input: number, output: number, kernel: number, stride: number): number {
  return Math.floor(Math.max((output - 1) * stride + kernel - input, 0) / 2);
}

function strided(input: ImageShape, stride: number): ImageShape {
  return {
    height: Math.ceil(input.height / stride),
    width: Math.ceil(input.width / stride),
    channels: input.channels,
  };
}
