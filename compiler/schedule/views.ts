import type { Graph, Node, TensorId } from '../ir/index.ts';

/** For every tensor that is a view: the tensor whose bytes it has, which is no view itself. */
export type ViewSources = ReadonlyMap<TensorId, TensorId>;

/** True if the node only gives its operand another shape, so that both can share their bytes. */
export function isView(graph: Graph, node: Node): boolean {
  if (node.operator !== 'reshape') {
    return false;
  }
  const source = node.inputs[0]!;
  const target = node.outputs[0]!;
  const sourceIsFree = graph.tensors.get(source)!.kind === 'computed' && !graph.outputs.includes(source);
  return sourceIsFree && !(graph.inputs.includes(source) && graph.outputs.includes(target));
}

/** For every tensor that is a view: the tensor whose bytes it has, which is no view itself. */
export function sourcesOfViews(graph: Graph): ViewSources {
  const sources = new Map<TensorId, TensorId>();
  for (const node of graph.nodes) {
    if (isView(graph, node)) {
      const source = node.inputs[0]!;
      sources.set(node.outputs[0]!, sources.get(source) ?? source);
    }
  }
  return sources;
}
