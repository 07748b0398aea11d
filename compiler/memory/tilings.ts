/** Which runs of layers could be computed in strips of columns, and about what that takes. */
import { type Graph, type Node, sizeBytesOf, type TensorId, tensorOf } from '../ir/index.ts';
import {
  type ColumnWindow,
  columnsNeeded,
  columnsOfTile,
  columnWindows,
  isClosed,
  rowsOf,
  sourceOf,
  type Tiling,
} from '../schedule/index.ts';
import type { OptionContext } from './schedule-options.ts';

/** A tiling with what it is thought to take, before it is planned. */
export interface TilingEstimate {
  readonly tiling: Tiling;
  /** While a tile in the middle is computed: what the layers read and make, whole, and rows of a tile between them. */
  readonly bytes: number;
  /** Instructions for columns that are computed more than once, and for calls of narrower rows. */
  readonly furtherInstructions: number;
}

/** Numbers of tiles that are tried. */
const tileCounts: readonly number[] = [2, 3, 4, 5, 6, 8, 10, 12, 16];

/** Most layers in tiles, and most steps that all tiles together make of them: every step is one more to schedule and place. */
const mostLayers = 24;
const mostSteps = 128;

/** Instructions around a call of a kernel for one row. */
const instructionsPerRow = 60;

/** Every tiling of the context's graph that may take at most `bytes`. */
export function tilingEstimates(context: OptionContext, bytes: number): readonly TilingEstimate[] {
  const { graph } = context;
  const windows = graph.nodes.map((node) => columnWindows(graph, node));
  const instructions = new Map(context.steps.map((step) => [step.node, step.instructions]));
  const whole = wholeTensors(context);
  const estimates: TilingEstimate[] = [];
  for (let first = 0; first < graph.nodes.length; first++) {
    for (let end = first + 2; end <= Math.min(graph.nodes.length, first + mostLayers); end++) {
      const own = windows.slice(first, end);
      if (own.some((found) => found === null)) {
        break;
      }
      const wholeBytes = whole(first, end);
      if (wholeBytes === null || wholeBytes >= bytes || !isClosed(graph, { first, end })) {
        continue;
      }
      const layers = graph.nodes.slice(first, end);
      for (const tiles of tileCounts.filter((count) => count * layers.length <= mostSteps)) {
        const cost = costOfTiles(graph, layers, own as readonly (readonly ColumnWindow[])[], tiles, instructions);
        if (cost !== null && wholeBytes + cost.ringBytes <= bytes) {
          estimates.push({
            tiling: { first, end, tiles },
            bytes: wholeBytes + cost.ringBytes,
            furtherInstructions: cost.furtherInstructions,
          });
        }
      }
    }
  }
  return estimates;
}

/** Bytes that stand whole while nodes [first, end) run in tiles; null if they read rows that come one after another. */
function wholeTensors({ graph, views, outside, streamed }: OptionContext) {
  const made = new Map<TensorId, number>(graph.inputs.map((id) => [id, -1]));
  const lastRead = new Map<TensorId, number>();
  const storedIn = (id: TensorId) => sourceOf(views, id);
  graph.nodes.forEach((node, at) => {
    for (const id of node.outputs) {
      if (storedIn(id) === id) {
        made.set(id, at);
      }
    }
    for (const id of node.inputs) {
      if (id !== null) {
        lastRead.set(storedIn(id), at);
      }
    }
  });
  for (const id of graph.outputs) {
    lastRead.set(storedIn(id), graph.nodes.length);
  }
  return (first: number, end: number): number | null => {
    let bytes = 0;
    for (const [id, at] of made) {
      const last = lastRead.get(id) ?? at;
      const isResult = graph.nodes[end - 1]!.outputs.some((output) => storedIn(output) === id);
      const isThere = at < first && last >= first;
      if (isThere && id === streamed) {
        return null;
      }
      if ((isThere || isResult) && !outside.has(id)) {
        bytes += sizeBytesOf(tensorOf(graph, id));
      }
    }
    return bytes;
  };
}

/** Rows of one tile that are in use between the layers, and work that is done twice; null if there are no such tiles. */
function costOfTiles(
  graph: Graph,
  layers: readonly Node[],
  windows: readonly (readonly ColumnWindow[])[],
  tiles: number,
  instructions: ReadonlyMap<Node, number>,
): { readonly ringBytes: number; readonly furtherInstructions: number } | null {
  const result = tensorOf(graph, layers.at(-1)!.outputs[0]!);
  if (tiles > result.shape[2]!) {
    return null;
  }
  const heights = new Map<TensorId, number>();
  layers.forEach((node, k) => {
    for (const { operand, rows } of windows[k]!) {
      const id = node.inputs[operand]!;
      heights.set(id, Math.max(heights.get(id) ?? 0, rows));
    }
  });
  let ringBytes = 0;
  let furtherInstructions = 0;
  for (let tile = 0; tile < tiles; tile++) {
    const needed = columnsNeeded(graph, layers, windows, result.id, columnsOfTile(result, tiles, tile));
    if (needed === null) {
      return null;
    }
    let bytes = 0;
    for (const node of layers) {
      const tensor = tensorOf(graph, node.outputs[0]!);
      const { begin, end } = needed.get(tensor.id)!;
      const part = (end - begin) / tensor.shape[2]!;
      const { height, rowBytes } = rowsOf(tensor);
      furtherInstructions += part * (instructions.get(node) ?? 0) + height * instructionsPerRow;
      bytes += tensor.id === result.id ? 0 : Math.min(height, heights.get(tensor.id)!) * rowBytes * part;
    }
    ringBytes = Math.max(ringBytes, Math.ceil(bytes));
  }
  const once = layers.reduce((sum, node) => sum + (instructions.get(node) ?? 0), 0);
  return { ringBytes, furtherInstructions: furtherInstructions - once };
}

/** Those of which no other one is thought to be better, the fastest first: each takes less RAM than the one before. */
export function bestEstimates(estimates: readonly TilingEstimate[]): readonly TilingEstimate[] {
  const best: TilingEstimate[] = [];
  const ordered = [...estimates].sort(
    (a, b) => a.furtherInstructions - b.furtherInstructions || a.bytes - b.bytes || a.tiling.tiles - b.tiling.tiles,
  );
  for (const estimate of ordered) {
    if (best.length === 0 || estimate.bytes < best.at(-1)!.bytes) {
      best.push(estimate);
    }
  }
  return best;
}
