import { elementCount, elementsFromBytes, numberAt, operand, result } from '../../ir/index.ts';
import type { QuantizedMultiplier } from '../../numerics/index.ts';
import { perTensor, quantizedActivationRange } from '../activation.ts';
import { field, type KernelRecord } from '../kernel.ts';
import { lookupKernel } from '../lookup.ts';
import { addDsp } from './add-dsp.ts';
import type { ArithmeticAttributes, ArithmeticOperator } from './definition.ts';
import { broadcastCall, sameShapeCall, takesSameShapes, type View } from './lowering.ts';
import { elementFunction } from './reference.ts';
import { productRescaling, sumRescaling } from './rescaling.ts';

type Kernel = KernelRecord<ArithmeticAttributes>;

const elements = (view: View) => elementCount(result(view).shape);

/** Int8 operands of one shape. */
function sameShapes(operator: ArithmeticOperator): Kernel {
  return {
    name: `${operator}_s8__portable`,
    isa: 'portable',
    description: 'Operands of one shape, an element at a time.',
    accepts: (view) => result(view).dtype === 'int8' && takesSameShapes(view),
    cost: (view) => ({
      instructions: (operator === 'mul' ? 52 : 61) * elements(view) + 20,
      codeBytes: 230,
    }),
    lower: (view) =>
      sameShapeCall(view, `${operator}_s8__portable`, {
        type: operator === 'mul' ? 'mul_s8_parameters' : 'sum_s8_parameters',
        fields: quantizedFields(view, operator),
      }),
  };
}

/** Int8 operands that repeat. */
function broadcast(operator: ArithmeticOperator): Kernel {
  const product = operator === 'mul';
  return {
    name: `${operator}_broadcast_s8__portable`,
    isa: 'portable',
    description: 'Operands of any shapes that broadcast.',
    accepts: (view) => result(view).dtype === 'int8' && !takesSameShapes(view),
    cost: (view) => ({
      instructions: (product ? 65 : 75) * elements(view) + 80,
      codeBytes: 500,
    }),
    lower: (view) =>
      broadcastCall(view, `${operator}_broadcast_s8__portable`, {
        type: product ? 'mul_broadcast_s8_parameters' : 'sum_broadcast_s8_parameters',
        member: product ? 'product' : 'sum',
        fields: quantizedFields(view, operator),
      }),
  };
}

/** Int8 with one constant scalar: a function of the other operand. */
const withScalar: Kernel = lookupKernel(
  (view: View) => {
    const scalar = scalarOperand(view)!;
    const tensor = operand(view, scalar);
    const value = numberAt(elementsFromBytes(tensor, tensor.data!), 0);
    const combine = elementFunction(view);
    return (x) => (scalar === 0 ? combine(value, x) : combine(x, value));
  },
  (view) => scalarOperand(view) !== null,
  (view) => 1 - scalarOperand(view)!,
);

/** The operand that is a constant of one element beside one of the result's size; null if there is none. */
function scalarOperand(view: View): 0 | 1 | null {
  const isScalar = (index: 0 | 1) =>
    operand(view, index).kind === 'constant' &&
    elementCount(operand(view, index).shape) === 1 &&
    elementCount(operand(view, 1 - index).shape) === elements(view);
  return isScalar(1) ? 1 : isScalar(0) ? 0 : null;
}

function quantizedFields(view: View, operator: ArithmeticOperator) {
  const [a, b, output] = [operand(view, 0), operand(view, 1), result(view)].map((t) => perTensor(t.quantization)) as [
    ReturnType<typeof perTensor>,
    ReturnType<typeof perTensor>,
    ReturnType<typeof perTensor>,
  ];
  const { minimum, maximum } = quantizedActivationRange(view.attributes.activation, result(view));
  const grid = [
    field('output_zero_point', output.zeroPoint),
    field('output_minimum', minimum),
    field('output_maximum', maximum),
  ];
  if (operator === 'mul') {
    const { multiplier, shift } = productRescaling(view);
    return [
      field('a_zero_point', a.zeroPoint),
      field('b_zero_point', b.zeroPoint),
      field('output_multiplier', multiplier),
      field('output_shift', shift),
      ...grid,
    ];
  }
  const rescaling = sumRescaling(view);
  return [
    field('a_zero_point', a.zeroPoint),
    field('a_multiplier', rescaling.a.multiplier),
    field('a_right', rightShift(rescaling.a)),
    field('b_zero_point', b.zeroPoint),
    field('b_multiplier', rescaling.b.multiplier),
    field('b_right', rightShift(rescaling.b)),
    field('output_multiplier', rescaling.output.multiplier),
    field('output_right', rightShift(rescaling.output)),
    ...grid,
  ];
}

/** The shift of a multiplier below 1, to the right. */
function rightShift(multiplier: QuantizedMultiplier): number {
  return 0 - multiplier.shift;
}

/** Float operands of one shape. */
function floatSameShapes(operator: ArithmeticOperator): Kernel {
  return {
    name: `${operator}_f32__portable`,
    isa: 'portable',
    description: 'Operands of one shape, an element at a time.',
    accepts: (view) => result(view).dtype === 'float32' && takesSameShapes(view),
    cost: (view) => ({ instructions: 13 * elements(view) + 10, codeBytes: 60 }),
    lower: (view) => sameShapeCall(view, `${operator}_f32__portable`, null),
  };
}

/** Float or int32 operands of any shapes. */
function plainBroadcast(operator: ArithmeticOperator, dtype: 'float32' | 'int32'): Kernel {
  const name = `${operator}_broadcast_${dtype === 'float32' ? 'f32' : 's32'}__portable`;
  return {
    name,
    isa: 'portable',
    description: 'Operands of any shapes that broadcast.',
    accepts: (view) => result(view).dtype === dtype && (dtype === 'int32' || !takesSameShapes(view)),
    cost: (view) => ({ instructions: 20 * elements(view) + 80, codeBytes: 370 }),
    lower: (view) => broadcastCall(view, name, null),
  };
}

function kernelsOf(operator: ArithmeticOperator): readonly Kernel[] {
  return [
    sameShapes(operator),
    broadcast(operator),
    withScalar,
    floatSameShapes(operator),
    plainBroadcast(operator, 'float32'),
    plainBroadcast(operator, 'int32'),
  ];
}

export const addKernels: readonly Kernel[] = [...kernelsOf('add'), addDsp];
export const subKernels: readonly Kernel[] = kernelsOf('sub');
export const mulKernels: readonly Kernel[] = kernelsOf('mul');
