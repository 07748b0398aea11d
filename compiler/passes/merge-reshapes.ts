import { applyRewrite, type Node, producers, type TensorId } from '../ir/index.ts';
import type { Pass } from './pass.ts';

/** reshape(reshape(x)) becomes one reshape. */
export const mergeReshapes: Pass = {
  name: 'merge-reshapes',
  summary: 'Joins consecutive reshapes.',
  run: (graph) => {
    const writers = producers(graph);
    const replaceNode = new Map<Node, readonly Node[]>();
    for (const second of graph.nodes) {
      const first = second.operator === 'reshape' ? writers.get(second.inputs[0] as TensorId) : undefined;
      if (first?.operator === 'reshape' && !replaceNode.has(first)) {
        replaceNode.set(second, [{ ...second, inputs: first.inputs }]);
      }
    }
    return applyRewrite(graph, { replaceNode });
  },
};
