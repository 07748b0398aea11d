import { elementCount, elementsFromBytes, type NodeView, operand, result } from '../../ir/index.ts';
import { floatActivationRange } from '../activation.ts';
import { type CField, type ConstantArray, constant, field, float, type KernelRecord } from '../kernel.ts';
import { type Conv2dAttributes, conv2d } from './definition.ts';
import { rowArguments, rowWindow, windowField } from './window.ts';

type Kernel = KernelRecord<Conv2dAttributes>;
type View = NodeView<Conv2dAttributes>;

/** Of an address on any machine that runs the kernels. */
const pointerBytes = 8;

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
    const groups = batches * height * Math.ceil(width / 4);
    const kernelHeight = operand(view, 1).shape[1]!;
    const taps = elementCount(operand(view, 1).shape) / outputs;
    return {
      instructions: groups * (Math.ceil(outputs / 4) * (19 * taps + 80) + 130 * kernelHeight + 50),
      codeBytes: 1300,
    };
  },
  lower: (view) => {
    const weights = operand(view, 1);
    const [outputs, kernelHeight, kernelWidth, inputs] = weights.shape as [number, number, number, number];
    return {
      kernel: 'conv2d_tiled_f32__portable',
      work: { kind: 'rows', window: rowWindow(view, 0) },
      constants: [
        {
          name: 'weights',
          values: fourChannelsTogether(elementsFromBytes(weights, weights.data!) as Float32Array, outputs),
          comment: `float [${weights.shape.join(', ')}], four outputs interleaved`,
        },
        { name: 'bias', values: fourfoldBias(view), comment: 'float, zeros for missing channels' },
        { name: 'zeros', values: new Float32Array(Math.max(inputs, 4)), comment: 'a pixel outside of the image' },
      ],
      parameters: {
        type: 'conv2d_tiled_f32_parameters',
        fields: [
          windowField(view, 0),
          field('weights', constant('weights')),
          field('bias', constant('bias')),
          field('zeros', constant('zeros')),
          field('outputs', outputs),
          ...rangeFields(view),
        ],
      },
      arguments: rowArguments({ kind: 'scratch' }),
      scratchBytes: 4 * pointerBytes * kernelHeight * kernelWidth,
      inPlace: [],
    };
  },
};

/** The biases of as many channels as fill fours, zeros where there is none. */
function fourfoldBias(view: View): Float32Array {
  const outputs = operand(view, 1).shape[0]!;
  const bias = new Float32Array(Math.ceil(outputs / 4) * 4);
  bias.set((biasConstants(view)[0]?.values ?? []) as ArrayLike<number>);
  return bias;
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
