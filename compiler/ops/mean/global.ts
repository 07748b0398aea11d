import { type NodeView, operand, result } from '../../ir/index.ts';
import { perTensor } from '../activation.ts';
import { isSummable, summingCall, summingInstructions } from '../global-mean.ts';
import { field, type Isa, type KernelRecord } from '../kernel.ts';
import { type MeanAttributes, meanCount } from './definition.ts';
import { meanMultiplier } from './reference.ts';

type View = NodeView<MeanAttributes>;
type Kernel = KernelRecord<MeanAttributes>;

/** Means over height and width by sums that are kept while rows come. */
export const globalMeanKernels: readonly Kernel[] = [
  int8Kernel('portable', 'Height and width of one image: sums of 32 bits.', 340),
  int8Kernel(
    'dsp',
    'The same of at most 256 elements, from 4 channels: four channels at a time, sums of 16 bits.',
    460,
  ),
  {
    name: 'mean_global_f32__portable',
    isa: 'portable',
    reduces: true,
    description: 'Height and width of one image.',
    accepts: (view) => isGlobal(view) && isSummable(view, 'float32', 'portable'),
    cost: (view) => ({ instructions: summingInstructions(view, 'portable', 11), codeBytes: 200 }),
    lower: (view) => summingCall(view, 'mean_global_f32', 'portable', []),
  },
];

function int8Kernel(isa: Isa, description: string, codeBytes: number): Kernel {
  return {
    name: `mean_global_s8__${isa}`,
    isa,
    reduces: true,
    description,
    accepts: (view) => isGlobal(view) && isSummable(view, 'int8', isa),
    cost: (view) => ({ instructions: summingInstructions(view, isa, 34), codeBytes }),
    lower: (view) => {
      const { multiplier, shift } = meanMultiplier(view);
      return summingCall(view, 'mean_global_s8', isa, [
        field('zero_points', perTensor(operand(view, 0).quantization).zeroPoint * meanCount(view)),
        field('multiplier', multiplier),
        field('shift', shift),
        field('output_zero_point', perTensor(result(view).quantization).zeroPoint),
      ]);
    },
  };
}

function isGlobal(view: View): boolean {
  return operand(view, 0).shape.length === 4 && view.attributes.axes.join() === '1,2';
}
