/** The only place that decides what is a view. */
import { type Graph, type Node, sizeBytesOf, type Tensor, type TensorId, tensorOf, viewOf } from '../ir/index.ts';
import { canBeDrivenByRows, rowsOf } from './row-access.ts';
import { type ViewCandidate, type ViewLink, viewCandidates } from './view-links.ts';

/** Where the bytes of a tensor lie within those of another one, which is no view itself. */
export interface View {
  readonly source: TensorId;
  /** Of the tensor's first byte, behind the first of the source. */
  readonly offsetBytes: number;
  /** From the start of a row to that of the next where rows lie within longer ones; null where all bytes are one run. */
  readonly pitchBytes: number | null;
}

/** All views of a graph. */
export interface Views {
  readonly byTensor: ReadonlyMap<TensorId, View>;
  /** Nodes that need no step. */
  readonly nodes: ReadonlySet<Node>;
}

/** What of a tensor says how its rows lie. */
type Stored = Pick<Tensor, 'id' | 'shape' | 'dtype'>;

/** Kernels read whole words of int8 data, so every tensor starts on a word. */
export const wordBytes = 4;

/**
 * The views of a graph. Results of reshape and slice lie in their operand, operands of concat in its result: as one run of bytes,
 * or as rows of an image within the rows of a wider one. The latter only where all steps that read or write it go row by row.
 * Either all operands of a concat are views and it needs no step, or it copies all of them: where one is an input or output of
 * the graph, constant, state, there twice, a part of something else already, or would not start on a word, with each of its rows.
 */
export function viewsOf(graph: Graph): Views {
  let candidates = viewCandidates(graph);
  for (;;) {
    const found = arranged(graph, candidates);
    if (!('fault' in found)) {
      return { byTensor: found.byTensor, nodes: new Set(candidates.map(({ node }) => node)) };
    }
    candidates = candidates.filter(({ node }) => node !== found.fault);
  }
}

/** The tensor whose bytes a tensor has a part of, or all: itself if it is no view. */
export function sourceOf({ byTensor }: Views, id: TensorId): TensorId {
  return byTensor.get(id)?.source ?? id;
}

/** Where the rows of a tensor lie in its source: the first one, and how far apart they start. */
export function placeOf({ byTensor }: Views, tensor: Stored): { offsetBytes: number; strideBytes: number } {
  const view = byTensor.get(tensor.id);
  return { offsetBytes: view?.offsetBytes ?? 0, strideBytes: view?.pitchBytes ?? rowsOf(tensor).rowBytes };
}

/** True if the rows of the tensor lie within longer ones. */
export function isPitched({ byTensor }: Views, id: TensorId): boolean {
  return typeof byTensor.get(id)?.pitchBytes === 'number';
}

/** True if the tensor has all the bytes of its source. */
export function isWhole(graph: Graph, views: Views, tensor: Stored): boolean {
  return sizeBytesOf(tensor) === sizeBytesOf(tensorOf(graph, sourceOf(views, tensor.id)));
}

/** True if the tensors have a byte in common; true as well where that is hard to tell. */
export function bytesMeet(views: Views, a: Stored, b: Stored): boolean {
  if (sourceOf(views, a.id) !== sourceOf(views, b.id)) {
    return false;
  }
  const [one, other] = [a, b].map((tensor) => {
    const { offsetBytes, strideBytes } = placeOf(views, tensor);
    const { height, rowBytes } = rowsOf(tensor);
    const column = offsetBytes % strideBytes;
    return {
      strideBytes,
      bytes: [offsetBytes, offsetBytes + (height - 1) * strideBytes + rowBytes] as const,
      columns: [column, column + rowBytes] as const,
    };
  }) as [Extent, Extent];
  const isGrid = one.strideBytes === other.strideBytes && [one, other].every((e) => e.columns[1] <= e.strideBytes);
  return meet(one.bytes, other.bytes) && (!isGrid || meet(one.columns, other.columns));
}

interface Extent {
  readonly strideBytes: number;
  readonly bytes: readonly [number, number];
  readonly columns: readonly [number, number];
}

