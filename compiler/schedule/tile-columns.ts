/**
 * Vertical strips: a run of layers computed one strip of columns after another, each through all of the layers. A strip reads its
 * columns of what the layers read, with those beside them that its windows reach, and makes its columns of their result.
 */
import {
  type Attributes,
  type Graph,
  type Node,
  sizeOfDType,
  type Tensor,
  type TensorId,
  tensorOf,
} from '../ir/index.ts';
import { type ColumnWindow, columnWindows } from './column-windows.ts';

/** Nodes [first, end) of a graph, computed in so many strips. */
export interface Tiling {
  readonly first: number;
  readonly end: number;
  readonly tiles: number;
}

/** A graph with a run of its layers in tiles. */
export interface TiledGraph {
  readonly graph: Graph;
  /** Nodes that belong to one tile: its number, from 0. */
  readonly tileOf: ReadonlyMap<Node, number>;
}

/** Columns [begin, end). */
export interface ColumnRange {
  readonly begin: number;
  readonly end: number;
}

/** Columns of the result that a tile makes: from a word on, where there are enough of them. */
export function columnsOfTile(result: Tensor, tiles: number, tile: number): ColumnRange {
  const width = result.shape[2]!;
  const step = columnsOfWords(result) * tiles <= width ? columnsOfWords(result) : 1;
  const from = (part: number) => (part === tiles ? width : Math.round((part * width) / tiles / step) * step);
  return { begin: from(tile), end: from(tile + 1) };
}

/** Of so many columns at least the bytes are whole words. */
function columnsOfWords({ shape, dtype }: Tensor): number {
  const bytes = shape[3]! * sizeOfDType(dtype);
  return bytes % 4 === 0 ? 1 : bytes % 2 === 0 ? 2 : 4;
}

/** The name of a layer's part in a tile; none of its characters means anything where layers are listed. */
export function tileName(layer: string, { begin, end }: ColumnRange): string {
  return `${layer} (columns ${begin}-${end - 1})`;
}

