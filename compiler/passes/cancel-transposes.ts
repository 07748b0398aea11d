import { applyRewrite, type Node, producers, type TensorId } from '../ir/index.ts';
import type { Pass } from './pass.ts';

/** transpose(transpose(x)) becomes one transpose; where it moves nothing, `remove-identities` takes it away. */
export const cancelTransposes: Pass = {
  name: 'cancel-transposes',
  summary: 'Joins consecutive transposes, so that pairs such as NHWC to NCHW and back disappear.',
  run: (graph) => {
    const writers = producers(graph);
    const replaceNode = new Map<Node, readonly Node[]>();
    for (const second of graph.nodes) {
      const first = second.operator === 'transpose' ? writers.get(second.inputs[0] as TensorId) : undefined;
      if (first?.operator === 'transpose' && !replaceNode.has(first)) {
        const inner = first.attributes.permutation as readonly number[];
        const outer = second.attributes.permutation as readonly number[];
        replaceNode.set(second, [
          {
            ...second,
            inputs: first.inputs,
            attributes: { ...second.attributes, permutation: outer.map((axis) => inner[axis]!) },
          },
        ]);
      }
    }
    return applyRewrite(graph, { replaceNode });
  },
};
