import { type NodeView, sizeBytesOf } from '../../ir/index.ts';

/** Operands, by index, whose place every kernel of the operator lets a result of their type take. */
const elementWise: { readonly [operator: string]: readonly number[] } = {
  add: [0, 1],
  sub: [0, 1],
  mul: [0, 1],
  relu: [0],
  logistic: [0],
  tanh: [0],
  softmax: [0],
  quantize: [0],
};

/**
 * Operands, by index, whose bytes the first result may take over when they die: what every kernel that accepts the node
 * says in `inPlace`, known before one is chosen. Only operands of the result's type and size count.
 */
export function replaceableOperands(view: Pick<NodeView, 'node' | 'inputs' | 'outputs'>): readonly number[] {
  const output = view.outputs[0];
  return (elementWise[view.node.operator] ?? []).filter((index) => {
    const input = view.inputs[index] ?? null;
    return (
      input !== null &&
      output !== undefined &&
      input.kind === 'computed' &&
      input.dtype === output.dtype &&
      sizeBytesOf(input) === sizeBytesOf(output)
    );
  });
}
