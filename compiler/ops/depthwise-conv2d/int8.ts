import { elementsFromBytes, type NodeView, operand, result } from '../../ir/index.ts';
import { perTensor, quantizedActivationRange } from '../activation.ts';
import {
  type Argument,
  type CodeGoal,
  constant,
  field,
  type KernelCall,
  type KernelRecord,
  type RowWindow,
} from '../kernel.ts';
import { channelMultipliers, foldInputZeroPoint } from '../requantization.ts';
import { imagesOf, rowWindowOf } from '../windows.ts';
import { type DepthwiseConv2dAttributes, depthwiseConv2d, depthwiseWindows } from './definition.ts';
import { geometryFields, outputsOf } from './geometry.ts';
import { pixelInstructions, planesInstructions } from './int8-cost.ts';
import { channelWeights } from './weights.ts';

type View = NodeView<DepthwiseConv2dAttributes>;
type Kernel = KernelRecord<DepthwiseConv2dAttributes>;

export const int8Portable: Kernel = {
  name: 'depthwise_conv2d_s8__portable',
  isa: 'portable',
  description: 'One output channel after the other, any sizes.',
  accepts: (view) => operand(view, 0).dtype === 'int8',
  cost: (view) => ({
    instructions: 14 * depthwiseConv2d.macs(view) + outputsOf(view) * (30 * depthwiseWindows(view).kernel[0] + 55),
    codeBytes: 560,
  }),
  lower: (view) => int8Call(view, 'depthwise_conv2d_s8__portable'),
};

/** Bytes of scratch that a call may use to compute several rows at once, which share unzipped rows of the input. */
const sharedScratchBytes = 4096;

/** Most rows of a call: their pointers stand on the stack. */
const mostRowsPerCall = 16;

export const int8Dsp3x3: Kernel = {
  name: 'depthwise_conv2d_3x3_s8__dsp',
  isa: 'dsp',
  description:
    '3x3 of strides 1 and 2, from 4 channels: rows unzipped to planes of int16, two pixels a multiplication.',
  accepts: (view) => {
    const { kernel, strides, dilations } = depthwiseWindows(view);
    const is3x3 = [...kernel, ...dilations].join() === '3,3,1,1' && strides[0] === strides[1] && strides[0] <= 2;
    return operand(view, 0).dtype === 'int8' && is3x3 && suitsDsp(view);
  },
  cost: (view, goal) => {
    const { outputWidth } = imagesOf(view);
    const isStride1 = depthwiseWindows(view).strides[1] === 1;
    const blocks = isStride1 ? stride1Blocks(outputWidth, goal) : stride2Blocks(outputWidth);
    const row = blocks.reduce((sum, block) => sum + blockInstructions[block], 0);
    const unzipped = (rows: number) => unzippedRows(view, rows);
    return {
      instructions: planesInstructions(view, rowsPerCall(view), unzipped, { blocks: blocks.length, row }),
      codeBytes: goal === 'size' ? 2300 : 2800,
    };
  },
  lower: (view, options) => {
    const rows = Math.min(rowsPerCall(view), options.rowsPerCall ?? mostRowsPerCall);
    return {
      ...int8Call(view, 'depthwise_conv2d_3x3_s8__dsp'),
      work: { kind: 'rows', window: { ...rowWindow(view), rowsPerCall: rows } },
      arguments: dspArguments,
      scratchBytes: unzippedRows(view, rows) * unzippedRowBytes(view),
      // The last four channels overlap those before where they do not come in fours: read after they were written.
      inPlace: imagesOf(view).channels % 4 === 0 ? [0] : [],
    };
  },
};

/** Instructions for so many neighbouring outputs of a row, as counted on Cortex-M7; `by4s2`: of stride 2. */
const blockInstructions = { by6: 88, by4: 63, by2: 41, by1: 29, by4s2: 69, by2s2: 44 } as const;

type Block = keyof typeof blockInstructions;

/** Five count as six, eight are two fours; code for size has no sixes. */
function stride1Blocks(width: number, goal: CodeGoal | undefined): readonly Block[] {
  if (width >= 5 && width !== 8 && goal !== 'size') {
    return ['by6', ...stride1Blocks(Math.max(0, width - 6), goal)];
  }
  return width >= 4 ? ['by4', ...stride1Blocks(width - 4, goal)] : narrowBlocks(width, 'by2');
}

function stride2Blocks(width: number): readonly Block[] {
  return width >= 4 ? ['by4s2', ...stride2Blocks(width - 4)] : narrowBlocks(width, 'by2s2');
}

function narrowBlocks(width: number, two: Block): readonly Block[] {
  return [...(width >= 2 ? [two] : []), ...(width % 2 === 1 ? (['by1'] as const) : [])];
}

