/** Operators without weights. */
import {
  elementCount,
  type Quantization,
  type Shape,
  sameQuantization,
  sameShape,
} from '../../../compiler/ir/index.ts';
import { q } from '../node-case.ts';
import type { Builder, ResultType, Value } from './builder.ts';
import { type Draw, drawFrom } from './draw.ts';
import {
  activationFor,
  anyWindows,
  anyZeroPoint,
  boundedBy,
  depthwise3x3,
  pointwise,
  type Step,
  shortcut,
} from './weighted.ts';

const isFloat = (x: Value) => x.tensor.dtype === 'float32';
const scaleOf = (x: Value) => x.tensor.quantization!.scales[0]!;
const isPowerOfTwo = (n: number) => Number.isInteger(Math.log2(n));

/** The type of a result that holds elements of `x`. */
const typeOf = (x: Value): ResultType => ({
  dtype: x.tensor.dtype,
  quantization: x.tensor.quantization,
  magnitude: x.magnitude,
  fractionBits: x.fractionBits,
});

/** The type of a result with another quantization, or with floats that are bounded otherwise. */
function resultType(x: Value, scale: number, zeroPoint: number, magnitude: number, fractionBits: number): ResultType {
  return isFloat(x)
    ? { dtype: 'float32', magnitude, fractionBits }
    : { dtype: 'int8', quantization: q(scale, zeroPoint) };
}

/** A mean of so many floats is exact. */
const canAverage = (x: Value, count: number) => !isFloat(x) || (isPowerOfTwo(count) && x.fractionBits <= 4);

function pool(operator: 'max_pool2d' | 'average_pool2d'): Step {
  return (builder, draw, x) => {
    const windows = anyWindows(draw, x, 1);
    const { kernel, strides } = windows;
    const isAverage = operator === 'average_pool2d';
    const [, height, width] = x.tensor.shape as [number, number, number, number];
    // every window covers a part of the image, and with floats only the image
    const isExact = !isAverage || !isFloat(x);
    const [top, bottom, left, right] = isExact ? windows.padding : [0, 0, 0, 0];
    const padding = [
      Math.min(top, kernel[0] - 1),
      Math.min(bottom, kernel[0] - 1),
      Math.min(left, kernel[1] - 1),
      Math.min(right, kernel[1] - 1),
    ];
    const fits =
      height + padding[0]! + padding[1]! >= kernel[0] &&
      width + padding[2]! + padding[3]! >= kernel[1] &&
      touches(height, kernel[0], strides[0], padding[0]!, padding[1]!) &&
      touches(width, kernel[1], strides[1], padding[2]!, padding[3]!);
    const count = kernel[0] * kernel[1];
    if (!fits || (isAverage && !canAverage(x, count))) {
      return null;
    }
    const activation = activationFor(draw, x.magnitude);
    return builder.node(
      operator,
      [x],
      { kernel, strides, padding, activation },
      {
        ...typeOf(x),
        magnitude: boundedBy(activation, x.magnitude),
        fractionBits: x.fractionBits + (isAverage ? Math.log2(count) : 0),
      },
    );
  };
}

function touches(size: number, kernel: number, stride: number, before: number, after: number): boolean {
  const last = Math.floor((size + before + after - kernel) / stride);
  return last * stride - before < size;
}

/** A mean over height and width: an average pool as large as the image, or the operator for any axes. */
const globalMean: Step = (builder, draw, x) => {
  const [, height, width] = x.tensor.shape as [number, number, number, number];
  if (!canAverage(x, height * width)) {
    return null;
  }
  const fractionBits = x.fractionBits + Math.log2(height * width);
  if (draw.chance(30)) {
    const attributes = { kernel: [height, width], strides: [1, 1], padding: [0, 0, 0, 0], activation: 'none' };
    return builder.node('average_pool2d', [x], attributes, { ...typeOf(x), fractionBits });
  }
  const scale = isFloat(x) ? 1 : scaleOf(x) * draw.real(0.3, 1);
  const type = resultType(x, scale, anyZeroPoint(draw), x.magnitude, fractionBits);
  return builder.node('mean', [x], { axes: [1, 2], keepDimensions: true }, type);
};

/** An element-wise operator of two operands whose shapes match. */
function combine(builder: Builder, draw: Draw, a: Value, b: Value): Value {
  const operator = draw.pick(isFloat(a) ? ['add', 'add', 'sub'] : ['add', 'add', 'add', 'sub', 'mul']);
  const scale = isFloat(a)
    ? 1
    : operator === 'mul'
      ? scaleOf(a) * scaleOf(b) * draw.real(30, 120)
      : Math.max(scaleOf(a), scaleOf(b)) * draw.real(0.7, 2);
  const magnitude = a.magnitude + b.magnitude;
  const activation = activationFor(draw, isFloat(a) ? magnitude : 0);
  const operands = draw.chance(50) ? [a, b] : [b, a];
  return builder.node(
    operator,
    operands,
    { activation },
    resultType(
      a,
      scale,
      anyZeroPoint(draw),
      boundedBy(activation, magnitude),
      Math.max(a.fractionBits, b.fractionBits),
    ),
  );
}

