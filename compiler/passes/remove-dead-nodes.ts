import { applyRewrite, type Node, type TensorId } from '../ir/index.ts';
import type { Pass } from './pass.ts';

/** Nodes that no output depends on; a node that keeps state is needed by the next inference only if its result is needed. */
export const removeDeadNodes: Pass = {
  name: 'remove-dead-nodes',
  summary: 'Removes nodes whose results nothing reads.',
  run: (graph) => {
    const needed = new Set<TensorId>(graph.outputs);
    const replaceNode = new Map<Node, readonly Node[]>();
    for (const node of [...graph.nodes].reverse()) {
      if (node.outputs.some((id) => needed.has(id))) {
        for (const id of node.inputs) {
          if (id !== null) {
            needed.add(id);
          }
        }
      } else {
        replaceNode.set(node, []);
      }
    }
    return applyRewrite(graph, { replaceNode });
  },
};
