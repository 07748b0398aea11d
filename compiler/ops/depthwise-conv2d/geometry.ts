import type { NodeView } from '../../ir/index.ts';
import { type CField, field } from '../kernel.ts';
import { imagesOf } from '../windows.ts';
import { type DepthwiseConv2dAttributes, depthwiseWindows } from './definition.ts';

type View = NodeView<DepthwiseConv2dAttributes>;

/** The fields that the parameters of all depthwise kernels share. */
export function geometryFields(view: View): readonly CField[] {
  const { channels, width, outputWidth, outputChannels } = imagesOf(view);
  const { kernel, strides, dilations, padding } = depthwiseWindows(view);
  return [
    field('channels', channels),
    field('multiplier', outputChannels / channels),
    field('kernel_height', kernel[0]),
    field('kernel_width', kernel[1]),
    field('stride', strides[1]),
    field('dilation', dilations[1]),
    field('pad_left', padding[2]),
    field('input_width', width),
    field('output_width', outputWidth),
  ];
}

/** Elements of the result. */
export function outputsOf(view: View): number {
  const { batches, outputHeight, outputWidth, outputChannels } = imagesOf(view);
  return batches * outputHeight * outputWidth * outputChannels;
}
