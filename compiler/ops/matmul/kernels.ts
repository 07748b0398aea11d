import { type NodeView, operand, result } from '../../ir/index.ts';
import { floatActivationRange, perTensor, quantizedActivationRange } from '../activation.ts';
import { type CField, constant, field, float, type KernelRecord } from '../kernel.ts';
import { type MatmulAttributes, matmulDefinition } from './definition.ts';
import { matmulLayout } from './layout.ts';
import { matmulMultiplier } from './reference.ts';

type Kernel = KernelRecord<MatmulAttributes>;

function kernel(
  name: string,
  dtype: 'int8' | 'float32',
  own: (view: NodeView<MatmulAttributes>) => readonly CField[],
): Kernel {
  return {
    name,
    isa: 'portable',
    description: 'One dot product an element, any strides.',
    accepts: (view) => result(view).dtype === dtype,
    cost: (view) => ({ instructions: 9 * matmulDefinition.macs(view), codeBytes: 220 }),
    lower: (view) => {
      const layout = matmulLayout(view);
      return {
        kernel: name,
        work: { kind: 'whole' },
        constants: [
          {
            name: 'offsets_a',
            values: Int32Array.from(layout.offsetsA),
            comment: "first element of a's matrix, by batch",
          },
          {
            name: 'offsets_b',
            values: Int32Array.from(layout.offsetsB),
            comment: "first element of b's matrix, by batch",
          },
        ],
        parameters: {
          type: name.replace('__portable', '_parameters'),
          fields: [
            field('offsets_a', constant('offsets_a')),
            field('offsets_b', constant('offsets_b')),
            field('batches', layout.offsetsA.length),
            field('rows', layout.rows),
            field('inner', layout.inner),
            field('columns', layout.columns),
            field('row_stride_a', layout.rowStrideA),
            field('inner_stride_a', layout.innerStrideA),
            field('inner_stride_b', layout.innerStrideB),
            field('column_stride_b', layout.columnStrideB),
            ...own(view),
          ],
        },
        arguments: [
          { kind: 'input', index: 0 },
          { kind: 'input', index: 1 },
          { kind: 'output', index: 0 },
          { kind: 'parameters' },
        ],
        scratchBytes: 0,
        inPlace: [],
      };
    },
  };
}

const int8 = kernel('matmul_s8__portable', 'int8', (view) => {
  const { multiplier, shift } = matmulMultiplier(view);
  const range = quantizedActivationRange(view.attributes.activation, result(view));
  return [
    field('a_zero_point', perTensor(operand(view, 0).quantization).zeroPoint),
    field('b_zero_point', perTensor(operand(view, 1).quantization).zeroPoint),
    field('multiplier', multiplier),
    field('shift', shift),
    field('output_zero_point', perTensor(result(view).quantization).zeroPoint),
    field('output_minimum', range.minimum),
    field('output_maximum', range.maximum),
  ];
});

const float32 = kernel('matmul_f32__portable', 'float32', (view) => {
  const range = floatActivationRange(view.attributes.activation);
  return [field('output_minimum', float(range.minimum)), field('output_maximum', float(range.maximum))];
});

export const matmulKernels: readonly Kernel[] = [int8, float32];
