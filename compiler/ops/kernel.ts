import type { Attributes, NodeView, TypedArray } from '../ir/index.ts';
import type { Rounding } from '../numerics/index.ts';

/** Instruction sets that kernels are written for; `portable` is C99 for any core, and always there. */
export type Isa = 'portable' | 'dsp';

/** A constant that a kernel reads, laid out for it: becomes a `static const` array of the generated file. */
export interface ConstantArray {
  /** Name within the node: `weights`, `bias`, `multipliers`. */
  readonly name: string;
  readonly values: TypedArray | Uint16Array | Uint32Array;
  /** What it holds and in what layout, for the comment above the array. */
  readonly comment: string;
  /** Bytes; at least the element's size. */
  readonly alignment?: number;
}

/** A value in an initialiser or an argument list. */
export type CValue =
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  /** A constant array of this call, by name; null pointer where `name` is null. */
  | { readonly kind: 'constant'; readonly name: string | null }
  | { readonly kind: 'struct'; readonly fields: readonly CField[] }
  | { readonly kind: 'array'; readonly values: readonly CValue[] };

export interface CField {
  readonly name: string;
  readonly value: CValue;
}

/**
 * How the rows of a spatial kernel are driven: for output row y, `kernelHeight` input rows, the first at
 * `y * stride - padTop`, `dilation` apart. Rows outside of the image are a row of `padValue` elements.
 */
export interface RowWindow {
  readonly kernelHeight: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padTop: number;
  /** Element value of the rows above and below the image (the zero point, or the lowest value for a maximum). */
  readonly padValue: number;
  /**
   * Output rows that one call computes at most; given by kernels that gain from more than one.
   * It bounds the pointers on the stack, `rowsPerCall * kernelHeight`, and may bound the kernel's scratch.
   */
  readonly rowsPerCall?: number;
}

/**
 * What one call computes.
 * `rows`: one block of output rows from windows of input rows; the first arguments are
 * `(const T *const *rows, T *output, …, int32_t row_count)`, and the generated code loops over y.
 * `run`: the result and every computed operand are `units` units in a row (elements, pixels); each unit of the result is
 * computed from the units in its place, so any run of them can be computed alone: `runLength` of them.
 * `reduction`: the rows of the operand one after another, each call some more of them; the call with the last row writes the
 * result. The scratch keeps what was gathered from the first call to the last.
 * `whole`: everything at once.
 */
export type Work =
  | { readonly kind: 'rows'; readonly window: RowWindow }
  | { readonly kind: 'run'; readonly units: number }
  | { readonly kind: 'reduction' }
  | { readonly kind: 'whole' };

/** Arguments in the order of the C function's parameters. */
export type Argument =
  /** Pointer to a tensor's first element, operand by index; null pointer where the operand is absent. */
  | { readonly kind: 'input'; readonly index: number }
  | { readonly kind: 'output'; readonly index: number }
  /** An array of pointers to every operand in order, each `const void *`. */
  | { readonly kind: 'inputs' }
  /** `rows` work only: the window, then the output row. */
  | { readonly kind: 'rows' }
  | { readonly kind: 'outputRows' }
  /** `rows` and `reduction` work: how many rows the call is for, and the index of the first of them within its image. */
  | { readonly kind: 'rowCount' }
  | { readonly kind: 'rowIndex' }
  /** `run` work only: the number of units. */
  | { readonly kind: 'runLength' }
  /** Pointer to the parameter struct. */
  | { readonly kind: 'parameters' }
  /** Pointer to the scratch buffer, aligned to 8 bytes; null pointer where `scratchBytes` is 0. */
  | { readonly kind: 'scratch' }
  | CValue;

/** One call of a kernel, for one node: everything that code generation writes. */
export interface KernelCall {
  /** The C function without the `msc_` prefix: the record's name. */
  readonly kernel: string;
  readonly work: Work;
  readonly arguments: readonly Argument[];
  /** The `static const` parameter struct: C type without the `msc_` prefix, and its fields. */
  readonly parameters?: { readonly type: string; readonly fields: readonly CField[] };
  readonly constants: readonly ConstantArray[];
  /** RAM needed during the call. */
  readonly scratchBytes: number;
  /**
   * Operands whose bytes the result may take over. `rows` work: byte i of every row of the operand that the call is given is
   * read before byte i of a row of the result is written, so a row of the result may stand exactly in the place of a row of the
   * operand that no later row of the result needs. `run` work: units are written in ascending order, each after the units up to
   * its own have been read for the last time. `whole` work: the result may stand exactly in the operand's place.
   */
  readonly inPlace: readonly number[];
}

/** What the C compiler is asked for: `speed` is `-O2`, `size` is `-Os`. */
export type CodeGoal = 'speed' | 'size';

/** What choosing the kernel costs. */
export interface KernelCost {
  /** Instructions of one inference, modelled. */
  readonly instructions: number;
  /** Bytes of code that the kernel adds when it is not used elsewhere. */
  readonly codeBytes: number;
  /** Bytes of tables that it adds for this node, where other kernels of the operator would compute instead. */
  readonly tableBytes?: number;
}

/** What a kernel may need to know of the compilation. */
export interface LoweringOptions {
  readonly rounding: Rounding;
  /** `rows` work: no call shall compute more rows than this. */
  readonly rowsPerCall?: number;
}

/** One C function of `cmsis-kernels/<isa>/<name>.c` and when and how it is used. */
export interface KernelRecord<A extends Attributes = Attributes> {
  /** `<operator>_<specialisation>_<dtype>__<isa>`: the file and the function. */
  readonly name: string;
  readonly isa: Isa;
  /** Its work is `reduction`. */
  readonly reduces?: true;
  /** What it computes and how, one sentence. */
  readonly description: string;
  /** Whether it can compute this node; the definition's constraints hold already. */
  readonly accepts: (view: NodeView<A>) => boolean;
  /**
   * Calls of fewer rows cost what the same node with a lower result costs. Without a goal, for speed. Instructions follow the
   * kernel's loops: so many a call, a row, a pixel, a step; the constants are counted on an emulated Cortex-M7.
   */
  readonly cost: (view: NodeView<A>, goal?: CodeGoal) => KernelCost;
  readonly lower: (view: NodeView<A>, options: LoweringOptions) => KernelCall;
}

export const integer = (value: number): CValue => ({ kind: 'integer', value });
export const float = (value: number): CValue => ({ kind: 'float', value });
export const constant = (name: string | null): CValue => ({ kind: 'constant', name });
export const field = (name: string, value: CValue | number): CField => ({
  name,
  value: typeof value === 'number' ? integer(value) : value,
});