/** The layer that a node is a part of: what `tileName` was made from, else the name itself. */
export function layerOfTile(name: string): string {
  return name.replace(/ \(columns \d+-\d+\)( #\d+)?$/, '');
}

/**
 * The graph with the tiling, equal to the given one bit for bit; null where it cannot be: a layer mixes columns in another way than
 * by windows, more than the last result is read behind the layers, or a strip would lie in padding alone.
 */
export function tileColumns(graph: Graph, tiling: Tiling): TiledGraph | null {
  const { first, end, tiles } = tiling;
  const layers = graph.nodes.slice(first, end);
  const windows = windowsOf(graph, layers);
  if (windows === null || !isClosed(graph, tiling)) {
    return null;
  }
  const result = tensorOf(graph, layers.at(-1)!.outputs[0]!);
  if (tiles < 2 || tiles > result.shape[2]!) {
    return null;
  }
  const writer = tileWriter(graph, layers, windows);
  const parts: TensorId[] = [];
  const nodes: Node[] = [];
  const tileOf = new Map<Node, number>();
  for (let tile = 0; tile < tiles; tile++) {
    const written = writer.write(result.id, columnsOfTile(result, tiles, tile));
    if (written === null) {
      return null;
    }
    parts.push(written.result);
    nodes.push(...written.nodes);
    for (const node of written.nodes) {
      tileOf.set(node, tile);
    }
  }
  const whole = writer.node(layers.at(-1)!, 'concat', `${layers.at(-1)!.name} (all columns)`, parts, result.id, {
    axis: 2,
  });
  return {
    graph: {
      ...graph,
      tensors: writer.tensors(layers.slice(0, -1).flatMap((node) => node.outputs)),
      nodes: [...graph.nodes.slice(0, first), ...nodes, whole, ...graph.nodes.slice(end)],
    },
    tileOf,
  };
}

/** The windows of each layer; null if one has none, or reads what another one makes in a way that windows do not say. */
export function windowsOf(graph: Graph, layers: readonly Node[]): readonly (readonly ColumnWindow[])[] | null {
  const made = new Set<TensorId | null>(layers.flatMap((node) => node.outputs));
  const windows: (readonly ColumnWindow[])[] = [];
  for (const node of layers) {
    const found = columnWindows(graph, node);
    const isRead = (index: number) => found?.some(({ operand }) => operand === index);
    if (found === null || node.inputs.some((id, index) => made.has(id) && isRead(index) !== true)) {
      return null;
    }
    windows.push(found);
  }
  return windows;
}

/** True if only the last result of the layers is read behind them. */
export function isClosed(graph: Graph, { first, end }: Pick<Tiling, 'first' | 'end'>): boolean {
  const inner = new Set(graph.nodes.slice(first, end - 1).flatMap((node) => node.outputs));
  const others = [...graph.nodes.slice(0, first), ...graph.nodes.slice(end)].flatMap((node) => node.inputs);
  const last = graph.nodes[end - 1];
  const read = new Set(graph.nodes.slice(first, end).flatMap((node) => node.inputs));
  return (
    last !== undefined &&
    ![...others, ...graph.outputs].some((id) => id !== null && inner.has(id)) &&
    [...inner].every((id) => read.has(id))
  );
}

/** Columns of operands that the windows read for columns of the result; null if they are all outside of the image. */
export function columnsRead(window: ColumnWindow, { begin, end }: ColumnRange): ReadColumns | null {
  const { stride, span, left, width } = window;
  const from = begin * stride - left;
  const to = (end - 1) * stride - left + span;
  const read = { begin: Math.max(0, from), end: Math.min(width, to) };
  return read.begin < read.end ? { ...read, left: Math.max(0, -from), right: Math.max(0, to - width) } : null;
}

/** Columns of an image, and how many of padding there are beside them. */
export interface ReadColumns extends ColumnRange {
  readonly left: number;
  readonly right: number;
}

/**
 * Columns of every tensor, by id, that are needed for columns of the result; null if windows lie in padding alone, or do not say
 * it. What is read from outside of the layers starts with a word: there a strip can be read where it lies. For that, layers compute
 * up to three columns more.
 */
export function columnsNeeded(
  graph: Graph,
  layers: readonly Node[],
  windows: readonly (readonly ColumnWindow[])[],
  result: TensorId,
  columns: ColumnRange,
): ReadonlyMap<TensorId, ColumnRange> | null {
  const needed = new Map<TensorId, ColumnRange>([[result, columns]]);
  const made = new Set(layers.flatMap((node) => node.outputs));
  for (let k = layers.length - 1; k >= 0; k--) {
    const output = layers[k]!.outputs[0]!;
    const wanted = needed.get(output);
    if (wanted === undefined) {
      return null;
    }
    const outer = windows[k]!.filter(({ operand }) => !made.has(layers[k]!.inputs[operand]!));
    const isOnWord = (own: ColumnRange) =>
      outer.every((window) => {
        const step = columnsOfWords(tensorOf(graph, layers[k]!.inputs[window.operand]!));
        return (columnsRead(window, own)?.begin ?? 0) % step === 0;
      });
    const begins = output === result ? [] : [0, 1, 2, 3].map((more) => Math.max(0, wanted.begin - more));
    const begin = begins.find((from) => isOnWord({ ...wanted, begin: from })) ?? wanted.begin;
    const own = { ...wanted, begin };
    needed.set(output, own);
    for (const window of windows[k]!) {
      const read = columnsRead(window, own);
      if (read === null) {
        return null;
      }
      const id = layers[k]!.inputs[window.operand]!;
      const known = needed.get(id) ?? read;
      needed.set(id, { begin: Math.min(known.begin, read.begin), end: Math.max(known.end, read.end) });
    }
  }
  return needed;
}

/** Makes the nodes and tensors of tiles. */
function tileWriter(graph: Graph, layers: readonly Node[], windows: readonly (readonly ColumnWindow[])[]) {
  const added: Tensor[] = [];
  const names = new Set(graph.nodes.map((node) => node.name));
  const firstId = 1 + [...graph.tensors.keys()].reduce((most, id) => Math.max(most, id), -1);
  const tensor = (whole: Tensor, { begin, end }: ColumnRange): TensorId => {
    const id = firstId + added.length;
    const shape = whole.shape.map((size, axis) => (axis === 2 ? end - begin : size));
    added.push({ ...whole, id, name: tileName(whole.name, { begin, end }), shape });
    return id;
  };
  const fresh = (wanted: string): string => {
    let name = wanted;
    for (let n = 2; names.has(name); n++) {
      name = `${wanted} #${n}`;
    }
    names.add(name);
    return name;
  };
  const node = (
    { origin }: Node,
    operator: string,
    name: string,
    inputs: Node['inputs'],
    output: TensorId,
    attributes: Attributes,
  ): Node => ({ name: fresh(name), operator, inputs, outputs: [output], attributes, origin });

  /** The nodes of the tile that makes these columns of the result. */
  const write = (result: TensorId, columns: ColumnRange) => {
    const needed = columnsNeeded(graph, layers, windows, result, columns);
    if (needed === null) {
      return null;
    }
    const nodes: Node[] = [];
    const inTile = new Map<TensorId, TensorId>();
    const sliced = new Map<string, TensorId>();
    const takeColumns = (reader: Node, id: TensorId, wanted: ColumnRange): TensorId => {
      const whole = tensorOf(graph, id);
      const from = inTile.get(id) ?? id;
      const stored = inTile.has(id) ? needed.get(id)! : { begin: 0, end: whole.shape[2]! };
      const key = `${id} ${wanted.begin} ${wanted.end}`;
      const known = wanted.begin === stored.begin && wanted.end === stored.end ? from : sliced.get(key);
      if (known !== undefined) {
        return known;
      }
      const part = tensor(whole, wanted);
      const size = whole.shape.map((all, axis) => (axis === 2 ? wanted.end - wanted.begin : all));
      const begin = whole.shape.map((_, axis) => (axis === 2 ? wanted.begin - stored.begin : 0));
      const attributes = { begin, size, strides: whole.shape.map(() => 1) };
      nodes.push(node(reader, 'slice', tileName(whole.name, wanted), [from], part, attributes));
      sliced.set(key, part);
      return part;
    };
    layers.forEach((layer, k) => {
      const own = needed.get(layer.outputs[0]!)!;
      const inputs = [...layer.inputs];
      let attributes = layer.attributes;
      for (const window of windows[k]!) {
        const read = columnsRead(window, own)!;
        inputs[window.operand] = takeColumns(layer, layer.inputs[window.operand]!, read);
        attributes = window.withPadding(attributes, read);
      }
      const output = tensor(tensorOf(graph, layer.outputs[0]!), own);
      inTile.set(layer.outputs[0]!, output);
      nodes.push(node(layer, layer.operator, tileName(layer.name, own), inputs, output, attributes));
    });
    return { nodes, result: inTile.get(result)! };
  };

  return {
    node,
    write,
    /** The tensors of the graph without those that the tiles replace, and theirs. */
    tensors: (replaced: readonly TensorId[]): ReadonlyMap<TensorId, Tensor> => {
      const kept = [...graph.tensors].filter(([id]) => !replaced.includes(id));
      return new Map([...kept, ...added.map((one) => [one.id, one] as const)]);
    },
  };
}
