import { elementCount, elementsFromBytes, type NodeView, operand, result } from '../../ir/index.ts';
import { perTensor } from '../activation.ts';
import { field, integer, type KernelRecord } from '../kernel.ts';
import { canPack, packMatrix, productInstructions, type WeightMatrix, weightMatrix } from '../packed-matrix.ts';
import type { Conv2dAttributes } from './definition.ts';
import { isPointwise, rowArguments, rowWindow, windowField } from './window.ts';

type Kernel = KernelRecord<Conv2dAttributes>;

/** Code of the products that the packed kernels share. */
const productBytes = 1300;

export const int8PointwiseDsp: Kernel = {
  name: 'conv2d_1x1_s8__dsp',
  isa: 'dsp',
  description: 'Two pixels by four channels at a time, two channels in one multiplication; 1x1 windows.',
  accepts: (view) => operand(view, 0).dtype === 'int8' && isPointwise(view) && canPack(view, matrixOf(view)),
  cost: (view) => {
    const channels = operand(view, 0).shape[3]!;
    const pixels = pixelsOf(view);
    const columns = Math.ceil(channels / 4) * 4;
    const { one, two } = productInstructions({ outputs: operand(view, 1).shape[0]!, columns });
    return {
      instructions: Math.floor(pixels / 2) * (two + 2.5 * columns + 30) + (pixels % 2) * (one + 2 * columns + 30),
      codeBytes: productBytes + 500,
    };
  },
  lower: (view) => {
    const { constants, fields } = packMatrix(view, matrixOf(view));
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
      scratchBytes: 4 * matrixOf(view).columns,
      inPlace: [],
    };
  },
};

export const int8WindowDsp: Kernel = {
  name: 'conv2d_s8__dsp',
  isa: 'dsp',
  description: 'Windows of two pixels expanded to int16 once, by four channels at a time, two in one multiplication.',
  accepts: (view) => operand(view, 0).dtype === 'int8' && view.attributes.groups === 1 && canPack(view, matrixOf(view)),
  cost: (view) => {
    const [outputs, height] = operand(view, 1).shape as [number, number];
    const columns = columnsOf(view);
    const { two } = productInstructions({ outputs, columns });
    return {
      instructions: Math.ceil(pixelsOf(view) / 2) * (two + 2.5 * columns + 60 * height + 40),
      codeBytes: productBytes + 900,
    };
  },
  lower: (view) => {
    const matrix = matrixOf(view);
    const { constants, fields } = packMatrix(view, matrix);
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
      scratchBytes: 4 * matrix.columns + 2 * width * inputs,
      inPlace: [],
    };
  },
};

/** Two rows of an odd number of pixels make an even run. */
function rowsPerCall(view: NodeView<Conv2dAttributes>): number {
  return result(view).shape[2]! % 2 === 0 ? 1 : 2;
}

function pixelsOf(view: NodeView<Conv2dAttributes>): number {
  return elementCount(result(view).shape.slice(0, 3));
}

function columnsOf(view: NodeView<Conv2dAttributes>): number {
  const [, height, width, inputs] = operand(view, 1).shape as [number, number, number, number];
  return height * Math.ceil((width * inputs) / 4) * 4;
}

/** The weights as a matrix whose rows hold one run for every row of the window. */
function matrixOf(view: NodeView<Conv2dAttributes>): WeightMatrix {
  const weights = operand(view, 1);
  const [outputs, height, width, inputs] = weights.shape as [number, number, number, number];
  return weightMatrix(elementsFromBytes(weights, weights.data!) as Int8Array, outputs, height, width * inputs);
}
