import type { Tensor, TensorId } from './tensor.ts';

export type AttributeValue = number | boolean | string | readonly number[] | readonly string[];

/** Attributes by name; every operator's definition gives them a precise type. */
export type Attributes = { readonly [name: string]: AttributeValue };

/** One use of an operator. */
export interface Node<A extends Attributes = Attributes> {
  /** Unique name, from the model where it has one. */
  readonly name: string;
  /** Key of the operator registry, `conv2d`. */
  readonly operator: string;
  /** Operands in the operator's order; null where an optional one is absent. */
  readonly inputs: readonly (TensorId | null)[];
  readonly outputs: readonly TensorId[];
  readonly attributes: A;
  /** Where the node comes from, for diagnostics: the operator's name and position in the file. */
  readonly origin: { readonly operator: string; readonly index: number };
}

/**
 * A network. Nodes stand in an order in which every tensor is written before it is read.
 * Values of this type are never changed; a pass that changes nothing returns the graph it was given.
 */
export interface Graph {
  readonly name: string;
  readonly tensors: ReadonlyMap<TensorId, Tensor>;
  readonly nodes: readonly Node[];
  readonly inputs: readonly TensorId[];
  readonly outputs: readonly TensorId[];
}

/** The tensor of this id; asking for one that the graph does not have is a bug. */
export function tensorOf(graph: Graph, id: TensorId): Tensor {
  const tensor = graph.tensors.get(id);
  if (tensor === undefined) {
    throw new Error(`graph '${graph.name}' has no tensor ${id}`);
  }
  return tensor;
}

/** The tensor of operand `index`, or null where the operand is absent. */
export function inputOf(graph: Graph, node: Node, index: number): Tensor | null {
  const id = node.inputs[index];
  return id === undefined || id === null ? null : tensorOf(graph, id);
}

/** The tensor of an operand that the definition requires. */
export function requiredInput(graph: Graph, node: Node, index: number): Tensor {
  const tensor = inputOf(graph, node, index);
  if (tensor === null) {
    throw new Error(`${node.operator} '${node.name}' has no operand ${index}`);
  }
  return tensor;
}

/** The tensor that the node writes as result `index`. */
export function outputOf(graph: Graph, node: Node, index = 0): Tensor {
  const id = node.outputs[index];
  if (id === undefined) {
    throw new Error(`${node.operator} '${node.name}' has no result ${index}`);
  }
  return tensorOf(graph, id);
}

/** For every computed tensor that a node writes: that node. */
export function producers(graph: Graph): ReadonlyMap<TensorId, Node> {
  return new Map(graph.nodes.flatMap((node) => node.outputs.map((id) => [id, node] as const)));
}

/** For every tensor: the nodes that read it, in order, each once; outputs of the graph are not counted. */
export function consumers(graph: Graph): ReadonlyMap<TensorId, readonly Node[]> {
  const readers = new Map<TensorId, Node[]>();
  for (const node of graph.nodes) {
    for (const id of new Set(node.inputs)) {
      if (id !== null) {
        const list = readers.get(id);
        if (list === undefined) {
          readers.set(id, [node]);
        } else {
          list.push(node);
        }
      }
    }
  }
  return readers;
}

/** How a diagnostic names a node: "conv2d 'block3/conv' (node 17)". */
export function describeNode(node: Node): string {
  return `${node.operator} '${node.name}' (node ${node.origin.index})`;
}

/** How a diagnostic names a tensor: "tensor 'x' (int8 [1, 96, 96, 1])". */
export function describeTensor(tensor: Tensor): string {
  return `tensor '${tensor.name}' (${tensor.dtype} [${tensor.shape.join(', ')}])`;
}
