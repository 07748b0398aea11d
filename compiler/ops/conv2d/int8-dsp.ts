import { elementCount, elementsFromBytes, type NodeView, operand, result } from '../../ir/index.ts';
import { perTensor } from '../activation.ts';
import { constant, field, type KernelRecord, type LoweringOptions } from '../kernel.ts';
import {
  canPack,
  clampingInstructions,
  packMatrix,
  pixelsInstructions,
  roundUp4,
  type WeightMatrix,
  weightMatrix,
} from '../packed-matrix.ts';
import type { Conv2dAttributes } from './definition.ts';
import { wideInstructions } from './int8-cost.ts';
import { plainChannels } from './plain-channels.ts';
import { isPointwise, rowArguments, rowWindow, windowField } from './window.ts';

type Kernel = KernelRecord<Conv2dAttributes>;

/** Code of the products that the packed kernels share. */
const productBytes = 1550;

export const int8PointwiseDsp: Kernel = {
  name: 'conv2d_1x1_s8__dsp',
  isa: 'dsp',
  description: 'Three pixels by two channels at a time, two channels in one multiplication; 1x1 windows.',
  accepts: (view) => operand(view, 0).dtype === 'int8' && isPointwise(view) && canPack(view, matrixOf(view)),
  cost: (view) => {
    const channels = operand(view, 0).shape[3]!;
    const columns = roundUp4(channels);
    const outputs = operand(view, 1).shape[0]!;
    return {
      instructions:
        Math.round(pixelsInstructions(view, { outputs, columns }, pixelsOf(view), 28) + 20) +
        clampingInstructions(view, pixelsOf(view) * outputs),
      codeBytes: productBytes + 550,
    };
  },
  lower: (view) => {
    const { constants, fields } = packMatrix(view, matrixOf(view), 2);
    const channels = operand(view, 0).shape[3]!;
    return {
      kernel: 'conv2d_1x1_s8__dsp',
      work: { kind: 'run', units: pixelsOf(view) },
      constants,
      parameters: {
        type: 'conv2d_1x1_packed_s8_parameters',
        fields: [field('matrix', { kind: 'struct', fields }), field('channels', channels)],
      },
      arguments: [
        { kind: 'input', index: 0 },
        { kind: 'output', index: 0 },
        { kind: 'parameters' },
        { kind: 'scratch' },
        { kind: 'runLength' },
      ],
      scratchBytes: 6 * columnsOf(view) + (channels % 4 === 0 ? 0 : 3 * columnsOf(view)),
      inPlace: [0],
    };
  },
};

export const int8WindowDsp: Kernel = {
  name: 'conv2d_s8__dsp',
  isa: 'dsp',
  description: 'Windows of three pixels expanded to int16 once, by two channels at a time, in one multiplication.',
  accepts: (view) => operand(view, 0).dtype === 'int8' && view.attributes.groups === 1 && canPack(view, matrixOf(view)),
  cost: (view) => {
    const [outputs, height] = operand(view, 1).shape as [number, number];
    const columns = columnsOf(view);
    const pixels = Math.min(rowsPerCall(view, {}), result(view).shape[1]!) * result(view).shape[2]!;
    const perCall = pixelsInstructions(view, { outputs, columns }, pixels, 15 * height + 60) + 40;
    return {
      instructions:
        Math.round((pixelsOf(view) / pixels) * perCall + 45 * height * borderWindows(view)) +
        clampingInstructions(view, pixelsOf(view) * outputs),
      codeBytes: productBytes + 900,
    };
  },
  lower: (view, options) => {
    const matrix = matrixOf(view);
    const { constants, fields } = packMatrix(view, matrix, 2);
    const inputZeroPoint = perTensor(operand(view, 0).quantization).zeroPoint;
    return {
      kernel: 'conv2d_s8__dsp',
      work: { kind: 'rows', window: rowWindow(view, inputZeroPoint, rowsPerCall(view, options)) },
      constants,
      parameters: {
        type: 'conv2d_packed_s8_parameters',
        fields: [windowField(view, inputZeroPoint), field('matrix', { kind: 'struct', fields })],
      },
      arguments: rowArguments({ kind: 'scratch' }),
      scratchBytes: windowScratchBytes(view),
      inPlace: [],
    };
  },
};

