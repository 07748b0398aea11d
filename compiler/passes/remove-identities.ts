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
    // Tensors that are outputs, or become outputs as this pass goes on.
    const outputs = new Set(graph.outputs);
    for (const node of graph.nodes) {
      const target = node.outputs[0]!;
      const source = replaceTensor.get(node.inputs[0]!) ?? node.inputs[0]!;
      if (!isIdentity(graph, node) || (outputs.has(target) && !canBeOutput(graph, source, outputs))) {
        continue;
      }
      replaceNode.set(node, []);
      replaceTensor.set(target, source);
      if (outputs.has(target)) {
        outputs.add(source);
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
  // A copy of a variable holds what the variable was, whoever changes it before the copy is read.
  const unchanged =
    before.kind !== 'variable' &&
    before.dtype === after.dtype &&
    sameShape(before.shape, after.shape) &&
    sameQuantization(before.quantization, after.quantization);
  if (!unchanged) {
    return false;
  }
  if (node.operator === 'transpose') {
    return (node.attributes.permutation as readonly number[]).every((axis, i) => axis === i);
  }
  if (node.operator === 'slice' && reverses(node)) {
    return false;
  }
  return (
    copiesIfSameShape.has(node.operator) && others.length === 0 && (node.attributes.activation ?? 'none') === 'none'
  );
}

/** True if a slice takes the elements of an axis from last to first, which no shape tells. */
function reverses(slice: Node): boolean {
  const sizes = slice.attributes.size as readonly number[];
  return (slice.attributes.strides as readonly number[]).some((stride, axis) => stride < 0 && sizes[axis]! > 1);
}

/** A graph output has a tensor of its own that a node writes. */
function canBeOutput(graph: Graph, id: TensorId, outputs: ReadonlySet<TensorId>): boolean {
  return !graph.inputs.includes(id) && !outputs.has(id) && tensorOf(graph, id).kind === 'computed';
}
