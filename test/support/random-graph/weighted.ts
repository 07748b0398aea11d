/** Convolutions and fully connected layers: operators with constant weights. */
import type { Attributes, Quantization, Shape } from '../../../compiler/ir/index.ts';
import { activations } from '../../../compiler/ops/activation.ts';
import { type HeightWidth, outputSize, type Padding, resolvePadding } from '../../../compiler/ops/padding.ts';
import { q, qPerChannel } from '../node-case.ts';
import type { Builder, Value } from './builder.ts';
import type { Draw } from './draw.ts';

/** Products of two random int8 are about this large. */
const typicalProduct = 5400;

/** Multiply-accumulates of one layer: the references take a microsecond for some tens of them. */
const mostMacs = 40_000;

export type Step = (builder: Builder, draw: Draw, x: Value) => Value | null;

export const anyZeroPoint = (draw: Draw): number => draw.pick([-128, 0, draw.integer(-128, 127)]);

/** An activation; one with small results where floats would become too large to be exact. */
export function activationFor(draw: Draw, magnitude: number): (typeof activations)[number] {
  return magnitude > 2048 ? draw.pick(['relu6', 'relu_n1_to_1']) : draw.pick(['none', 'none', ...activations]);
}

/** The largest magnitude that an activation leaves. */
export function boundedBy(activation: (typeof activations)[number], magnitude: number): number {
  const most = { none: magnitude, relu: magnitude, relu6: 6, relu_n1_to_1: 1 };
  return Math.min(magnitude, most[activation]);
}

interface Layer {
  readonly operator: string;
  readonly weights: Shape;
  /** Axis of the weights that counts the output channels. */
  readonly channelAxis: number;
  /** Products in every output. */
  readonly taps: number;
  readonly attributes: Attributes;
}

/** Adds a layer with random weights and, mostly, a bias; quantized so that most results are in range. */
export function weightedLayer(builder: Builder, draw: Draw, x: Value, layer: Layer): Value {
  const { operator, weights: shape, channelAxis, taps, attributes } = layer;
  const outputs = shape[channelAxis]!;
  const hasBias = draw.chance(85);
  if (x.tensor.dtype === 'float32') {
    if (taps * x.magnitude * 2 ** x.fractionBits >= 2 ** 23) {
      const bounded = { dtype: 'float32', magnitude: 1, fractionBits: x.fractionBits } as const;
      const activation = { activation: 'relu_n1_to_1' };
      return weightedLayer(builder, draw, builder.node('relu', [x], activation, bounded), layer);
    }
    const weights = builder.constant('float32', shape, null, () => draw.pick([-1, -1, 0, 1, 1]));
    const bias = hasBias ? builder.constant('float32', [outputs], null, () => draw.integer(-8, 8)) : null;
    const magnitude = taps * x.magnitude + 8;
    const activation = activationFor(draw, magnitude);
    return builder.node(
      operator,
      [x, weights, bias],
      { ...attributes, activation },
      {
        dtype: 'float32',
        magnitude: boundedBy(activation, magnitude),
        fractionBits: x.fractionBits,
      },
    );
  }
  const scale = draw.real(0.002, 0.02);
  const spread = Math.sqrt(taps) * typicalProduct;
  const weights = builder.constant('int8', shape, weightQuantization(draw, scale, outputs, channelAxis), () =>
    draw.integer(-127, 127),
  );
  const bias = hasBias
    ? builder.constant('int32', [outputs], null, () => Math.round(draw.real(-spread, spread)))
    : null;
  // the last factors make multipliers that some kernels cannot take, and results that saturate
  const factor = draw.pick([1, 1, 1, draw.real(0.5, 2), draw.real(0.01, 0.1), 8]);
  const quantization = q(((x.tensor.quantization!.scales[0]! * scale * spread) / 50) * factor, anyZeroPoint(draw));
  const activation = activationFor(draw, 0);
  return builder.node(operator, [x, weights, bias], { ...attributes, activation }, { dtype: 'int8', quantization });
}

function weightQuantization(draw: Draw, scale: number, outputs: number, axis: number): Quantization {
  return draw.pick([
    () => q(scale, 0),
    () => q(scale, draw.chance(50) ? draw.integer(-40, 40) : 0),
    () =>
      qPerChannel(
        Array.from({ length: outputs }, () => scale * draw.real(0.25, 1.5)),
        axis,
      ),
    () =>
      qPerChannel(
        Array.from({ length: outputs }, () => scale * draw.real(0.25, 1.5)),
        axis,
      ),
  ])();
}

/** Windows that fit on the image of `x`. */
export function anyWindows(draw: Draw, x: Value, mostDilation: number) {
  const [, height, width] = x.tensor.shape as [number, number, number, number];
  const sizes = draw.pick([[3], [1, 2, 3, 4, 5]]);
  const kernel: HeightWidth = [draw.pick(sizes), draw.pick(sizes)];
  const stride = draw.pick([1, 1, 1, 2, 3]);
  const strides: HeightWidth = draw.chance(80) ? [stride, stride] : [draw.integer(1, 3), draw.integer(1, 3)];
  const isDilated = draw.chance(20);
  const dilations: HeightWidth = isDilated ? [draw.integer(1, mostDilation), draw.integer(1, mostDilation)] : [1, 1];
  const same = resolvePadding('SAME', [height, width], kernel, strides, dilations);
  const any = (): Padding => [draw.integer(0, 3), draw.integer(0, 3), draw.integer(0, 3), draw.integer(0, 3)];
  const wanted = draw.pick([same, same, [0, 0, 0, 0] as const, any()]);
  const fits =
    outputSize(height, kernel[0], strides[0], dilations[0], [wanted[0], wanted[1]]) >= 1 &&
    outputSize(width, kernel[1], strides[1], dilations[1], [wanted[2], wanted[3]]) >= 1;
  return { kernel, strides, dilations, padding: fits ? wanted : same };
}

