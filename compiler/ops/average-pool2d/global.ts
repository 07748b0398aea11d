import { type NodeView, operand, result } from '../../ir/index.ts';
import { floatActivationRange, quantizedActivationRange } from '../activation.ts';
import { isSummable, summingCall, summingInstructions } from '../global-mean.ts';
import { field, float, type Isa, type KernelRecord } from '../kernel.ts';
import type { PoolAttributes } from '../pool.ts';

type View = NodeView<PoolAttributes>;
type Kernel = KernelRecord<PoolAttributes>;

/** Averages over whole images by sums that are kept while rows come. */
export const globalAverageKernels: readonly Kernel[] = [
  int8Kernel('portable', 'One image, the window as large, without padding: sums of 32 bits.', 300),
  int8Kernel(
    'dsp',
    'The same of at most 256 elements, from 4 channels: four channels at a time, sums of 16 bits.',
    420,
  ),
  {
    name: 'average_pool2d_global_f32__portable',
    isa: 'portable',
    reduces: true,
    description: 'One image, the window as large, without padding.',
    accepts: (view) => isGlobal(view) && isSummable(view, 'float32', 'portable'),
    cost: (view) => ({ instructions: summingInstructions(view, 'portable', 18), codeBytes: 260 }),
    lower: (view) => {
      const range = floatActivationRange(view.attributes.activation);
      return summingCall(view, 'average_pool2d_global_f32', 'portable', [
        field('output_minimum', float(range.minimum)),
        field('output_maximum', float(range.maximum)),
      ]);
    },
  },
];

function int8Kernel(isa: Isa, description: string, codeBytes: number): Kernel {
  return {
    name: `average_pool2d_global_s8__${isa}`,
    isa,
    reduces: true,
    description,
    accepts: (view) => isGlobal(view) && isSummable(view, 'int8', isa),
    cost: (view) => ({ instructions: summingInstructions(view, isa, isa === 'dsp' ? 25 : 32), codeBytes }),
    lower: (view) => {
      const range = quantizedActivationRange(view.attributes.activation, result(view));
      return summingCall(view, 'average_pool2d_global_s8', isa, [
        field('output_minimum', range.minimum),
        field('output_maximum', range.maximum),
      ]);
    },
  };
}

/** Whether the only window is the image. */
function isGlobal(view: View): boolean {
  const { kernel, padding } = view.attributes;
  return kernel.join() === operand(view, 0).shape.slice(1, 3).join() && padding.every((size) => size === 0);
}