export const int8Dsp: Kernel = {
  name: 'depthwise_conv2d_s8__dsp',
  isa: 'dsp',
  description: 'Any window, from 4 channels: four channels of a pixel at a time.',
  accepts: (view) => operand(view, 0).dtype === 'int8' && suitsDsp(view),
  cost: (view, goal) => ({ instructions: pixelInstructions(view, mostRowsPerCall, goal), codeBytes: 1350 }),
  lower: (view, options) => {
    const rows = Math.min(mostRowsPerCall, imagesOf(view).outputHeight, options.rowsPerCall ?? mostRowsPerCall);
    return {
      ...int8Call(view, 'depthwise_conv2d_s8__dsp'),
      work: { kind: 'rows', window: { ...rowWindow(view), rowsPerCall: rows } },
      arguments: dspArguments,
      scratchBytes: 8 * tapsOf(view),
    };
  },
};

function tapsOf(view: View): number {
  const [height, width] = depthwiseWindows(view).kernel;
  return height * width;
}

/** Output rows of a call: as many as the scratch allows, shared out evenly. */
function rowsPerCall(view: View): number {
  const { outputHeight } = imagesOf(view);
  const most = Math.min(mostRowsPerCall, outputHeight);
  const fits = (rows: number) => unzippedRows(view, rows) * unzippedRowBytes(view) <= sharedScratchBytes;
  const fitting = Array.from({ length: most }, (_, i) => most - i).find(fits) ?? 1;
  return Math.ceil(outputHeight / Math.ceil(outputHeight / fitting));
}

/** Input rows that `rows` output rows need. */
function unzippedRows(view: View, rows: number): number {
  return depthwiseWindows(view).strides[0] * (rows - 1) + 3;
}

/** Four planes of a row, two pixels a word. */
function unzippedRowBytes(view: View): number {
  const { outputWidth } = imagesOf(view);
  return 4 * 4 * (depthwiseWindows(view).strides[1] === 1 ? Math.floor((outputWidth + 3) / 2) : outputWidth + 2);
}

/**
 * What the kernels for Armv7E-M need: one output for each channel, four channels or more, sums that fit 30 bits, and
 * multipliers that shift to the right.
 */
function suitsDsp(view: View): boolean {
  const { channels, outputChannels } = imagesOf(view);
  if (channels !== outputChannels || channels < 4) {
    return false;
  }
  const weightsOf = channelWeights(operand(view, 1));
  const bias = foldInputZeroPoint(view, view.inputs[2] ?? null, channels, weightsOf);
  const multipliers = channelMultipliers(operand(view, 0), operand(view, 1), result(view), channels);
  return multipliers.every(({ multiplier, shift }, channel) => {
    const largest = weightsOf(channel).reduce((sum, weight) => sum + Math.abs(weight) * 128, Math.abs(bias[channel]!));
    return largest < 2 ** 30 && (multiplier === 0 || (shift <= -1 && shift >= -22));
  });
}

/** The arguments of kernels without scratch. */
export const rowArguments: readonly Argument[] = [
  { kind: 'rows' },
  { kind: 'outputRows' },
  { kind: 'parameters' },
  { kind: 'rowCount' },
];

const dspArguments: readonly Argument[] = [...rowArguments.slice(0, 3), { kind: 'scratch' }, { kind: 'rowCount' }];

/** How the rows of an int8 image are driven. */
export function rowWindow(view: View): RowWindow {
  return rowWindowOf(depthwiseWindows(view), perTensor(operand(view, 0).quantization).zeroPoint);
}

function int8Call(view: View, kernel: string): KernelCall {
  const { outputChannels } = imagesOf(view);
  const weights = operand(view, 1);
  const [, height, width] = weights.shape as [number, number, number];
  const multipliers = channelMultipliers(operand(view, 0), weights, result(view), outputChannels);
  const range = quantizedActivationRange(view.attributes.activation, result(view));
  const inputZeroPoint = perTensor(operand(view, 0).quantization).zeroPoint;
  const bias = foldInputZeroPoint(view, view.inputs[2] ?? null, outputChannels, channelWeights(weights));
  return {
    kernel,
    work: { kind: 'rows', window: rowWindow(view) },
    constants: [
      {
        name: 'weights',
        values: elementsFromBytes(weights, weights.data!),
        comment: `int8 [${height}, ${width}, ${outputChannels}]`,
      },
      { name: 'bias', values: bias, comment: "with the input's zero point folded in" },
      {
        name: 'multipliers',
        values: Int32Array.from(multipliers, (m) => m.multiplier),
        comment: '31 fractional bits',
      },
      { name: 'shifts', values: Int8Array.from(multipliers, (m) => m.shift), comment: 'to the left if positive' },
    ],
    parameters: {
      type: 'depthwise_conv2d_s8_parameters',
      fields: [
        field('weights', constant('weights')),
        field('bias', constant('bias')),
        field('multipliers', constant('multipliers')),
        field('shifts', constant('shifts')),
        ...geometryFields(view),
        field('input_zero_point', inputZeroPoint),
        field('weights_zero_point', weights.quantization!.zeroPoints[0]!),
        field('output_zero_point', perTensor(result(view).quantization).zeroPoint),
        field('output_minimum', range.minimum),
        field('output_maximum', range.maximum),
      ],
    },
    arguments: rowArguments,
    scratchBytes: 0,
    inPlace: [],
  };
}
