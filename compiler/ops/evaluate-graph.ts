import {
  allocate,
  elementCount,
  elementsFromBytes,
  type Graph,
  type Tensor,
  type TensorId,
  type TypedArray,
  tensorOf,
  viewOf,
} from '../ir/index.ts';
import { operatorNamed } from './index.ts';

/** What a graph remembers between inferences: the elements of its variable tensors. */
export type GraphState = ReadonlyMap<TensorId, TypedArray>;

/** The state that a sequence starts from: every variable at the integer that stands for zero. */
export function initialState(graph: Graph): GraphState {
  const variables = [...graph.tensors.values()].filter((tensor) => tensor.kind === 'variable');
  return new Map(variables.map((tensor) => [tensor.id, zeroesOf(tensor)]));
}

function zeroesOf(tensor: Tensor): TypedArray {
  const elements = allocate(tensor.dtype, elementCount(tensor.shape));
  if (tensor.dtype !== 'float32' && !(elements instanceof BigInt64Array)) {
    elements.fill(tensor.quantization?.zeroPoints[0] ?? 0);
  }
  return elements;
}

/**
 * One inference by the operators' references: the outputs for these inputs, both in the graph's order.
 * `state` is updated in place. `onValue` sees every tensor as it is computed.
 */
export function evaluateGraph(
  graph: Graph,
  inputs: readonly TypedArray[],
  state: GraphState = initialState(graph),
  onValue: (tensor: Tensor, value: TypedArray) => void = () => undefined,
): readonly TypedArray[] {
  const values = new Map<TensorId, TypedArray>(state);
  graph.inputs.forEach((id, i) => {
    values.set(id, inputs[i]!);
  });
  const elementsOf = (id: TensorId): TypedArray => {
    const known = values.get(id);
    if (known !== undefined) {
      return known;
    }
    const tensor = tensorOf(graph, id);
    if (tensor.data === null) {
      throw new Error(`tensor '${tensor.name}' is read before it is written`);
    }
    const elements = elementsFromBytes(tensor, tensor.data);
    values.set(id, elements);
    return elements;
  };
  for (const node of graph.nodes) {
    const operands = node.inputs.map((id) => (id === null ? null : elementsOf(id)));
    const results = operatorNamed(node.operator).evaluate(viewOf(graph, node), operands);
    node.outputs.forEach((id, i) => {
      values.set(id, results[i]!);
      onValue(tensorOf(graph, id), results[i]!);
    });
  }
  return graph.outputs.map(elementsOf);
}
