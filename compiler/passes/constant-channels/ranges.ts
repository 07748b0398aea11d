import {
  elementsFromBytes,
  type Graph,
  type Node,
  type NodeView,
  operand,
  result,
  type Tensor,
  type TensorId,
  viewOf,
} from '../../ir/index.ts';
import { clamp, multiplyByQuantizedMultiplier, type QuantizedMultiplier } from '../../numerics/index.ts';
import { type Activation, type IntegerRange, perTensor, quantizedActivationRange } from '../../ops/activation.ts';
import { channelMultipliers } from '../../ops/requantization.ts';

/** What the integers of each channel (index of the last axis) of a tensor can be. */
export type ChannelRanges = readonly IntegerRange[];

const everything: IntegerRange = { minimum: -128, maximum: 127 };

/** The ranges of every int8 tensor whose last axis is known to consist of channels, from the inputs to the outputs. */
export function channelRanges(graph: Graph): ReadonlyMap<TensorId, ChannelRanges> {
  const ranges = new Map<TensorId, ChannelRanges>();
  const rangesOf = (tensor: Tensor): ChannelRanges =>
    ranges.get(tensor.id) ?? Array.from({ length: tensor.shape.at(-1) ?? 1 }, () => everything);
  for (const node of graph.nodes) {
    const output = node.outputs[0]!;
    const found = rangesOfResult(graph, node, rangesOf);
    if (found !== null) {
      ranges.set(output, found);
    }
  }
  return ranges;
}

function rangesOfResult(graph: Graph, node: Node, rangesOf: (tensor: Tensor) => ChannelRanges): ChannelRanges | null {
  const view = viewOf(graph, node) as WeightedView;
  const input = view.inputs[0];
  if (input?.dtype !== 'int8' || result(view).dtype !== 'int8') {
    return null;
  }
  switch (node.operator) {
    case 'conv2d':
    case 'depthwise_conv2d':
    case 'fully_connected':
      return weightedRanges(view, rangesOf(input));
    case 'max_pool2d':
    case 'average_pool2d':
      // A mean or maximum lies between the values that it is of; the activation can only cut more.
      return rangesOf(input);
    case 'reshape':
      return input.shape.at(-1) === result(view).shape.at(-1) ? rangesOf(input) : null;
    default:
      return null;
  }
}

type WeightedView = NodeView<{ readonly activation: Activation }>;

/** How the weights of a layer meet its channels. */
export interface WeightedLayer {
  readonly outputs: number;
  readonly inputs: number;
  /** Calls `visit` with every weight of output channel `o` and the input channel that it meets. */
  readonly forEachWeight: (o: number, visit: (weight: number, inputChannel: number) => void) => void;
  readonly biasOf: (o: number) => number;
  readonly inputZeroPoint: number;
  /** True if a weight can meet a padding element, which is the zero point, in place of an element of its channel. */
  readonly isPadded: boolean;
}

/** The layer of a node that has weights; null if channels and weights do not meet one by one (groups, computed weights). */
export function weightedLayer(view: NodeView): WeightedLayer | null {
  const [input, weights, bias] = [view.inputs[0]!, view.inputs[1]!, view.inputs[2] ?? null];
  if (weights.data === null || weights.dtype !== 'int8' || (bias !== null && bias.data === null)) {
    return null;
  }
  const values = elementsFromBytes(weights, weights.data) as Int8Array;
  const zeroPoint = weights.quantization!.zeroPoints[0]!;
  const biases = bias === null ? null : (elementsFromBytes(bias, bias.data!) as Int32Array);
  const isDepthwise = view.node.operator === 'depthwise_conv2d';
  const inputs = input.shape.at(-1) ?? 1;
  const outputs = (isDepthwise ? weights.shape.at(-1) : weights.shape[0])!;
  const perOutput = values.length / outputs;
  if (isDepthwise ? outputs !== inputs : perOutput % inputs !== 0 || weights.shape.at(-1) !== inputs) {
    return null;
  }
  const padding = view.attributes.padding as readonly number[] | undefined;
  return {
    outputs,
    inputs,
    forEachWeight: (o, visit) => {
      for (let k = 0; k < perOutput; k++) {
        if (isDepthwise) {
          visit(values[k * outputs + o]! - zeroPoint, o);
        } else {
          visit(values[o * perOutput + k]! - zeroPoint, k % inputs);
        }
      }
    },
    biasOf: (o) => biases?.[o] ?? 0,
    inputZeroPoint: perTensor(input.quantization).zeroPoint,
    isPadded: padding?.some((amount) => amount > 0) === true,
  };
}

function weightedRanges(view: WeightedView, inputs: ChannelRanges): ChannelRanges | null {
  const layer = weightedLayer(view);
  if (layer === null) {
    return null;
  }
  const multipliers = channelMultipliers(operand(view, 0), operand(view, 1), result(view), layer.outputs);
  const bounds = quantizedActivationRange(view.attributes.activation, result(view));
  const { zeroPoint } = perTensor(result(view).quantization);
  const z = layer.inputZeroPoint;
  return multipliers.map((multiplier, o) => {
    let low = layer.biasOf(o);
    let high = low;
    layer.forEachWeight(o, (weight, channel) => {
      const { minimum, maximum } = inputs[channel]!;
      const one = weight * (minimum - z);
      const other = weight * (maximum - z);
      const [least, most] = one < other ? [one, other] : [other, one];
      low += layer.isPadded && least > 0 ? 0 : least;
      high += layer.isPadded && most < 0 ? 0 : most;
    });
    return requantizedRange(low, high, multiplier, zeroPoint, bounds);
  });
}

/** Requantization is monotone as long as a left shift does not overflow; if it might, nothing is known but the bounds. */
function requantizedRange(
  low: number,
  high: number,
  multiplier: QuantizedMultiplier,
  zeroPoint: number,
  { minimum, maximum }: IntegerRange,
): IntegerRange {
  const shifted = Math.max(-low, high) * 2 ** Math.max(multiplier.shift, 0);
  if (shifted >= 2 ** 31) {
    return { minimum, maximum };
  }
  const map = (sum: number) => clamp(multiplyByQuantizedMultiplier(sum, multiplier) + zeroPoint, minimum, maximum);
  return { minimum: map(low), maximum: map(high) };
}
