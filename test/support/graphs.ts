import {
  allocate,
  bytesFromElements,
  elementCount,
  type Graph,
  parseGraph,
  type Shape,
  type Tensor,
  type TypedArray,
  tensorOf,
} from '../../compiler/ir/index.ts';
import { evaluateGraph, initialState } from '../../compiler/ops/evaluate-graph.ts';
import { integersBetween, randomSource, realsBetween } from './random.ts';

/**
 * A graph from text in which `data random.` stands for constants: drawn from the tensor's id, small enough that sums of
 * products stay exact in float32.
 */
export function graphFrom(text: string): Graph {
  const graph = parseGraph(text.replaceAll(/ data random\./g, ' data .'));
  const tensors = [...graph.tensors].map(([id, tensor]): [number, Tensor] => {
    const isRandom = tensor.data !== null && tensor.data.length === 0;
    return [id, isRandom ? { ...tensor, data: bytesFromElements(smallIntegers(tensor, id + 1)) } : tensor];
  });
  return { ...graph, tensors: new Map(tensors) };
}

function smallIntegers(type: { readonly dtype: Tensor['dtype']; readonly shape: Shape }, seed: number): TypedArray {
  const elements = allocate(type.dtype, elementCount(type.shape));
  if (elements instanceof BigInt64Array) {
    throw new Error('no random int64 constants');
  }
  elements.set(integersBetween(randomSource(seed), -8, 8, elements.length));
  return elements;
}

/** Inputs that a graph could be given, the same for the same seed. */
export function randomInputs(graph: Graph, seed: number): readonly TypedArray[] {
  const next = randomSource(seed);
  return graph.inputs.map((id) => {
    const tensor = tensorOf(graph, id);
    const elements = allocate(tensor.dtype, elementCount(tensor.shape));
    if (elements instanceof Float32Array) {
      elements.set(realsBetween(next, -8, 8, elements.length));
    } else if (!(elements instanceof BigInt64Array)) {
      elements.set(integersBetween(next, -128, 127, elements.length));
    }
    return elements;
  });
}

/** The outputs of a sequence of three inferences with random inputs, as plain arrays. */
export function sampleOutputs(graph: Graph, seed: number): readonly (readonly number[])[] {
  const state = initialState(graph);
  return [0, 1, 2].flatMap((step) =>
    evaluateGraph(graph, randomInputs(graph, seed + step), state).map((output) => Array.from(output, Number)),
  );
}