export const int8WideDsp: Kernel = {
  name: 'conv2d_wide_s8__dsp',
  isa: 'dsp',
  description: 'Weights as int16, for those that do not pack: with a zero point, large sums or large multipliers.',
  accepts: (view) => operand(view, 0).dtype === 'int8' && view.attributes.groups === 1,
  cost: (view) => ({ instructions: wideInstructions(view, rowsPerCall(view, {})), codeBytes: 800 }),
  lower: (view, options) => {
    const matrix = matrixOf(view);
    const { outputs, columns } = matrix;
    const zeroPoint = operand(view, 1).quantization!.zeroPoints[0]!;
    const taps = tapsOf(view);
    const weights = Int16Array.from(matrix.values, (weight, i) => (taps[i % columns]! ? weight - zeroPoint : 0));
    const { constants, addressFields, valueFields } = plainChannels(view, (o) =>
      weights.subarray(o * columns, (o + 1) * columns),
    );
    const inputZeroPoint = perTensor(operand(view, 0).quantization).zeroPoint;
    return {
      kernel: 'conv2d_wide_s8__dsp',
      work: { kind: 'rows', window: rowWindow(view, inputZeroPoint, rowsPerCall(view, options)) },
      constants: [
        {
          name: 'weights',
          values: packWide(weights),
          comment: `int16 [${outputs}, ${columns}], columns 0, 2, 1, 3 of every four`,
        },
        ...constants,
      ],
      parameters: {
        type: 'conv2d_wide_s8_parameters',
        fields: [
          windowField(view, inputZeroPoint),
          field('weights', constant('weights')),
          ...addressFields,
          field('columns', columns),
          field('outputs', outputs),
          ...valueFields,
        ],
      },
      arguments: rowArguments({ kind: 'scratch' }),
      scratchBytes: windowScratchBytes(view),
      inPlace: [],
    };
  },
};

/** For every column of the matrix whether it is a tap of the window and not a fill-up. */
function tapsOf(view: NodeView<Conv2dAttributes>): readonly boolean[] {
  const [, height, width, inputs] = operand(view, 1).shape as [number, number, number, number];
  const length = width * inputs;
  return Array.from({ length: height * roundUp4(length) }, (_, column) => column % roundUp4(length) < length);
}

/** Pairs of int16 as words: of every four 0 and 2, then 1 and 3. */
function packWide(weights: Int16Array): Uint32Array {
  return Uint32Array.from({ length: weights.length / 2 }, (_, i) => {
    const first = 4 * Math.floor(i / 2) + (i % 2);
    return ((weights[first]! & 0xffff) | (weights[first + 2]! << 16)) >>> 0;
  });
}

/** Columns of three pixels as int16, and a row of three windows as int8. */
function windowScratchBytes(view: NodeView<Conv2dAttributes>): number {
  const [, , width, inputs] = operand(view, 1).shape as [number, number, number, number];
  return 6 * columnsOf(view) + 3 * roundUp4(width * inputs);
}

/** Windows that reach over the left or the right border. */
function borderWindows(view: NodeView<Conv2dAttributes>): number {
  const [batches, rows, width] = result(view).shape as [number, number, number];
  const { padding, strides } = view.attributes;
  const inRow = Math.ceil(padding[2] / strides[1]) + Math.ceil(padding[3] / strides[1]);
  return batches * rows * Math.min(width, inRow);
}

/** As many rows as make up threes of pixels. */
function rowsPerCall(
  view: NodeView<Conv2dAttributes>,
  { rowsPerCall: most = 3 }: Pick<LoweringOptions, 'rowsPerCall'>,
): number {
  return result(view).shape[2]! % 3 === 0 ? 1 : Math.min(3, most);
}

function pixelsOf(view: NodeView<Conv2dAttributes>): number {
  return elementCount(result(view).shape.slice(0, 3));
}

function columnsOf(view: NodeView<Conv2dAttributes>): number {
  const [, height, width, inputs] = operand(view, 1).shape as [number, number, number, number];
  return height * roundUp4(width * inputs);
}

/** The weights as a matrix whose rows hold one run for every row of the window. */
function matrixOf(view: NodeView<Conv2dAttributes>): WeightMatrix {
  const weights = operand(view, 1);
  const [outputs, height, width, inputs] = weights.shape as [number, number, number, number];
  return weightMatrix(elementsFromBytes(weights, weights.data!) as Int8Array, outputs, height, width * inputs);
}
