import {
  type Constraint,
  type DType,
  describeTensor,
  operand,
  result,
  sameQuantization,
  type TypeSignature,
} from '../ir/index.ts';

/** Element types that operators which only move elements take: of 1, 2 and 4 bytes. */
export const movableTypes: readonly DType[] = ['int8', 'uint8', 'bool', 'int16', 'int32', 'float32'];

/** Signatures of an operator that moves elements of any type: one operand (or a list), one result. */
export const movingSignatures: readonly TypeSignature[] = movableTypes.map((dtype) => ({
  inputs: [dtype],
  outputs: [dtype],
}));

/** Moved elements keep their meaning: a quantized result has the operand's scale and zero point. */
export const keepsQuantization: Constraint = {
  diagnostic: 'invalid-quantization',
  requires: 'a quantized result has the scale and the zero point of the input',
  violation: (view) => {
    const [input, output] = [operand(view, 0), result(view)];
    const isQuantized = output.dtype === 'int8' || output.dtype === 'uint8' || output.dtype === 'int16';
    return !isQuantized || sameQuantization(input.quantization, output.quantization)
      ? null
      : `${describeTensor(input)} and ${describeTensor(output)} have different ones`;
  },
};
