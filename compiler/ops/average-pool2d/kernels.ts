import { type NodeView, operand, result } from '../../ir/index.ts';
import { floatActivationRange, quantizedActivationRange } from '../activation.ts';
import { type CValue, field, float, type Isa, integer, type KernelCall, type KernelRecord } from '../kernel.ts';
import { type PoolAttributes, poolInstructions, poolWindows } from '../pool.ts';
import { imagesOf, rowWindowOf } from '../windows.ts';
import { globalAverageKernels } from './global.ts';

type View = NodeView<PoolAttributes>;
type Kernel = KernelRecord<PoolAttributes>;

const int8Portable: Kernel = {
  name: 'average_pool2d_s8__portable',
  isa: 'portable',
  description: 'One channel after the other, any sizes.',
  accepts: (view) => operand(view, 0).dtype === 'int8',
  cost: (view, goal) => ({
    instructions: poolInstructions(
      view,
      1,
      goal === 'size' ? { tap: 6, row: 6, result: 15, position: 32 } : { tap: 4, row: 5, result: 20, position: 34 },
    ),
    codeBytes: 260,
  }),
  lower: (view) => int8Call(view, 'portable'),
};

/** Elements whose sum always fits 16 bits. */
const mostElements = 256;

const int8Dsp: Kernel = {
  name: 'average_pool2d_s8__dsp',
  isa: 'dsp',
  description: 'Four channels at a time, from 4 channels, windows of at most 256 elements.',
  accepts: (view) => {
    const [height, width] = view.attributes.kernel;
    const { dtype, shape } = operand(view, 0);
    return dtype === 'int8' && shape[3]! >= 4 && height * width <= mostElements;
  },
  cost: (view, goal) => ({
    instructions: poolInstructions(
      view,
      4,
      goal === 'size' ? { tap: 5, row: 5, result: 62, position: 22 } : { tap: 5, row: 4, result: 69, position: 31 },
    ),
    codeBytes: 400,
  }),
  lower: (view) => int8Call(view, 'dsp'),
};

const float32Portable: Kernel = {
  name: 'average_pool2d_f32__portable',
  isa: 'portable',
  description: 'One channel after the other, any sizes.',
  accepts: (view) => operand(view, 0).dtype === 'float32',
  cost: (view, goal) => ({
    instructions: poolInstructions(view, 1, { tap: goal === 'size' ? 8 : 5, row: 20, result: 13, position: 10 }),
    codeBytes: 240,
  }),
  lower: (view) => {
    const range = floatActivationRange(view.attributes.activation);
    return call(view, 'average_pool2d_f32', 'portable', float(range.minimum), float(range.maximum));
  },
};

export const averagePool2dKernels: readonly Kernel[] = [
  int8Portable,
  int8Dsp,
  float32Portable,
  ...globalAverageKernels,
];

function int8Call(view: View, isa: Isa): KernelCall {
  const range = quantizedActivationRange(view.attributes.activation, result(view));
  return call(view, 'average_pool2d_s8', isa, integer(range.minimum), integer(range.maximum));
}

function call(view: View, name: string, isa: Isa, minimum: CValue, maximum: CValue): KernelCall {
  const { channels, height, width, outputWidth } = imagesOf(view);
  const windows = poolWindows(view);
  const { kernel, strides, padding } = windows;
  return {
    kernel: `${name}__${isa}`,
    // Rows outside of the image add nothing to a sum; the kernel leaves them out of the count.
    work: { kind: 'rows', window: rowWindowOf(windows, 0) },
    constants: [],
    parameters: {
      type: `${name}_parameters`,
      fields: [
        field('channels', channels),
        field('kernel_height', kernel[0]),
        field('kernel_width', kernel[1]),
        field('stride_height', strides[0]),
        field('stride_width', strides[1]),
        field('pad_top', padding[0]),
        field('pad_left', padding[2]),
        field('input_height', height),
        field('input_width', width),
        field('output_width', outputWidth),
        field('output_minimum', minimum),
        field('output_maximum', maximum),
      ],
    },
    arguments: [
      { kind: 'rows' },
      { kind: 'outputRows' },
      { kind: 'parameters' },
      { kind: 'rowIndex' },
      { kind: 'rowCount' },
    ],
    scratchBytes: 0,
    inPlace: [],
  };
}
