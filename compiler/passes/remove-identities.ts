import {
  applyRewrite,
  type Graph,
  type Node,
  sameQuantization,
  sameShape,
  type TensorId,
  tensorOf,
} from '../ir/index.ts';
import type { Pass } from './pass.ts';

/** Operators whose result has the operand's elements in the same order whenever shape and quantization are the same. */
const copiesIfSameShape = new Set(['reshape', 'pad', 'slice', 'quantize', 'concat']);

/** Nodes that change nothing: their readers read the operand instead. */
export const removeIdentities: Pass = {
  name: 'remove-identities',
  summary: 'Removes nodes whose result equals their operand.',
  run: (graph) => {
    const replaceNode = new Map<Node, readonly Node[]>();
    const replaceTensor = new Map<TensorId, TensorId>();
    for (const node of graph.nodes) {
      if (isIdentity(graph, node) && !mustKeep(graph, node)) {
        replaceNode.set(node, []);
        replaceTensor.set(node.outputs[0]!, node.inputs[0]!);
      }
    }
    return applyRewrite(graph, { replaceNode, replaceTensor });
  },
};

function isIdentity(graph: Graph, node: Node): boolean {
  const [source, ...others] = node.inputs;
  const [target] = node.outputs;
  if (source === undefined || source === null || target === undefined || node.outputs.length !== 1) {
    return false;
  }
  const before = tensorOf(graph, source);
  const after = tensorOf(graph, target);
  const unchanged =
    before.dtype === after.dtype &&
    sameShape(before.shape, after.shape) &&
    sameQuantization(before.quantization, after.quantization);
  if (!unchanged) {
    return false;
  }
  if (node.operator === 'transpose') {
    return (node.attributes.permutation as readonly number[]).every((axis, i) => axis === i);
  }
  return (
    copiesIfSameShape.has(node.operator) && others.length === 0 && (node.attributes.activation ?? 'none') === 'none'
  );
}

/** A graph output keeps a tensor of its own that a node writes. */
function mustKeep(graph: Graph, node: Node): boolean {
  const source = node.inputs[0]!;
  return (
    graph.outputs.includes(node.outputs[0]!) &&
    (graph.inputs.includes(source) || graph.outputs.includes(source) || tensorOf(graph, source).kind !== 'computed')
  );
}
