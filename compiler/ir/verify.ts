import { checkNode } from './check-node.ts';
import type { Graph, Node } from './graph.ts';
import type { OperatorDefinition } from './operator.ts';
import { sizeBytesOf, type TensorId } from './tensor.ts';

/**
 * Everything that must hold of a graph between passes; the list of what does not, empty if all is well.
 * A fault here is a bug of the pass that ran last, not of the model.
 */
export function verifyGraph(graph: Graph, definitionOf: (node: Node) => OperatorDefinition): readonly string[] {
  const faults: string[] = [];
  const written = new Set<TensorId>();
  for (const [id, tensor] of graph.tensors) {
    if (tensor.id !== id) {
      faults.push(`tensor '${tensor.name}' is stored under ${id} but says ${tensor.id}`);
    }
    if ((tensor.kind === 'constant') !== (tensor.data !== null)) {
      faults.push(`tensor '${tensor.name}' is ${tensor.kind} and has ${tensor.data === null ? 'no ' : ''}data`);
    }
    if (tensor.data !== null && tensor.data.byteLength !== sizeBytesOf(tensor)) {
      faults.push(`tensor '${tensor.name}' has ${tensor.data.byteLength} bytes, not ${sizeBytesOf(tensor)}`);
    }
    if (tensor.kind !== 'computed') {
      written.add(id);
    }
  }
  for (const id of graph.inputs) {
    if (graph.tensors.get(id)?.kind !== 'computed') {
      faults.push(`graph input ${id} is not a computed tensor`);
    }
    written.add(id);
  }
  const names = new Set<string>();
  for (const node of graph.nodes) {
    if (names.has(node.name)) {
      faults.push(`two nodes are named '${node.name}'`);
    }
    names.add(node.name);
    for (const id of node.inputs) {
      if (id !== null && !written.has(id)) {
        faults.push(`${node.operator} '${node.name}' reads tensor ${id} before it is written`);
      }
    }
    for (const id of node.outputs) {
      if (written.has(id) || !graph.tensors.has(id)) {
        faults.push(`${node.operator} '${node.name}' writes tensor ${id}, which is unknown or written already`);
      }
      written.add(id);
    }
    if (faults.length === 0) {
      faults.push(...checkNode(graph, node, definitionOf(node)).map((d) => `${d.where}: ${d.found}`));
    }
  }
  for (const id of graph.outputs) {
    if (!written.has(id)) {
      faults.push(`graph output ${id} is never written`);
    }
  }
  return faults;
}