type Windows = ReturnType<typeof anyWindows>;

function positions(x: Value, { kernel, strides, dilations, padding }: Windows): number {
  const [batches, height, width] = x.tensor.shape as [number, number, number, number];
  return (
    batches *
    outputSize(height, kernel[0], strides[0], dilations[0], [padding[0], padding[1]]) *
    outputSize(width, kernel[1], strides[1], dilations[1], [padding[2], padding[3]])
  );
}

/** A convolution with these windows, of as many outputs as the budget allows. */
function convolution(builder: Builder, draw: Draw, x: Value, windows: Windows, groups: number, wanted: number): Value {
  const { kernel, strides, dilations, padding } = windows;
  const inputs = x.tensor.shape[3]! / groups;
  const taps = kernel[0] * kernel[1] * inputs;
  const perGroup = Math.max(
    1,
    Math.min(Math.ceil(wanted / groups), mostMacs / (positions(x, windows) * taps * groups)),
  );
  return weightedLayer(builder, draw, x, {
    operator: 'conv2d',
    weights: [groups * Math.floor(perGroup), kernel[0], kernel[1], inputs],
    channelAxis: 0,
    taps,
    attributes: { strides, dilations, padding, groups },
  });
}

const anyOutputs = (draw: Draw): number => draw.pick([4, 8, 8, 16, 12, draw.integer(1, 10)]);

export const conv2d: Step = (builder, draw, x) => {
  const channels = x.tensor.shape[3]!;
  const divisors = [1, 2, 3, 4, channels].filter((n) => channels % n === 0);
  const groups = draw.chance(85) ? 1 : draw.pick(divisors);
  return convolution(builder, draw, x, anyWindows(draw, x, 3), groups, anyOutputs(draw));
};

export const pointwise: Step = (builder, draw, x) => {
  const strides: HeightWidth = draw.chance(85) ? [1, 1] : [draw.integer(1, 3), draw.integer(1, 3)];
  const windows: Windows = { kernel: [1, 1], strides, dilations: [1, 1], padding: [0, 0, 0, 0] };
  return convolution(builder, draw, x, windows, 1, anyOutputs(draw));
};

/** A 1x1 convolution that brings an image to another one's size, by its strides, and channels; null if it cannot. */
export function shortcut(builder: Builder, draw: Draw, from: Value, to: Value): Value | null {
  const [batches, height, width] = from.tensor.shape as [number, number, number, number];
  const [n, h, w, channels] = to.tensor.shape as [number, number, number, number];
  const strideTo = (size: number, wanted: number) => [1, 2, 3, 4].find((s) => Math.ceil(size / s) === wanted);
  const strides = [strideTo(height, h), strideTo(width, w)] as const;
  if (batches !== n || strides[0] === undefined || strides[1] === undefined) {
    return null;
  }
  return weightedLayer(builder, draw, from, {
    operator: 'conv2d',
    weights: [channels, 1, 1, from.tensor.shape[3]!],
    channelAxis: 0,
    taps: from.tensor.shape[3]!,
    attributes: { strides: strides as HeightWidth, dilations: [1, 1], padding: [0, 0, 0, 0], groups: 1 },
  });
}

export const depthwise: Step = (builder, draw, x) => {
  const { kernel, strides, dilations, padding } = anyWindows(draw, x, 2);
  const multiplier = x.tensor.shape[3]! > 24 ? 1 : draw.pick([1, 1, 1, 1, 2, 3]);
  return weightedLayer(builder, draw, x, {
    operator: 'depthwise_conv2d',
    weights: [1, kernel[0], kernel[1], x.tensor.shape[3]! * multiplier],
    channelAxis: 3,
    taps: kernel[0] * kernel[1],
    attributes: { strides, dilations, padding },
  });
};

/** The depthwise convolution of most networks. */
export const depthwise3x3: Step = (builder, draw, x) => {
  const [, height, width, channels] = x.tensor.shape as [number, number, number, number];
  const stride = draw.pick([1, 1, 2]);
  const padding = resolvePadding('SAME', [height, width], [3, 3], [stride, stride]);
  return weightedLayer(builder, draw, x, {
    operator: 'depthwise_conv2d',
    weights: [1, 3, 3, channels],
    channelAxis: 3,
    taps: 9,
    attributes: { strides: [stride, stride], dilations: [1, 1], padding },
  });
};

export const fullyConnected: Step = (builder, draw, x) => {
  const inputs = x.tensor.shape.at(-1)!;
  return weightedLayer(builder, draw, x, {
    operator: 'fully_connected',
    weights: [draw.integer(1, 10), inputs],
    channelAxis: 0,
    taps: inputs,
    attributes: { keepDimensions: draw.chance(30) },
  });
};
