import type { DType, TypeSignature } from '../ir/index.ts';

/** Element types that operators which only move elements take: of 1, 2 and 4 bytes. */
export const movableTypes: readonly DType[] = ['int8', 'uint8', 'bool', 'int16', 'int32', 'float32'];

/** Signatures of an operator that moves elements of any type: one operand (or a list), one result. */
export const movingSignatures: readonly TypeSignature[] = movableTypes.map((dtype) => ({
  inputs: [dtype],
  outputs: [dtype],
}));
