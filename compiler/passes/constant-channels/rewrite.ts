import {
  bytesFromElements,
  elementsFromBytes,
  freshTensorId,
  type Graph,
  type Node,
  type Quantization,
  type Tensor,
  type TensorId,
  tensorOf,
  withoutUnusedTensors,
} from '../../ir/index.ts';
import { constantOf, type Layers } from './needs.ts';
import type { ChannelRanges } from './ranges.ts';

type Kept = ReadonlyMap<TensorId, readonly boolean[]>;

/**
 * The graph with only the kept channels; constants that a layer no longer reads are folded into its bias. Null if a bias
 * would leave 32 bits: such a model is refused when it is lowered, as it is.
 */
export function dropChannels(
  graph: Graph,
  layers: Layers,
  ranges: ReadonlyMap<TensorId, ChannelRanges>,
  kept: Kept,
): Graph | null {
  const tensors = new Map(graph.tensors);
  let nextId = freshTensorId(graph);
  const addConstant = (tensor: Tensor, changes: Partial<Tensor>): TensorId => {
    const id = nextId++;
    tensors.set(id, { ...tensor, ...changes, id });
    return id;
  };
  for (const [id, keep] of kept) {
    const tensor = tensorOf(graph, id);
    const channels = keep.filter((isKept) => isKept).length;
    tensors.set(id, { ...tensor, shape: [...tensor.shape.slice(0, -1), channels] });
  }
  let overflows = false;
  const nodes = graph.nodes.map((node): Node => {
    const keepInputs = kept.get(node.inputs[0]!);
    const keepOutputs = kept.get(node.outputs[0]!);
    if (keepInputs === undefined && keepOutputs === undefined) {
      return node;
    }
    if (node.operator === 'reshape') {
      return { ...node, attributes: { ...node.attributes, shape: tensors.get(node.outputs[0]!)!.shape } };
    }
    if (!layers.has(node)) {
      return node;
    }
    const weights = tensorOf(graph, node.inputs[1]!);
    const isDepthwise = node.operator === 'depthwise_conv2d';
    const newWeights = addConstant(weights, selectWeights(weights, isDepthwise, keepInputs, keepOutputs));
    const bias = foldedBias(graph, node, layers, ranges, keepInputs, keepOutputs);
    overflows ||= bias.some((value) => Math.abs(value) > 2147483647);
    const oldBias = node.inputs[2] ?? null;
    const type: Tensor =
      oldBias === null
        ? {
            id: -1,
            name: `${node.name}_bias`,
            kind: 'constant',
            dtype: 'int32',
            shape: [],
            quantization: null,
            data: null,
          }
        : tensorOf(graph, oldBias);
    const newBias = addConstant(type, {
      shape: [bias.length],
      data: bytesFromElements(Int32Array.from(bias)),
      quantization: keepOutputs === undefined ? type.quantization : selectScales(type.quantization, keepOutputs),
    });
    return { ...node, inputs: [node.inputs[0]!, newWeights, newBias] };
  });
  return overflows ? null : withoutUnusedTensors({ ...graph, tensors, nodes });
}

/** The biases of the kept outputs, with what dropped constant channels contributed. */
function foldedBias(
  graph: Graph,
  node: Node,
  layers: Layers,
  ranges: ReadonlyMap<TensorId, ChannelRanges>,
  keepInputs: readonly boolean[] | undefined,
  keepOutputs: readonly boolean[] | undefined,
): readonly number[] {
  const layer = layers.get(node)!;
  const inputRanges = ranges.get(tensorOf(graph, node.inputs[0]!).id);
  const biases: number[] = [];
  for (let o = 0; o < layer.outputs; o++) {
    if (keepOutputs !== undefined && !keepOutputs[o]) {
      continue;
    }
    let bias = layer.biasOf(o);
    if (node.operator !== 'depthwise_conv2d') {
      layer.forEachWeight(o, (weight, channel) => {
        if (keepInputs !== undefined && !keepInputs[channel] && weight !== 0) {
          bias += weight * (constantOf(inputRanges, channel)! - layer.inputZeroPoint);
        }
      });
    }
    biases.push(bias);
  }
  return biases;
}

/** The weights of kept outputs and inputs: [O, …, I], or [1, H, W, C] of a depthwise layer. */
function selectWeights(
  weights: Tensor,
  isDepthwise: boolean,
  keepInputs: readonly boolean[] | undefined,
  keepOutputs: readonly boolean[] | undefined,
): Pick<Tensor, 'data' | 'shape' | 'quantization'> {
  const values = elementsFromBytes(weights, weights.data!) as Int8Array;
  const last = weights.shape.at(-1)!;
  const first = weights.shape[0]!;
  const perFirst = values.length / first;
  const keepLast = isDepthwise ? keepOutputs : keepInputs;
  const keepFirst = isDepthwise ? undefined : keepOutputs;
  const selected = values.filter(
    (_, i) => keepFirst?.[Math.floor(i / perFirst)] !== false && keepLast?.[i % last] !== false,
  );
  const count = (keep: readonly boolean[] | undefined, all: number) => keep?.filter((isKept) => isKept).length ?? all;
  const shape = [count(keepFirst, first), ...weights.shape.slice(1, -1), count(keepLast, last)];
  return {
    data: bytesFromElements(selected),
    shape,
    quantization: keepOutputs === undefined ? weights.quantization : selectScales(weights.quantization, keepOutputs),
  };
}

/** The scales of the kept channels, where each has its own. */
function selectScales(quantization: Quantization | null, keep: readonly boolean[]): Quantization | null {
  if (quantization === null || quantization.scales.length !== keep.length || keep.length === 1) {
    return quantization;
  }
  return {
    scales: quantization.scales.filter((_, c) => keep[c]),
    zeroPoints: quantization.zeroPoints.filter((_, c) => keep[c]),
    axis: quantization.axis,
  };
}