function meet([from, to]: readonly [number, number], [otherFrom, otherTo]: readonly [number, number]): boolean {
  return from < otherTo && otherFrom < to;
}

type Links = ReadonlyMap<TensorId, ViewLink>;

/** Where everything lies if all candidates are views, or one that cannot be. */
function arranged(
  graph: Graph,
  candidates: readonly ViewCandidate[],
): { readonly byTensor: ReadonlyMap<TensorId, View> } | { readonly fault: Node } {
  const links = new Map<TensorId, ViewLink>();
  for (const { node, links: own } of candidates) {
    for (const link of own) {
      const part = node.operator === 'concat' && link.isRun ? unshaped(graph, links, link.part) : link.part;
      if (links.has(part) || graph.inputs.includes(part)) {
        return { fault: node };
      }
      links.set(part, { ...link, part });
    }
  }
  const byTensor = new Map<TensorId, View>();
  for (const id of links.keys()) {
    const found = viewAt(graph, links, byTensor, id);
    if ('fault' in found) {
      return found;
    }
    const partial = graph.outputs.includes(id) ? linkFrom(links, id, (link) => !hasAll(graph, link)) : undefined;
    if (partial !== undefined) {
      return { fault: partial.node };
    }
  }
  const views = new Set(candidates.map(({ node }) => node));
  for (const node of graph.nodes.filter((each) => !views.has(each))) {
    const apart = [...node.inputs, ...node.outputs].find(
      (id) => id !== null && isPitched({ byTensor, nodes: views }, id),
    );
    if (typeof apart === 'number' && !canBeDrivenByRows(viewOf(graph, node))) {
      return { fault: linkFrom(links, apart, ({ isRun }) => !isRun)!.node };
    }
  }
  return { byTensor };
}

/** The view that a tensor is, `known` from then on, or the node that stands against it. */
function viewAt(graph: Graph, links: Links, known: Map<TensorId, View>, id: TensorId): View | { readonly fault: Node } {
  const link = links.get(id);
  const found = known.get(id);
  if (found !== undefined || link === undefined) {
    return found ?? { source: id, offsetBytes: 0, pitchBytes: null };
  }
  const around = viewAt(graph, links, known, link.whole);
  if ('fault' in around) {
    return around;
  }
  const { rowBytes } = rowsOf(tensorOf(graph, link.whole));
  const [row, column] = [Math.floor(link.skippedBytes / rowBytes), link.skippedBytes % rowBytes];
  const offsetBytes = around.offsetBytes + row * (around.pitchBytes ?? rowBytes) + column;
  const part = tensorOf(graph, id);
  const isInRow = column + sizeBytesOf(part) <= rowBytes;
  if (link.isRun && around.pitchBytes !== null && !isInRow && (column > 0 || rowsOf(part).rowBytes !== rowBytes)) {
    return { fault: linkFrom(links, link.whole, ({ isRun }) => !isRun)!.node };
  }
  const pitchBytes = link.isRun ? (isInRow ? null : around.pitchBytes) : (around.pitchBytes ?? rowBytes);
  if (offsetBytes % wordBytes !== 0 || (pitchBytes ?? 0) % wordBytes !== 0) {
    return { fault: link.node };
  }
  const view = { source: around.source, offsetBytes, pitchBytes };
  known.set(id, view);
  return view;
}

/** What a tensor is a reshape of: it lies where that does, so the one can be moved instead of the other. */
function unshaped(graph: Graph, links: Links, id: TensorId): TensorId {
  let current = id;
  for (
    let link = links.get(current);
    link !== undefined && link.node.operator !== 'concat' && hasAll(graph, link);
    link = links.get(current)
  ) {
    current = link.whole;
  }
  return current;
}

function hasAll(graph: Graph, { part, whole }: ViewLink): boolean {
  return sizeBytesOf(tensorOf(graph, part)) === sizeBytesOf(tensorOf(graph, whole));
}

/** The first link, from a tensor on, for which the test holds. */
function linkFrom(links: Links, id: TensorId, test: (link: ViewLink) => boolean): ViewLink | undefined {
  let link = links.get(id);
  while (link !== undefined && !test(link)) {
    link = links.get(link.whole);
  }
  return link;
}
