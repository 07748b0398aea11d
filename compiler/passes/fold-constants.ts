import {
  applyRewrite,
  bytesFromElements,
  elementsFromBytes,
  type Graph,
  type Node,
  sizeBytesOf,
  type Tensor,
  type TensorId,
  viewOf,
} from '../ir/index.ts';
import { operatorNamed } from '../ops/index.ts';
import type { Pass } from './pass.ts';

/** Larger results stay nodes: no flash of a microcontroller holds them, and a damaged file may ask for gigabytes. */
const maximumFoldedBytes = 16 * 1024 * 1024;

/** Nodes that read constants only are evaluated by their references. */
export const foldConstants: Pass = {
  name: 'fold-constants',
  summary: 'Evaluates nodes that read only constants.',
  run: (graph) => {
    const replaceNode = new Map<Node, readonly Node[]>();
    const folded = new Map<TensorId, Tensor>();
    const constantOf = (id: TensorId): Tensor | null => {
      const tensor = folded.get(id) ?? graph.tensors.get(id);
      return tensor?.kind === 'constant' ? tensor : null;
    };
    for (const node of graph.nodes) {
      const operands = node.inputs.map((id) => (id === null ? null : constantOf(id)));
      const known = operands.every((tensor, i) => tensor !== null || node.inputs[i] === null);
      const resultBytes = node.outputs.reduce((sum, id) => sum + sizeBytesOf(graph.tensors.get(id)!), 0);
      if (
        !known ||
        resultBytes > maximumFoldedBytes ||
        operands.length === 0 ||
        node.outputs.some((id) => graph.outputs.includes(id))
      ) {
        continue;
      }
      const evaluation = evaluate(graph, node, operands);
      node.outputs.forEach((id, i) => {
        folded.set(id, { ...graph.tensors.get(id)!, kind: 'constant', data: evaluation[i]! });
      });
      replaceNode.set(node, []);
    }
    return applyRewrite(graph, { replaceNode, addTensors: [...folded.values()] });
  },
};

function evaluate(graph: Graph, node: Node, operands: readonly (Tensor | null)[]): readonly Uint8Array[] {
  const view = { ...viewOf(graph, node), inputs: operands };
  const values = operands.map((tensor) => (tensor === null ? null : elementsFromBytes(tensor, tensor.data!)));
  return operatorNamed(node.operator).evaluate(view, values).map(bytesFromElements);
}
