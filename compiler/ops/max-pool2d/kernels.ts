import { type NodeView, operand, result } from '../../ir/index.ts';
import { floatActivationRange, quantizedActivationRange } from '../activation.ts';
import { type CValue, field, float, type Isa, integer, type KernelCall, type KernelRecord } from '../kernel.ts';
import { type PoolAttributes, poolInstructions, poolWindows } from '../pool.ts';
import { imagesOf, rowWindowOf } from '../windows.ts';

type View = NodeView<PoolAttributes>;
type Kernel = KernelRecord<PoolAttributes>;

const int8Portable: Kernel = {
  name: 'max_pool2d_s8__portable',
  isa: 'portable',
  description: 'One channel after the other, any sizes.',
  accepts: (view) => operand(view, 0).dtype === 'int8',
  cost: (view, goal) => ({
    instructions: poolInstructions(
      view,
      1,
      goal === 'size' ? { tap: 10, row: 12, result: 30, position: 20 } : { tap: 8, row: 9, result: 21, position: 19 },
    ),
    codeBytes: 260,
  }),
  lower: (view) => int8Call(view, 'portable'),
};

const int8Dsp: Kernel = {
  name: 'max_pool2d_s8__dsp',
  isa: 'dsp',
  description: 'Four channels at a time, from 4 channels.',
  accepts: (view) => operand(view, 0).dtype === 'int8' && operand(view, 0).shape[3]! >= 4,
  cost: (view, goal) => ({
    instructions: poolInstructions(
      view,
      4,
      goal === 'size' ? { tap: 16, row: 16, result: 31, position: 20 } : { tap: 8, row: 5, result: 31, position: 17 },
    ),
    codeBytes: 260,
  }),
  lower: (view) => int8Call(view, 'dsp'),
};

const float32Portable: Kernel = {
  name: 'max_pool2d_f32__portable',
  isa: 'portable',
  description: 'One channel after the other, any sizes.',
  accepts: (view) => operand(view, 0).dtype === 'float32',
  cost: (view, goal) => ({
    instructions: poolInstructions(view, 1, { tap: goal === 'size' ? 13 : 7, row: 22, result: 12, position: 10 }),
    codeBytes: 240,
  }),
  lower: (view) => {
    const range = floatActivationRange(view.attributes.activation);
    return call(view, 'max_pool2d_f32', 'portable', float(range.minimum), float(range.maximum));
  },
};

/** The lowest finite float32. */
const lowestFloat = -3.4028234663852886e38;

export const maxPool2dKernels: readonly Kernel[] = [int8Portable, int8Dsp, float32Portable];

function int8Call(view: View, isa: Isa): KernelCall {
  const range = quantizedActivationRange(view.attributes.activation, result(view));
  return call(view, 'max_pool2d_s8', isa, integer(range.minimum), integer(range.maximum));
}

function call(view: View, name: string, isa: Isa, minimum: CValue, maximum: CValue): KernelCall {
  const { channels, width, outputWidth } = imagesOf(view);
  const windows = poolWindows(view);
  const { kernel, strides, padding } = windows;
  return {
    kernel: `${name}__${isa}`,
    work: { kind: 'rows', window: rowWindowOf(windows, name === 'max_pool2d_s8' ? -128 : lowestFloat) },
    constants: [],
    parameters: {
      type: `${name}_parameters`,
      fields: [
        field('channels', channels),
        field('kernel_height', kernel[0]),
        field('kernel_width', kernel[1]),
        field('stride', strides[1]),
        field('pad_left', padding[2]),
        field('input_width', width),
        field('output_width', outputWidth),
        field('output_minimum', minimum),
        field('output_maximum', maximum),
      ],
    },
    arguments: [{ kind: 'rows' }, { kind: 'outputRows' }, { kind: 'parameters' }, { kind: 'rowCount' }],
    scratchBytes: 0,
    inPlace: [],
  };
}