/** Whether the shapes broadcast with one another. */
const fits = (a: Shape, b: Shape) => a.every((size, axis) => size === b[axis] || size === 1 || b[axis] === 1);

/** Adds, subtracts or multiplies: with an earlier image that fits, one brought to this size, or constants for the channels. */
const residual: Step = (builder, draw, x) => {
  const others = builder.images().filter(({ tensor }) => tensor.dtype === x.tensor.dtype);
  const fitting = others.filter(({ tensor }) => fits(tensor.shape, x.tensor.shape));
  const equal = fitting.filter(({ tensor }) => sameShape(tensor.shape, x.tensor.shape) && tensor.id !== x.tensor.id);
  if (draw.chance(60) && equal.length > 0) {
    return combine(builder, draw, x, draw.pick(equal));
  }
  if (draw.chance(30)) {
    return combine(builder, draw, x, draw.pick(fitting));
  }
  const brought = draw.chance(80) ? shortcut(builder, draw, draw.pick(others), x) : null;
  if (brought !== null) {
    return combine(builder, draw, x, brought);
  }
  const channels = x.tensor.shape[3]!;
  const constants = isFloat(x)
    ? builder.constant('float32', [channels], null, () => draw.integer(-8, 8))
    : builder.constant('int8', [channels], q(scaleOf(x), 0), () => draw.integer(-128, 127));
  return combine(builder, draw, x, { ...constants, magnitude: 8 });
};

/** True if the scales are near enough to bring one to the other. */
function isNear(a: Quantization | null, b: Quantization | null): boolean {
  return a === null || b === null || Math.abs(Math.log2(a.scales[0]! / b.scales[0]!)) < 16;
}

/** `x` on another grid. */
function requantized(builder: Builder, x: Value, quantization: Quantization | null): Value {
  const same = sameQuantization(x.tensor.quantization, quantization);
  return same ? x : builder.node('quantize', [x], {}, { dtype: 'int8', quantization });
}

/** `x` within bounds that are drawn, on the same grid. */
function clamped(builder: Builder, draw: Draw, x: Value): Value {
  const activation = draw.pick(['relu', 'relu6', 'relu_n1_to_1'] as const);
  return builder.node('relu', [x], { activation }, { ...typeOf(x), magnitude: boundedBy(activation, x.magnitude) });
}

const concat: Step = (builder, draw, x) => {
  if (elementCount(x.tensor.shape) > 4096) {
    return null;
  }
  const axis = draw.pick([3, 3, 1, 1, 2, 2, 0]);
  const fitting = builder
    .images()
    .filter(
      ({ tensor }) =>
        tensor.dtype === x.tensor.dtype &&
        isNear(tensor.quantization, x.tensor.quantization) &&
        tensor.shape.every((d, k) => k === axis || d === x.tensor.shape[k]),
    );
  const others = Array.from({ length: draw.integer(1, 2) }, () => draw.pick(fitting));
  // fresh results most of the time: those can be parts of the whole
  const operands = [x, ...others]
    .map((value) => requantized(builder, value, x.tensor.quantization))
    .map((value) => (draw.chance(70) ? clamped(builder, draw, value) : value));
  return builder.node(
    'concat',
    operands,
    { axis },
    {
      ...typeOf(x),
      magnitude: Math.max(...operands.map((value) => value.magnitude)),
      fractionBits: Math.max(...operands.map((value) => value.fractionBits)),
    },
  );
};

const pad: Step = (builder, draw, x) => {
  const before = [0, draw.integer(0, 2), draw.integer(0, 2), 0];
  const after = [0, draw.integer(0, 2), draw.integer(0, 2), draw.chance(10) ? 1 : 0];
  const zero = x.tensor.quantization?.zeroPoints[0] ?? 0;
  return builder.node('pad', [x], { before, after, value: draw.chance(80) ? zero : draw.integer(-1, 1) }, typeOf(x));
};

const relu: Step = (builder, draw, x) => {
  const activation = draw.pick(['relu', 'relu6', 'relu_n1_to_1'] as const);
  const magnitude = boundedBy(activation, x.magnitude);
  const isSame = isFloat(x) || draw.chance(50);
  const type = isSame ? typeOf(x) : resultType(x, scaleOf(x) * draw.real(0.5, 1), anyZeroPoint(draw), 0, 0);
  return builder.node('relu', [x], { activation }, { ...type, magnitude });
};

/** Logistic or tanh: results of floats are inexact, so nothing reads them. */
const saturating: Step = (builder, draw, x) => {
  if (isFloat(x)) {
    return null;
  }
  const operator = draw.pick(['logistic', 'tanh']);
  const quantization = operator === 'logistic' ? q(1 / 256, -128) : q(1 / 128, 0);
  return builder.node(operator, [x], {}, { dtype: 'int8', quantization });
};

