import { elementsFromBytes, type NodeView, operand, result } from '../../ir/index.ts';
import { perTensor } from '../activation.ts';
import { field, type KernelRecord } from '../kernel.ts';
import { canPack, packMatrix, pixelsInstructions, type WeightMatrix } from '../packed-matrix.ts';
import type { Conv2dAttributes } from './definition.ts';
import { rowArguments, rowWindow, windowField } from './window.ts';

type View = NodeView<Conv2dAttributes>;

/** Of a window of 27 elements: eight of every row, then the ninth of every row, and a fill-up. */
const columns = 28;

export const int8ThreeChannelsDsp: KernelRecord<Conv2dAttributes> = {
  name: 'conv2d_3x3x3_s8__dsp',
  isa: 'dsp',
  description: '3x3 windows of three input channels in 28 columns, from 3 pixels in a row, as conv2d_s8__dsp.',
  accepts: (view) => {
    const [, height, width, inputs] = operand(view, 1).shape;
    const { dilations, groups } = view.attributes;
    return (
      operand(view, 0).dtype === 'int8' &&
      [height, width, inputs, dilations[1], groups].join() === '3,3,3,1,1' &&
      result(view).shape[2]! >= 3 &&
      canPack(view, matrixOf(view))
    );
  },
  cost: (view) => {
    const outputs = operand(view, 1).shape[0]!;
    const [batches, height, width] = result(view).shape as [number, number, number];
    // The last three pixels overlap those before.
    const products = pixelsInstructions(view, { outputs, columns }, 3 * Math.ceil(width / 3), 65);
    const borders = view.attributes.padding.slice(2).filter((elements) => elements > 0).length;
    return { instructions: batches * height * (products + 100 + 400 * borders), codeBytes: 1600 };
  },
  lower: (view) => {
    const { constants, fields } = packMatrix(view, matrixOf(view), 2);
    const inputZeroPoint = perTensor(operand(view, 0).quantization).zeroPoint;
    return {
      kernel: 'conv2d_3x3x3_s8__dsp',
      work: { kind: 'rows', window: rowWindow(view, inputZeroPoint) },
      constants,
      parameters: {
        type: 'conv2d_packed_s8_parameters',
        fields: [windowField(view, inputZeroPoint), field('matrix', { kind: 'struct', fields })],
      },
      arguments: rowArguments({ kind: 'scratch' }),
      scratchBytes: 6 * columns + 9 * 12,
      inPlace: [],
    };
  },
};

function matrixOf(view: View): WeightMatrix {
  const weights = operand(view, 1);
  const values = elementsFromBytes(weights, weights.data!) as Int8Array;
  const outputs = weights.shape[0]!;
  const ordered = new Int8Array(outputs * columns);
  values.forEach((weight, i) => {
    const [o, row, element] = [Math.floor(i / 27), Math.floor((i % 27) / 9), i % 9];
    ordered[o * columns + (element < 8 ? 8 * row + element : 24 + row)] = weight;
  });
  return { outputs, columns, values: ordered };
}
