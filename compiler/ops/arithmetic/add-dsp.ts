import { elementCount, operand, result } from '../../ir/index.ts';
import { perTensor, quantizedActivationRange } from '../activation.ts';
import { field, type KernelRecord } from '../kernel.ts';
import type { ArithmeticAttributes } from './definition.ts';
import { elementsArgument, sameShapeWork, takesSameShapes, type View } from './lowering.ts';
import { sumRescaling } from './rescaling.ts';

/** Right shifts of the output up to which its zero point, shifted as far to the left, leaves room for the sum. */
const largestOutputShift = 22;

/** Int8 sums of operands of one shape, four at a time. */
export const addDsp: KernelRecord<ArithmeticAttributes> = {
  name: 'add_s8__dsp',
  isa: 'dsp',
  description: 'Operands of one shape, four elements at a time; the operand of the larger scale only needs a shift.',
  accepts: (view) => {
    if (result(view).dtype !== 'int8' || !takesSameShapes(view)) {
      return false;
    }
    const { output, finer } = inOrder(view);
    return output.shift <= -1 && output.shift >= -largestOutputShift && finer.shift >= -30 && finer.multiplier > 0;
  },
  cost: (view, goal) => ({
    instructions: (goal === 'size' ? 31 : 21) * elementCount(result(view).shape) + 40,
    codeBytes: 430,
  }),
  lower: (view) => {
    const { coarserIndex, finer, output } = inOrder(view);
    const outputZeroPoint = perTensor(result(view).quantization).zeroPoint;
    const range = quantizedActivationRange(view.attributes.activation, result(view));
    const offsets = [coarserIndex, 1 - coarserIndex].map((index) =>
      inHalfwords(-perTensor(operand(view, index).quantization).zeroPoint),
    );
    // Without a right shift of the finer operand (equal scales), double it and halve it: the kernel shifts at least once.
    const doubled = finer.shift === 0 ? 1 : 0;
    const right = doubled - finer.shift;
    return {
      kernel: 'add_s8__dsp',
      work: sameShapeWork(view),
      constants: [],
      parameters: {
        type: 'add_s8_dsp_parameters',
        fields: [
          field('a_offsets', offsets[0]!),
          field('b_offsets', offsets[1]!),
          field('b_multiplier', finer.multiplier),
          field('b_left', 21 + doubled),
          field('b_rounding', 2 ** (right - 1)),
          field('b_right', right),
          field('output_multiplier', output.multiplier),
          field('output_rounding', 2 ** (-output.shift - 1) + outputZeroPoint * 2 ** -output.shift),
          field('output_right', -output.shift),
          field('output_minimum', inBytes(range.minimum)),
          field('output_maximum', inBytes(range.maximum)),
        ],
      },
      arguments: [
        { kind: 'input', index: coarserIndex },
        { kind: 'input', index: 1 - coarserIndex },
        { kind: 'output', index: 0 },
        { kind: 'parameters' },
        elementsArgument(view),
      ],
      scratchBytes: 0,
      inPlace: [0, 1],
    };
  },
};

/** Which operand has the larger scale: its multiplier is exactly one half. */
function inOrder(view: View) {
  const { a, b, output } = sumRescaling(view);
  const scaleOf = (index: number) => perTensor(operand(view, index).quantization).scale;
  const coarserIndex = scaleOf(0) >= scaleOf(1) ? 0 : 1;
  return { coarserIndex, finer: coarserIndex === 0 ? b : a, output };
}

/** The low 16 bits of `value` in both halves of a word. */
function inHalfwords(value: number): number {
  return (value & 0xffff) * 0x10001;
}

/** The low 8 bits of `value` in each byte of a word. */
function inBytes(value: number): number {
  return (value & 0xff) * 0x1010101;
}
