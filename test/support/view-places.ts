/** Where views lie, found without the compiler's rules: the operators' references move the indices of elements. */
import { elementCount, type Graph, type Node, sizeOfDType, type TensorId, viewOf } from '../../compiler/ir/index.ts';
import { operatorNamed } from '../../compiler/ops/index.ts';

/** Where the rows of a tensor lie within the bytes of another one. */
export interface ViewPlace {
  readonly source: TensorId;
  readonly offsetBytes: number;
  readonly strideBytes: number;
}

/** Element i of a tensor is element `places[i]` of `whole`. */
interface Edge {
  readonly whole: TensorId;
  readonly places: Int32Array;
}

/** The place of every tensor that lies within another one when these nodes are not executed. */
export function viewPlaces(graph: Graph, nodes: readonly Node[]): ReadonlyMap<TensorId, ViewPlace> {
  const edges = new Map<TensorId, Edge>();
  const concats = nodes.filter(({ operator }) => operator === 'concat');
  for (const node of nodes.filter((each) => !concats.includes(each))) {
    const [source, target] = [node.inputs[0]!, node.outputs[0]!];
    edges.set(target, { whole: source, places: moved(graph, node, [countUp(sizeOf(graph, source), 0)]) });
  }
  for (const node of concats) {
    let first = 0;
    const operands = node.inputs.map((id) => {
      const values = countUp(sizeOf(graph, id!), first);
      first += values.length;
      return values;
    });
    const placeOfValue = inverse(moved(graph, node, operands));
    node.inputs.forEach((id, k) => {
      reroot(edges, id!);
      edges.set(id!, { whole: node.outputs[0]!, places: operands[k]!.map((value) => placeOfValue[value]!) });
    });
  }
  return new Map([...edges.keys()].map((id) => [id, placeIn(graph, edges, id)] as const));
}

const sizeOf = (graph: Graph, id: TensorId) => elementCount(graph.tensors.get(id)!.shape);

const countUp = (count: number, first: number) => Int32Array.from({ length: count }, (_, i) => first + i);

/** What the node makes of integers. */
function moved(graph: Graph, node: Node, inputs: readonly Int32Array[]): Int32Array {
  const tensors = [...graph.tensors].map(([id, tensor]) => [id, { ...tensor, dtype: 'int32' }] as const);
  const integers = { ...graph, tensors: new Map(tensors) };
  return operatorNamed(node.operator).evaluate(viewOf(integers, node), inputs)[0] as Int32Array;
}

function inverse(places: Int32Array): Int32Array {
  const found = new Int32Array(places.length).fill(-1);
  places.forEach((place, i) => {
    found[place] = i;
  });
  if (found.includes(-1)) {
    throw new Error('a view that is only a part is moved');
  }
  return found;
}

/** Turns the edges from a tensor on round: what it is the same as becomes a view of it. */
function reroot(edges: Map<TensorId, Edge>, id: TensorId): void {
  const edge = edges.get(id);
  if (edge !== undefined) {
    reroot(edges, edge.whole);
    edges.delete(id);
    edges.set(edge.whole, { whole: id, places: inverse(edge.places) });
  }
}

function placeIn(graph: Graph, edges: ReadonlyMap<TensorId, Edge>, id: TensorId): ViewPlace {
  let places = countUp(sizeOf(graph, id), 0);
  let source = id;
  for (let edge = edges.get(source); edge !== undefined; edge = edges.get(source)) {
    const { places: next, whole } = edge;
    places = places.map((place) => next[place]!);
    source = whole;
  }
  const { shape, dtype, name } = graph.tensors.get(id)!;
  const height = shape.length === 4 && shape[0] === 1 ? shape[1]! : 1;
  const row = places.length / height;
  const stride = height > 1 ? places[row]! - places[0]! : row;
  if (places.some((place, i) => place !== places[0]! + Math.floor(i / row) * stride + (i % row))) {
    throw new Error(`the elements of '${name}' do not lie in rows of its source`);
  }
  const bytes = sizeOfDType(dtype);
  return { source, offsetBytes: places[0]! * bytes, strideBytes: stride * bytes };
}
