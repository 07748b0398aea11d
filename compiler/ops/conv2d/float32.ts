import { elementCount, elementsFromBytes, type NodeView, operand, result } from '../../ir/index.ts';
import { floatActivationRange } from '../activation.ts';
import { type CField, type ConstantArray, constant, field, float, type KernelRecord } from '../kernel.ts';
import { type Conv2dAttributes, conv2d } from './definition.ts';
import { lastColumn, rowArguments, rowWindow, windowField } from './window.ts';

type Kernel = KernelRecord<Conv2dAttributes>;
type View = NodeView<Conv2dAttributes>;

export const float32Portable: Kernel = {
  name: 'conv2d_f32__portable',
  isa: 'portable',
  description: 'One dot product an output, any window, any groups.',
  accepts: (view) => operand(view, 0).dtype === 'float32',
  cost: (view) => {
    const [, height, width] = operand(view, 1).shape as [number, number, number];
    const outputs = elementCount(result(view).shape);
    return {
      instructions: 6 * conv2d.macs(view) + outputs * (height * (26 * width + 10) + 44),
      codeBytes: 360,
    };
  },
  lower: (view) => {
    const weights = operand(view, 1);
    const [outputs, , , inputs] = weights.shape as [number, number, number, number];
    return {
      kernel: 'conv2d_f32__portable',
      work: { kind: 'rows', window: rowWindow(view, 0) },
      constants: [
        {
          name: 'weights',
          values: elementsFromBytes(weights, weights.data!),
          comment: `float [${weights.shape.join(', ')}]`,
        },
        ...biasConstants(view),
      ],
      parameters: {
        type: 'conv2d_f32_parameters',
        fields: [
          windowField(view, 0),
          field('weights', constant('weights')),
          field('bias', constant(biasConstants(view)[0]?.name ?? null)),
          field('group_inputs', inputs),
          field('group_outputs', outputs / view.attributes.groups),
          field('outputs', outputs),
          ...rangeFields(view),
        ],
      },
      arguments: rowArguments(),
      scratchBytes: 0,
      inPlace: [],
    };
  },
};

export const float32Tiled: Kernel = {
  name: 'conv2d_tiled_f32__portable',
  isa: 'portable',
  description: 'Four pixels by four channels at a time.',
  accepts: (view) => operand(view, 0).dtype === 'float32' && view.attributes.groups === 1,
  cost: (view) => {
    const [batches, height, width, outputs] = result(view).shape as [number, number, number, number];
    const [, kernelHeight, kernelWidth] = operand(view, 1).shape as [number, number, number];
    const fours = batches * height * Math.ceil(outputs / 4);
    const tiles = fours * Math.ceil(width / 4);
    const taps = elementCount(operand(view, 1).shape) / outputs;
    // A row of the window is multiplied at once inside of the image, tap by tap at its borders.
    const pieces = fours * kernelHeight * (Math.ceil(width / 4) + borderTiles(view) * (kernelWidth - 1));
    const results = elementCount(result(view).shape);
    return { instructions: tiles * (23 * taps + 85) + 94 * pieces + 20 * results, codeBytes: 700 };
  },
  lower: (view) => {
    const weights = operand(view, 1);
    const [outputs, , , inputs] = weights.shape as [number, number, number, number];
    return {
      kernel: 'conv2d_tiled_f32__portable',
      work: { kind: 'rows', window: rowWindow(view, 0) },
      constants: [
        {
          name: 'weights',
          values: fourChannelsTogether(elementsFromBytes(weights, weights.data!) as Float32Array, outputs),
          comment: `float [${weights.shape.join(', ')}], four outputs interleaved`,
        },
        ...biasConstants(view),
        { name: 'zeros', values: new Float32Array(inputs), comment: 'a pixel outside of the image' },
      ],
      parameters: {
        type: 'conv2d_tiled_f32_parameters',
        fields: [
          windowField(view, 0),
          field('weights', constant('weights')),
          field('bias', constant(biasConstants(view)[0]?.name ?? null)),
          field('zeros', constant('zeros')),
          field('outputs', outputs),
          ...rangeFields(view),
        ],
      },
      arguments: rowArguments(),
      scratchBytes: 0,
      inPlace: [],
    };
  },
};

/** Of the tiles of four pixels in a row of the result, those whose windows reach over the border. */
function borderTiles(view: View): number {
  const width = result(view).shape[2]!;
  const { strides, padding } = view.attributes;
  const last = lastColumn(view);
  return Array.from({ length: Math.ceil(width / 4) }, (_, tile) => {
    const first = 4 * tile * strides[1] - padding[2];
    const end = (Math.min(4 * tile + 4, width) - 1) * strides[1] - padding[2];
    return first >= 0 && end <= last ? 0 : 1;
  }).reduce<number>((sum, tiles) => sum + tiles, 0);
}

function biasConstants(view: View): readonly ConstantArray[] {
  const bias = view.inputs[2] ?? null;
  return bias === null ? [] : [{ name: 'bias', values: elementsFromBytes(bias, bias.data!), comment: 'float' }];
}

function rangeFields(view: View): readonly CField[] {
  const range = floatActivationRange(view.attributes.activation);
  return [field('output_minimum', float(range.minimum)), field('output_maximum', float(range.maximum))];
}

/** [outputs, taps] as [outputs / 4, taps, 4]; the channels that are missing at the end are 0. */
function fourChannelsTogether(weights: Float32Array, outputs: number): Float32Array {
  const taps = weights.length / outputs;
  const fours = new Float32Array(Math.ceil(outputs / 4) * 4 * taps);
  for (let o = 0; o < outputs; o++) {
    for (let k = 0; k < taps; k++) {
      fours[(Math.floor(o / 4) * taps + k) * 4 + (o % 4)] = weights[o * taps + k]!;
    }
  }
  return fours;
}
