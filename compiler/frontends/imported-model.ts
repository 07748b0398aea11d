import type { DType, Quantization, Shape } from '../ir/index.ts';

export type ModelFormat = 'mslite' | 'tflite';

/** A value of an operator's option table: numbers (64-bit ones checked to be safe), enum members by name, lists. */
export type OptionValue = number | boolean | string | readonly number[] | readonly string[];

/** An operator as the file has it: its format's name and options, tensors by index. */
export interface ImportedOperator {
  /** Position in the file. */
  readonly index: number;
  readonly name: string;
  /** The format's own name: `CONV_2D`, `Conv2DFusion`, `CUSTOM:MyOp`. */
  readonly kind: string;
  readonly inputs: readonly (number | null)[];
  readonly outputs: readonly number[];
  /** Every field of the option table under the schema's name, defaults filled in; absent vectors are left out. */
  readonly options: { readonly [name: string]: OptionValue };
}

export interface ImportedTensor {
  readonly index: number;
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  /** Null for float tensors, whatever the file says of them. */
  readonly quantization: Quantization | null;
  /** Decoded little-endian elements of a constant, exactly as many as the shape says; null otherwise. */
  readonly data: Uint8Array | null;
  readonly isVariable: boolean;
}

/** What a frontend makes of a file: everything checked and decoded, nothing interpreted yet. */
export interface ImportedModel {
  readonly format: ModelFormat;
  readonly name: string;
  /** Who wrote the file, as it says itself: "MindSpore Lite 2.0.0", "MLIR Converted."; may be empty. */
  readonly producer: string;
  readonly tensors: readonly ImportedTensor[];
  /** In an order in which every tensor is written before it is read. */
  readonly operators: readonly ImportedOperator[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}
