import type { ImportedOperator } from '../frontends/imported-model.ts';
import type { Attributes, NodeView, OperatorDefinition, TypedArray } from '../ir/index.ts';
import type { ImportScope } from './import-scope.ts';
import type { KernelRecord } from './kernel.ts';

/** The exact semantics of an operator, on values. */
export interface Evaluation<A extends Attributes = Attributes> {
  /**
   * Computes the results of a node from its operands, in the order of the definition.
   * Operands of kind `variable` are state: the evaluation updates their arrays in place.
   */
  readonly evaluate: (view: NodeView<A>, inputs: readonly (TypedArray | null)[]) => readonly TypedArray[];
}

/** Turns one operator of a file into nodes of the graph that `scope` builds. */
export type Importer = (operator: ImportedOperator, scope: ImportScope) => void;

/** Everything that msc knows of one operator; one line of the registry. */
export interface Operator<A extends Attributes = Attributes> extends Evaluation<A> {
  readonly definition: OperatorDefinition<A>;
  /** Importers by the name that TensorFlow Lite gives the operator. */
  readonly tflite: { readonly [kind: string]: Importer };
  /** Importers by the name of the MindSpore Lite primitive. */
  readonly mslite: { readonly [kind: string]: Importer };
  /** Candidate kernels, of every instruction set. */
  readonly kernels: readonly KernelRecord<A>[];
}

/** An operator of any attributes, for lists. */
// biome-ignore lint/suspicious/noExplicitAny: attributes are typed per operator and checked by its definition
export type AnyOperator = Operator<any>;