/** Channels weighed by what their means say: mean, 1x1 convolution, logistic, product. */
const gate: Step = (builder, draw, x) => {
  if (isFloat(x)) {
    return null;
  }
  const mean = builder.node('mean', [x], { axes: [1, 2], keepDimensions: true }, typeOf(x));
  const weighed = shortcut(builder, draw, mean, mean)!;
  const factors = builder.node('logistic', [weighed], {}, { dtype: 'int8', quantization: q(1 / 256, -128) });
  return builder.node('mul', [x, factors], { activation: 'none' }, typeOf(x));
};

const slice: Step = (builder, draw, x) => {
  const part = (size: number) => {
    const stride = draw.pick([1, 1, 2, -1]);
    const taken = draw.integer(1, Math.ceil(size / Math.abs(stride)));
    const room = size - 1 - (taken - 1) * Math.abs(stride);
    const low = draw.integer(0, room);
    return { size: taken, stride, begin: stride > 0 ? low : low + (taken - 1) * Math.abs(stride) };
  };
  const { shape } = x.tensor;
  // one axis most of the time, of which neighbours are taken: such slices can be views
  const only = draw.chance(60) ? draw.pick([0, 1, 1, 2, 2, 2, 3]) : null;
  const parts = shape.map((size, axis) => {
    if (only === axis) {
      const taken = draw.integer(1, size);
      return { size: taken, stride: 1, begin: draw.integer(0, size - taken) };
    }
    return only === null && (axis === 1 || axis === 2) ? part(size) : { size, stride: 1, begin: 0 };
  });
  const attributes = {
    begin: parts.map(({ begin }) => begin),
    size: parts.map(({ size }) => size),
    strides: parts.map(({ stride }) => stride),
  };
  return builder.node('slice', [x], attributes, typeOf(x));
};

/** Columns or rows of the image, with some that two tiles share, each through layers of its own, side by side again. */
const tiles: Step = (builder, draw, x) => {
  const axis = draw.pick([1, 2, 2]);
  const size = x.tensor.shape[axis]!;
  if (size < 2 || elementCount(x.tensor.shape) > 8192) {
    return null;
  }
  const bounds = [
    0,
    ...new Set(Array.from({ length: draw.integer(1, 3) }, () => draw.integer(1, size - 1))),
    size,
  ].sort((a, b) => a - b);
  const layers = draw.integer(1, 3);
  const seeds = Array.from({ length: layers }, () => draw.integer(0, 0x7fffffff));
  const parts = bounds.slice(1).map((end, i) => {
    const from = Math.max(0, bounds[i]! - draw.integer(0, 2));
    const to = Math.min(size, end + draw.integer(0, 2));
    const at = (value: number) => x.tensor.shape.map((_, k) => (k === axis ? value : 0));
    const attributes = {
      begin: at(from),
      size: x.tensor.shape.map((d, k) => (k === axis ? to - from : d)),
      strides: x.tensor.shape.map(() => 1),
    };
    const tile = to - from === size ? x : builder.node('slice', [x], attributes, typeOf(x));
    return seeds.reduce((value, seed) => tileLayer(builder, drawFrom(seed), value), tile);
  });
  const [first] = parts;
  const fits = parts.every(({ tensor }) => tensor.shape.every((d, k) => k === axis || d === first!.tensor.shape[k]));
  if (!fits) {
    return first!;
  }
  const operands = parts.map((value) => requantized(builder, value, first!.tensor.quantization));
  const magnitude = Math.max(...operands.map((value) => value.magnitude));
  const fractionBits = Math.max(...operands.map((value) => value.fractionBits));
  return builder.node('concat', operands, { axis }, { ...typeOf(first!), magnitude, fractionBits });
};

/** A layer that makes of tiles of one height, or width, tiles of one height, or width. */
function tileLayer(builder: Builder, draw: Draw, x: Value): Value {
  const steps: readonly Step[] = [depthwise3x3, depthwise3x3, pointwise, pointwise, relu];
  return draw.pick(steps)(builder, draw, x) ?? x;
}

/** The same elements as an image of another height and width: a view. */
const reshape: Step = (builder, draw, x) => {
  const [batches, height, width, channels] = x.tensor.shape as [number, number, number, number];
  const shape = draw.pick([
    [batches, width, height, channels],
    [batches, 1, height * width, channels],
    [batches, height, 1, width * channels],
  ]);
  return builder.node('reshape', [x], { shape }, typeOf(x));
};

const transpose: Step = (builder, draw, x) =>
  builder.node(
    'transpose',
    [x],
    {
      permutation: draw.pick([
        [0, 2, 1, 3],
        [0, 1, 3, 2],
      ]),
    },
    typeOf(x),
  );

const quantize: Step = (builder, draw, x) =>
  isFloat(x) ? null : requantized(builder, x, q(scaleOf(x) * draw.real(0.6, 1.5), anyZeroPoint(draw)));

export const maxPool = pool('max_pool2d');
export const averagePool = pool('average_pool2d');
export { concat, gate, globalMean, pad, quantize, relu, reshape, residual, saturating, slice, tiles, transpose };
