import { type NodeView, operand, result } from '../../ir/index.ts';
import { type Argument, type CField, field, type RowWindow } from '../kernel.ts';
import type { Conv2dAttributes } from './definition.ts';

/** How code generation drives the rows of a convolution. */
export function rowWindow(view: NodeView<Conv2dAttributes>, padValue: number, rowsPerCall = 1): RowWindow {
  const { strides, dilations, padding } = view.attributes;
  return {
    kernelHeight: operand(view, 1).shape[1]!,
    stride: strides[0],
    dilation: dilations[0],
    padTop: padding[0],
    padValue,
    ...(rowsPerCall > 1 ? { rowsPerCall } : {}),
  };
}

/** The field `window` of a parameter struct: how the kernel slides along a row. */
export function windowField(view: NodeView<Conv2dAttributes>, padValue: number): CField {
  const [, , inputWidth, channels] = operand(view, 0).shape as [number, number, number, number];
  const [, kernelHeight, kernelWidth] = operand(view, 1).shape as [number, number, number];
  const { strides, dilations, padding } = view.attributes;
  return field('window', {
    kind: 'struct',
    fields: [
      field('input_width', inputWidth),
      field('input_channels', channels),
      field('output_width', result(view).shape[2]!),
      field('kernel_height', kernelHeight),
      field('kernel_width', kernelWidth),
      field('stride', strides[1]),
      field('dilation', dilations[1]),
      field('pad_left', padding[2]),
      field('pad_value', padValue),
      field('last_column', lastColumn(view)),
    ],
  });
}

/**
 * The last column at which a row of the window lies in the image and can be read at once, int8 as whole words;
 * -1 if there is none, as with dilation.
 */
export function lastColumn(view: NodeView<Conv2dAttributes>): number {
  const [, , inputWidth, channels] = operand(view, 0).shape as [number, number, number, number];
  const kernelWidth = operand(view, 1).shape[2]!;
  const elements = kernelWidth * channels;
  const read = operand(view, 0).dtype === 'int8' ? Math.ceil(elements / 4) * 4 : elements;
  return view.attributes.dilations[1] > 1 && kernelWidth > 1
    ? -1
    : Math.max(-1, Math.floor((inputWidth * channels - read) / channels));
}

/** Arguments of `rows` work. */
export function rowArguments(...extra: readonly Argument[]): readonly Argument[] {
  return [{ kind: 'rows' }, { kind: 'outputRows' }, { kind: 'parameters' }, ...extra, { kind: 'rowCount' }];
}

/** True if every output pixel is computed from the input pixel in its place alone. */
export function isPointwise(view: NodeView<Conv2dAttributes>): boolean {
  const [, kernelHeight, kernelWidth] = operand(view, 1).shape as [number, number, number];
  const { strides, padding, groups } = view.attributes;
  return (
    kernelHeight === 1 &&
    kernelWidth === 1 &&
    groups === 1 &&
    strides.every((stride) => stride === 1) &&
    padding.every((elements) => elements === 0)
  );
}
