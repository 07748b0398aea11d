import type { DiagnosticName } from '../diagnostics/index.ts';
import type { DType } from './dtype.ts';
import { type Attributes, type Graph, inputOf, type Node, outputOf } from './graph.ts';
import type { Shape, Tensor, TensorType } from './tensor.ts';

/** A node with its operands looked up: what constraints, references and kernels read. */
export interface NodeView<A extends Attributes = Attributes> {
  readonly node: Node<A>;
  readonly attributes: A;
  readonly inputs: readonly (Tensor | null)[];
  readonly outputs: readonly Tensor[];
}

/** Looks up the operands of `node`. */
export function viewOf<A extends Attributes>(graph: Graph, node: Node<A>): NodeView<A> {
  return {
    node,
    attributes: node.attributes,
    inputs: node.inputs.map((_, i) => inputOf(graph, node, i)),
    outputs: node.outputs.map((_, i) => outputOf(graph, node, i)),
  };
}

/** The operand at `index`, which the operator's definition requires. */
export function operand(view: Pick<NodeView, 'inputs' | 'node'>, index: number): Tensor {
  const tensor = view.inputs[index];
  if (tensor === undefined || tensor === null) {
    throw new Error(`${view.node.operator} '${view.node.name}' has no operand ${index}`);
  }
  return tensor;
}

/** The result at `index`. */
export function result(view: Pick<NodeView, 'outputs' | 'node'>, index = 0): Tensor {
  const tensor = view.outputs[index];
  if (tensor === undefined) {
    throw new Error(`${view.node.operator} '${view.node.name}' has no result ${index}`);
  }
  return tensor;
}

/** An operand or a result, as the operator's documentation names it. */
export interface OperandSpec {
  readonly name: string;
  /** Layout and meaning: "NHWC", "[outputs, inputs], constant". */
  readonly description: string;
  readonly optional?: boolean;
  /** True if the operator takes any number of operands from here on (concat). */
  readonly variadic?: boolean;
  /** True if msc needs the values at compile time. */
  readonly constant?: boolean;
}

/**
 * A rule that a node keeps, or is refused: `requires` is at once the message, the documentation and the name of its test.
 */
export interface Constraint<A extends Attributes = Attributes> {
  readonly diagnostic: DiagnosticName;
  readonly requires: string;
  /** What breaks the rule, for people; null if nothing does. */
  readonly violation: (view: NodeView<A>) => string | null;
}

/** Element types that go together: of every operand in order (a variadic one repeats its last), then of every result. */
export interface TypeSignature {
  readonly inputs: readonly DType[];
  readonly outputs: readonly DType[];
}

/** What an operator is, independent of file formats and kernels. */
export interface OperatorDefinition<A extends Attributes = Attributes> {
  readonly name: string;
  /** One sentence with the formula. */
  readonly summary: string;
  /** Every attribute: name and what it says. */
  readonly attributes: { readonly [name in keyof A]: string };
  readonly inputs: readonly OperandSpec[];
  readonly outputs: readonly OperandSpec[];
  readonly signatures: readonly TypeSignature[];
  readonly constraints: readonly Constraint<A>[];
  /** Shapes of the results. Called after operand count and types were checked; may assume constraints on ranks only if they precede. */
  readonly inferShapes: (view: Pick<NodeView<A>, 'attributes' | 'inputs' | 'node'>) => readonly Shape[];
  /** Multiply-accumulates of one inference; 0 for operators that do none. */
  readonly macs: (view: NodeView<A>) => number;
}

/** A tensor type in the words of diagnostics: "int8 [1, 96, 96, 1]". */
export function describeType(type: Pick<TensorType, 'dtype' | 'shape'>): string {
  return `${type.dtype} [${type.shape.join(', ')}]`;
}
