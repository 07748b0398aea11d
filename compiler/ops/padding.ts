/** Elements that a window operator adds to an image: above, below, left, right. */
export type Padding = readonly [top: number, bottom: number, left: number, right: number];

/** The two dimensions of an image or a window. */
export type HeightWidth = readonly [height: number, width: number];

/** Largest stride, dilation and padding: with it no offset within a padded image leaves the 32 bits of the generated code. */
export const maximumWindowStep = 65535;

/** Elements that a window with `dilation` spans. */
export function dilatedSize(kernel: number, dilation: number): number {
  return (kernel - 1) * dilation + 1;
}

/** Positions of a window along a padded dimension; 0 or less if it does not fit. */
export function outputSize(
  input: number,
  kernel: number,
  stride: number,
  dilation: number,
  [before, after]: readonly [before: number, after: number],
): number {
  return Math.floor((input + before + after - dilatedSize(kernel, dilation)) / stride) + 1;
}

/** SAME padding along one dimension: the output has ceil(input / stride) elements, an odd element of padding comes after. */
export function samePadding(
  input: number,
  kernel: number,
  stride: number,
  dilation: number,
): readonly [before: number, after: number] {
  const output = Math.ceil(input / stride);
  const total = Math.max(0, (output - 1) * stride + dilatedSize(kernel, dilation) - input);
  const before = Math.floor(total / 2);
  return [before, total - before];
}

/** The padding that `SAME` and `VALID` stand for. */
export function resolvePadding(
  mode: 'SAME' | 'VALID',
  input: HeightWidth,
  kernel: HeightWidth,
  strides: HeightWidth,
  dilations: HeightWidth = [1, 1],
): Padding {
  if (mode === 'VALID') {
    return [0, 0, 0, 0];
  }
  const [top, bottom] = samePadding(input[0], kernel[0], strides[0], dilations[0]);
  const [left, right] = samePadding(input[1], kernel[1], strides[1], dilations[1]);
  return [top, bottom, left, right];
}
