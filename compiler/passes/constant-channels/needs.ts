import { consumers, type Graph, type Node, type TensorId, tensorOf, viewOf } from '../../ir/index.ts';
import { type ChannelRanges, type WeightedLayer, weightedLayer } from './ranges.ts';

/** Operators that compute every channel from the same channel of their operand. */
const channelwise = new Set(['depthwise_conv2d', 'max_pool2d', 'average_pool2d', 'reshape']);

/** The layers with weights, by node. */
export type Layers = ReadonlyMap<Node, WeightedLayer>;

export function weightedLayers(graph: Graph): Layers {
  const layers = new Map<Node, WeightedLayer>();
  for (const node of graph.nodes) {
    const hasWeights = ['conv2d', 'depthwise_conv2d', 'fully_connected'].includes(node.operator);
    const isInt8 = hasWeights && tensorOf(graph, node.inputs[0]!).dtype === 'int8';
    const layer = isInt8 ? weightedLayer(viewOf(graph, node)) : null;
    if (layer !== null) {
      layers.set(node, layer);
    }
  }
  return layers;
}

/** The one value of a channel, or null if it can have several. */
export function constantOf(ranges: ChannelRanges | undefined, channel: number): number | null {
  const range = ranges?.[channel];
  return range !== undefined && range.minimum === range.maximum ? range.minimum : null;
}

/**
 * For tensors some of whose channels no reader needs: which channels it has to keep. A reader does not need a channel that
 * meets only weights of zero, or one that is constant where the constant can be folded into the bias: where nothing is padded,
 * or the constant is the padding.
 */
export function keptChannels(
  graph: Graph,
  layers: Layers,
  ranges: ReadonlyMap<TensorId, ChannelRanges>,
): ReadonlyMap<TensorId, readonly boolean[]> {
  const readers = consumers(graph);
  const writers = new Map(graph.nodes.map((node) => [node.outputs[0]!, node]));
  const kept = new Map<TensorId, readonly boolean[]>();
  for (const node of [...graph.nodes].reverse()) {
    const id = node.outputs[0]!;
    const tensor = tensorOf(graph, id);
    if (tensor.dtype !== 'int8' || graph.outputs.includes(id) || !canDrop(graph, layers, writers, id)) {
      continue;
    }
    const channels = tensor.shape.at(-1)!;
    const list = readers.get(id) ?? [];
    const needs = list.map((reader) => needOf(graph, reader, id, { layers, ranges, kept }));
    if (list.length === 0 || needs.some((need) => need === null)) {
      continue;
    }
    const keep = Array.from({ length: channels }, (_, c) => needs.some((need) => need![c]));
    if (keep.every((isKept) => !isKept)) {
      keep[0] = true;
    }
    if (keep.some((isKept) => !isKept)) {
      kept.set(id, keep);
    }
  }
  return withoutBrokenChains(graph, layers, kept);
}

/** Whether the node that writes the tensor can leave channels out: it, or what it takes them from, has weights. */
function canDrop(graph: Graph, layers: Layers, writers: ReadonlyMap<TensorId, Node>, id: TensorId): boolean {
  const writer = writers.get(id);
  if (writer === undefined) {
    return false;
  }
  if (layers.has(writer) && writer.operator !== 'depthwise_conv2d') {
    return true;
  }
  if (!channelwise.has(writer.operator) || (writer.operator === 'depthwise_conv2d' && !layers.has(writer))) {
    return false;
  }
  const source = writer.inputs[0]!;
  return sameChannels(graph, source, id) && canDrop(graph, layers, writers, source);
}

function sameChannels(graph: Graph, a: TensorId, b: TensorId): boolean {
  return tensorOf(graph, a).shape.at(-1) === tensorOf(graph, b).shape.at(-1);
}

/** Which channels of tensor `id` the reader needs; null if it needs the tensor as it is. */
function needOf(
  graph: Graph,
  reader: Node,
  id: TensorId,
  known: {
    readonly layers: Layers;
    readonly ranges: ReadonlyMap<TensorId, ChannelRanges>;
    readonly kept: ReadonlyMap<TensorId, readonly boolean[]>;
  },
): readonly boolean[] | null {
  if (reader.inputs[0] !== id || reader.inputs.slice(1).includes(id)) {
    return null;
  }
  const channels = tensorOf(graph, id).shape.at(-1)!;
  if (channelwise.has(reader.operator)) {
    return sameChannels(graph, id, reader.outputs[0]!) ? (known.kept.get(reader.outputs[0]!) ?? null) : null;
  }
  const layer = known.layers.get(reader);
  if (layer === undefined || layer.inputs !== channels || reader.attributes.keepDimensions === true) {
    return null;
  }
  const meetsWeight = new Array<boolean>(channels).fill(false);
  for (let o = 0; o < layer.outputs; o++) {
    layer.forEachWeight(o, (weight, channel) => {
      meetsWeight[channel] ||= weight !== 0;
    });
  }
  return meetsWeight.map((meets, c) => {
    const value = constantOf(known.ranges.get(id), c);
    const canFold = value !== null && (!layer.isPadded || value === layer.inputZeroPoint);
    return meets && !canFold;
  });
}

/** A channel-wise node and its operand must leave out the same channels: where one of them cannot, neither does. */
function withoutBrokenChains(
  graph: Graph,
  layers: Layers,
  kept: ReadonlyMap<TensorId, readonly boolean[]>,
): ReadonlyMap<TensorId, readonly boolean[]> {
  const result = new Map(kept);
  for (const node of graph.nodes) {
    const isChannelwise = channelwise.has(node.operator) || (node.operator === 'depthwise_conv2d' && layers.has(node));
    const [source, target] = [node.inputs[0]!, node.outputs[0]!];
    if (isChannelwise && result.has(target)) {
      const before = result.get(source);
      const after = result.get(target)!;
      if (before === undefined || before.some((isKept, c) => isKept !== after[c])) {
        return withoutBrokenChains(graph, layers, joined(result, source, target));
      }
    }
    if (isChannelwise && result.has(source) && !result.has(target)) {
      result.delete(source);
      return withoutBrokenChains(graph, layers, result);
    }
  }
  return result;
}

/** Both tensors keep what either keeps; a tensor that keeps everything is not in the map. */
function joined(
  kept: ReadonlyMap<TensorId, readonly boolean[]>,
  source: TensorId,
  target: TensorId,
): ReadonlyMap<TensorId, readonly boolean[]> {
  const result = new Map(kept);
  const [before, after] = [kept.get(source), kept.get(target)];
  result.delete(source);
  result.delete(target);
  if (before !== undefined && after !== undefined) {
    const both = before.map((isKept, c) => isKept || after[c]!);
    if (both.some((isKept) => !isKept)) {
      result.set(source, both);
      result.set(target, both);
    }
  }
  return result;
}
