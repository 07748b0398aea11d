import { elementCount, elementsFromBytes, type NodeView, operand, result } from '../../ir/index.ts';
import { perTensor } from '../activation.ts';
import { field, integer, type KernelRecord } from '../kernel.ts';
import {
  canPack,
  packMatrix,
  pixelsInstructions,
  roundUp4,
  type WeightMatrix,
  weightMatrix,
} from '../packed-matrix.ts';
import type { Conv2dAttributes } from './definition.ts';
import { isPointwise, rowArguments, rowWindow, windowField } from './window.ts';

type Kernel = KernelRecord<Conv2dAttributes>;

/** Code of the products that the packed kernels share. */
const productBytes = 1000;

export const int8PointwiseDsp: Kernel = {
  name: 'conv2d_1x1_s8__dsp',
  isa: 'dsp',
  description: 'Three pixels by two channels at a time, two channels in one multiplication; 1x1 windows.',
  accepts: (view) => operand(view, 0).dtype === 'int8' && isPointwise(view) && canPack(view, matrixOf(view)),
  cost: (view) => {
    const channels = operand(view, 0).shape[3]!;
    const columns = roundUp4(channels);
    const product = pixelsInstructions({ outputs: operand(view, 1).shape[0]!, columns });
    return {
      instructions: Math.ceil(pixelsOf(view) / 3) * (product + 3 * columns + 40),
      codeBytes: productBytes + 400,
    };
  },
  lower: (view) => {
    const { constants, fields } = packMatrix(view, matrixOf(view), 2);
    const channels = operand(view, 0).shape[3]!;
    return {
      kernel: 'conv2d_1x1_s8__dsp',
      work: { kind: 'run' },
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
        integer(pixelsOf(view)),
      ],
      scratchBytes: 6 * columnsOf(view) + (channels % 4 === 0 ? 0 : 3 * columnsOf(view)),
      inPlace: [],
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
    const product = pixelsInstructions({ outputs, columns });
    return {
      instructions: Math.ceil(pixelsOf(view) / 3) * (product + 3 * columns + 15 * height + 60),
      codeBytes: productBytes + 700,
    };
  },
  lower: (view) => {
    const matrix = matrixOf(view);
    const { constants, fields } = packMatrix(view, matrix, 2);
    const inputZeroPoint = perTensor(operand(view, 0).quantization).zeroPoint;
    const [, , width, inputs] = operand(view, 1).shape as [number, number, number, number];
    return {
      kernel: 'conv2d_s8__dsp',
      work: { kind: 'rows', window: rowWindow(view, inputZeroPoint, rowsPerCall(view)) },
      constants,
      parameters: {
        type: 'conv2d_packed_s8_parameters',
        fields: [windowField(view, inputZeroPoint), field('matrix', { kind: 'struct', fields })],
      },
      arguments: rowArguments({ kind: 'scratch' }),
      scratchBytes: 6 * matrix.columns + 3 * roundUp4(width * inputs),
      inPlace: [],
    };
  },
};

/** As many rows as make up threes of pixels. */
function rowsPerCall(view: NodeView<Conv2dAttributes>): number {
  return result(view).shape[2]! % 3 === 0 ? 1 : 3;
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
