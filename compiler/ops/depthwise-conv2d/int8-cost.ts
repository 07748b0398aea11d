/**
 * Instructions of the int8 kernels for Armv7E-M, as counted on an emulated Cortex-M7 over some hundred shapes: what the loops
 * in assembly take stands in their text, the constants beside them are what gcc makes of the C around.
 */
import type { NodeView } from '../../ir/index.ts';
import type { CodeGoal } from '../kernel.ts';
import { isClamped } from '../packed-matrix.ts';
import { imagesOf } from '../windows.ts';
import { type DepthwiseConv2dAttributes, depthwiseWindows } from './definition.ts';

type View = NodeView<DepthwiseConv2dAttributes>;

/** Rows of the results of the calls that an image takes. */
function callsOf(outputHeight: number, rowsPerCall: number): readonly number[] {
  return Array.from({ length: Math.ceil(outputHeight / rowsPerCall) }, (_, call) =>
    Math.min(rowsPerCall, outputHeight - call * rowsPerCall),
  );
}

/** Results are clamped four at a time. */
function clampingInstructions(view: View, results: number): number {
  return isClamped(view) ? 2 * results : 0;
}

/** 3x3 windows over planes of unzipped rows; `unzippedRows` are the input rows that so many output rows need. */
export function planesInstructions(
  view: View,
  rowsPerCall: number,
  unzippedRows: (rows: number) => number,
  { blocks, row }: { readonly blocks: number; readonly row: number },
): number {
  const { batches, width, channels, outputHeight, outputWidth } = imagesOf(view);
  const { padding } = depthwiseWindows(view);
  const hasFirst = padding[2] % 2;
  const pairs = Math.floor((width - hasFirst) / 2);
  const hasLast = (width - hasFirst) % 2;
  const unzipping = 16 + 12 * hasFirst + 15 * pairs + 10 * hasLast;
  const ofCall = (rows: number) => {
    const unzipped = unzippedRows(rows);
    const ofFourChannels = 360 + 80 * blocks + unzipped * unzipping + 4 * rows * row;
    return 180 + 115 * unzipped + Math.ceil(channels / 4) * ofFourChannels;
  };
  const calls = callsOf(outputHeight, rowsPerCall).reduce((sum, rows) => sum + ofCall(rows), 0);
  return Math.round(batches * calls + clampingInstructions(view, batches * outputHeight * outputWidth * channels));
}

/** Any window, four channels of a pixel at a time; inside of the image three taps of a row at a time. */
export function pixelInstructions(view: View, rowsPerCall: number, goal: CodeGoal | undefined): number {
  const { batches, width, channels, outputHeight, outputWidth } = imagesOf(view);
  const { kernel, strides, dilations, padding } = depthwiseWindows(view);
  const [height, kernelWidth] = kernel;
  const taps = height * kernelWidth;
  const [threeTaps, oneTap, borderTap] = goal === 'size' ? [58, 18, 45] : [32.5, 10, 36];
  const columns = Array.from({ length: outputWidth }, (_, x) => x * strides[1] - padding[2]);
  const last = width - (kernelWidth - 1) * dilations[1];
  const inside = columns.filter((column) => column >= 0 && column < last).length;
  const row = threeTaps * Math.floor(kernelWidth / 3) + oneTap * (kernelWidth % 3) + 48;
  const ofRow = inside * height * row + (outputWidth - inside) * borderTap * taps + 21 * outputWidth;
  const ofCall = (rows: number) => 42 * rows * height + Math.ceil(channels / 4) * (240 + 14 * taps + rows * ofRow);
  const calls = callsOf(outputHeight, rowsPerCall).reduce((sum, rows) => sum + ofCall(rows), 0);
  return Math.round(batches * calls + clampingInstructions(view, batches * outputHeight * outputWidth * channels));
}
