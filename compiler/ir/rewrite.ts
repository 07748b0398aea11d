import type { Graph, Node } from './graph.ts';
import type { Tensor, TensorId, TensorType } from './tensor.ts';

/** Changes to a graph: collected by a pass, applied at once. */
export interface Rewrite {
  /** Nodes to put in a node's place; an empty list removes it. */
  readonly replaceNode?: ReadonlyMap<Node, readonly Node[]>;
  /** Every reader of the key reads the value instead; graph outputs too. */
  readonly replaceTensor?: ReadonlyMap<TensorId, TensorId>;
  readonly addTensors?: readonly Tensor[];
}

/** The graph after `rewrite`; the same object if the rewrite is empty. Tensors that nothing uses any more are dropped. */
export function applyRewrite(graph: Graph, rewrite: Rewrite): Graph {
  const replaceNode = rewrite.replaceNode ?? new Map<Node, readonly Node[]>();
  const replaceTensor = rewrite.replaceTensor ?? new Map<TensorId, TensorId>();
  const addTensors = rewrite.addTensors ?? [];
  if (replaceNode.size === 0 && replaceTensor.size === 0 && addTensors.length === 0) {
    return graph;
  }
  const resolve = (id: TensorId): TensorId => {
    let current = id;
    for (let next = replaceTensor.get(current); next !== undefined; next = replaceTensor.get(current)) {
      current = next;
    }
    return current;
  };
  const nodes = graph.nodes
    .flatMap((node) => replaceNode.get(node) ?? [node])
    .map((node): Node => {
      const inputs = node.inputs.map((id) => (id === null ? null : resolve(id)));
      return inputs.every((id, i) => id === node.inputs[i]) ? node : { ...node, inputs };
    });
  const tensors = new Map(graph.tensors);
  for (const tensor of addTensors) {
    tensors.set(tensor.id, tensor);
  }
  return withoutUnusedTensors({ ...graph, nodes, tensors, outputs: graph.outputs.map(resolve) });
}

/** The graph without tensors that no node, input or output mentions; the same object if there are none. */
export function withoutUnusedTensors(graph: Graph): Graph {
  const used = new Set<TensorId>([...graph.inputs, ...graph.outputs]);
  for (const node of graph.nodes) {
    for (const id of node.inputs) {
      if (id !== null) {
        used.add(id);
      }
    }
    for (const id of node.outputs) {
      used.add(id);
    }
  }
  if ([...graph.tensors.keys()].every((id) => used.has(id))) {
    return graph;
  }
  return { ...graph, tensors: new Map([...graph.tensors].filter(([id]) => used.has(id))) };
}

/** An id that no tensor of the graph has; `offset` numbers several new ones. */
export function freshTensorId(graph: Graph, offset = 0): TensorId {
  let highest = -1;
  for (const id of graph.tensors.keys()) {
    highest = Math.max(highest, id);
  }
  return highest + 1 + offset;
}

/** A constant tensor. */
export function constantTensor(id: TensorId, name: string, type: TensorType, data: Uint8Array): Tensor {
  return {
    id,
    name,
    kind: 'constant',
    dtype: type.dtype,
    shape: type.shape,
    quantization: type.quantization,
    data,
  };
}
