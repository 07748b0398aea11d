import { elementCount, type NodeView, operand, result } from '../../ir/index.ts';
import { perTensor } from '../activation.ts';
import { type CField, type CValue, field, float, integer, type KernelCall, type KernelRecord } from '../kernel.ts';
import { type DimensionRun, dimensionRuns, type MeanAttributes, meanCount } from './definition.ts';
import { globalMeanKernels } from './global.ts';
import { meanMultiplier } from './reference.ts';

type View = NodeView<MeanAttributes>;
type Kernel = KernelRecord<MeanAttributes>;

/** Runs of each kind that the kernels loop over. */
const runs = 4;

const int8Portable: Kernel = {
  name: 'mean_s8__portable',
  isa: 'portable',
  description: 'One mean after the other, any axes.',
  accepts: (view) => operand(view, 0).dtype === 'int8',
  cost: (view) => ({ instructions: modelled(view), codeBytes: 380 }),
  lower: (view) => {
    const { multiplier, shift } = meanMultiplier(view);
    return call(view, 'mean_s8', [
      field('zero_points', perTensor(operand(view, 0).quantization).zeroPoint * meanCount(view)),
      field('multiplier', multiplier),
      field('shift', shift),
      field('output_zero_point', perTensor(result(view).quantization).zeroPoint),
    ]);
  },
};

const float32Portable: Kernel = {
  name: 'mean_f32__portable',
  isa: 'portable',
  description: 'One mean after the other, any axes.',
  accepts: (view) => operand(view, 0).dtype === 'float32',
  cost: (view) => ({ instructions: modelled(view), codeBytes: 300 }),
  lower: (view) => call(view, 'mean_f32', [field('count', float(meanCount(view)))]),
};

export const meanKernels: readonly Kernel[] = [int8Portable, float32Portable, ...globalMeanKernels];

function call(view: View, name: string, fields: readonly CField[]): KernelCall {
  const { kept, reduced } = dimensionRuns(view);
  return {
    kernel: `${name}__portable`,
    work: { kind: 'whole' },
    constants: [],
    parameters: {
      type: `${name}_parameters`,
      fields: [field('kept', runList(kept)), field('reduced', runList(reduced)), ...fields],
    },
    arguments: [{ kind: 'input', index: 0 }, { kind: 'output', index: 0 }, { kind: 'parameters' }],
    scratchBytes: 0,
    inPlace: [],
  };
}

/** The runs as the kernel's array; those that a tensor does not have stand in front. */
function runList(list: readonly DimensionRun[]): CValue {
  const missing = Array.from({ length: runs - list.length }, () => ({ size: 1, stride: 0 }));
  return {
    kind: 'array',
    values: [...missing, ...list].map(({ size, stride }) => ({
      kind: 'struct',
      fields: [field('size', integer(size)), field('stride', integer(stride))],
    })),
  };
}

function modelled(view: View): number {
  return 4 * elementCount(operand(view, 0).shape) + 50 * elementCount(result(view).shape);
}
