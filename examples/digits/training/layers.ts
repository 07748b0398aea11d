/** Layers that learn: forward and backward for one image at a time, in buffers that each layer allocates once. */
import { type ImageShape, type LayerSpec, lengthOf, outputShape, paddingBefore } from '../architecture.ts';
import { addProduct, addTransposedProduct, multiplyByTransposed } from './matrix.ts';
import { type Random, uniform } from './random.ts';

/** Values to learn, and the sum of their gradients since it was last cleared. */
export interface Parameter {
  readonly values: Float64Array;
  readonly gradient: Float64Array;
}

export interface Layer {
  readonly spec: LayerSpec;
  /** Weights and bias, or nothing. Weights are [outputs, height, width, inputs], depthwise [height, width, channels]. */
  readonly parameters: readonly Parameter[];
  /** The result lives in the layer's own buffer until the next call. */
  readonly forward: (input: Float64Array) => Float64Array;
  /** Adds to the parameters' gradients, given that of the last `forward`'s result; changes the latter to that before ReLU. */
  readonly accumulate: (gradient: Float64Array) => void;
  /** The gradient of the last `forward`'s input in the layer's own buffer, given what `accumulate` left of that of its result. */
  readonly inputGradient: (gradient: Float64Array) => Float64Array;
}

/** A layer with He-uniform weights and zero bias for inputs of this shape. */
export function createLayer(spec: LayerSpec, input: ImageShape, random: Random): Layer {
  switch (spec.kind) {
    case 'convolution':
      return convolution(spec, input, random);
    case 'depthwise':
      return depthwise(spec, input, random);
    case 'max-pool':
      return maxPool(spec, input);
    case 'dense':
      return dense(spec, input, random);
  }
}

type SpecOf<Kind extends LayerSpec['kind']> = Extract<LayerSpec, { kind: Kind }>;

function convolution(spec: SpecOf<'convolution'>, input: ImageShape, random: Random): Layer {
  const output = outputShape(spec, input);
  const patches = patchTable(input, output, spec.kernel, spec.stride);
  const taps = spec.kernel * spec.kernel;
  const inner = taps * input.channels;
  const rows = output.height * output.width;
  const weights = parameter(spec.channels * inner, random, inner);
  const bias = parameter(spec.channels);
  const columns = new Float64Array(rows * inner);
  const columnSlopes = new Float64Array(rows * inner);
  const result = new Float64Array(lengthOf(output));
  const padded = withPadding(input);
  const slopes = withPadding(input);
  return {
    spec,
    parameters: [weights, bias],
    forward: (values) => {
      padded.set(values);
      for (let i = 0; i < rows * taps; i++) {
        const source = patches[i]! * input.channels;
        for (let c = 0; c < input.channels; c++) {
          columns[i * input.channels + c] = padded[source + c]!;
        }
      }
      multiplyByTransposed(result, columns, weights.values, bias.values, { rows, inner, columns: spec.channels });
      return rectify(result);
    },
    accumulate: (gradient) => {
      maskByOutput(gradient, result);
      addTransposedProduct(weights.gradient, gradient, columns, { rows: spec.channels, inner: rows, columns: inner });
      addRows(bias.gradient, gradient);
    },
    inputGradient: (gradient) => {
      columnSlopes.fill(0);
      addProduct(columnSlopes, gradient, weights.values, { rows, inner: spec.channels, columns: inner });
      slopes.fill(0);
      for (let i = 0; i < rows * taps; i++) {
        const target = patches[i]! * input.channels;
        for (let c = 0; c < input.channels; c++) {
          slopes[target + c]! += columnSlopes[i * input.channels + c]!;
        }
      }
      return slopes.subarray(0, lengthOf(input));
    },
  };
}

function depthwise(spec: SpecOf<'depthwise'>, input: ImageShape, random: Random): Layer {
  const output = outputShape(spec, input);
  const patches = patchTable(input, output, spec.kernel, spec.stride);
  const taps = spec.kernel * spec.kernel;
  const { channels } = input;
  const rows = output.height * output.width;
  const weights = parameter(taps * channels, random, taps);
  const bias = parameter(channels);
  const result = new Float64Array(lengthOf(output));
  const padded = withPadding(input);
  const slopes = withPadding(input);
  return {
    spec,
    parameters: [weights, bias],
    forward: (values) => {
      padded.set(values);
      for (let i = 0; i < result.length; i++) {
        result[i] = bias.values[i % channels]!;
      }
      for (let i = 0; i < rows * taps; i++) {
        const source = patches[i]! * channels;
        const [row, tap] = [Math.floor(i / taps) * channels, (i % taps) * channels];
        for (let c = 0; c < channels; c++) {
          result[row + c]! += padded[source + c]! * weights.values[tap + c]!;
        }
      }
      return rectify(result);
    },
    accumulate: (gradient) => {
      maskByOutput(gradient, result);
      addRows(bias.gradient, gradient);
      for (let i = 0; i < rows * taps; i++) {
        const source = patches[i]! * channels;
        const [row, tap] = [Math.floor(i / taps) * channels, (i % taps) * channels];
        for (let c = 0; c < channels; c++) {
          weights.gradient[tap + c]! += gradient[row + c]! * padded[source + c]!;
        }
      }
    },
    inputGradient: (gradient) => {
      slopes.fill(0);
      for (let i = 0; i < rows * taps; i++) {
        const target = patches[i]! * channels;
        const [row, tap] = [Math.floor(i / taps) * channels, (i % taps) * channels];
        for (let c = 0; c < channels; c++) {
          slopes[target + c]! += gradient[row + c]! * weights.values[tap + c]!;
        }
      }
      return slopes.subarray(0, lengthOf(input));
    },
  };
}

function maxPool(spec: SpecOf<'max-pool'>, input: ImageShape): Layer {
  const output = outputShape(spec, input);
  const result = new Float64Array(lengthOf(output));
  const winners = new Uint32Array(result.length);
  const slopes = new Float64Array(lengthOf(input));
  const { size } = spec;
  return {
    spec,
    parameters: [],
    forward: (values) => {
      for (let i = 0; i < result.length; i++) {
        const c = i % output.channels;
        const x = Math.floor(i / output.channels) % output.width;
        const y = Math.floor(i / output.channels / output.width);
        let winner = -1;
        for (let tap = 0; tap < size * size; tap++) {
          const row = y * size + Math.floor(tap / size);
          const candidate = (row * input.width + x * size + (tap % size)) * input.channels + c;
          if (winner < 0 || values[candidate]! > values[winner]!) {
            winner = candidate;
          }
        }
        winners[i] = winner;
        result[i] = values[winner]!;
      }
      return result;
    },
    accumulate: () => {},
    inputGradient: (gradient) => {
      slopes.fill(0);
      for (let i = 0; i < result.length; i++) {
        slopes[winners[i]!] = gradient[i]!;
      }
      return slopes;
    },
  };
}

function dense(spec: SpecOf<'dense'>, input: ImageShape, random: Random): Layer {
  const inner = lengthOf(input);
  const weights = parameter(spec.outputs * inner, random, inner);
  const bias = parameter(spec.outputs);
  const result = new Float64Array(spec.outputs);
  const slopes = new Float64Array(inner);
  const seen = new Float64Array(inner);
  return {
    spec,
    parameters: [weights, bias],
    forward: (values) => {
      seen.set(values);
      for (let o = 0; o < spec.outputs; o++) {
        let sum = bias.values[o]!;
        for (let i = 0; i < inner; i++) {
          sum += values[i]! * weights.values[o * inner + i]!;
        }
        result[o] = sum;
      }
      return result;
    },
    accumulate: (gradient) => {
      addTransposedProduct(weights.gradient, gradient, seen, { rows: spec.outputs, inner: 1, columns: inner });
      addRows(bias.gradient, gradient);
    },
    inputGradient: (gradient) => {
      slopes.fill(0);
      addProduct(slopes, gradient, weights.values, { rows: 1, inner: spec.outputs, columns: inner });
      return slopes;
    },
  };
}

/** Room for an image and one more position, which stays zero when read and takes what is written to the padding. */
function withPadding(input: ImageShape): Float64Array {
  return new Float64Array(lengthOf(input) + input.channels);
}

/** For every output position and tap of the kernel the input position (row · width + column); in the padding the one behind the last. */
function patchTable(input: ImageShape, output: ImageShape, kernel: number, stride: number): Int32Array {
  const top = paddingBefore(input.height, output.height, kernel, stride);
  const left = paddingBefore(input.width, output.width, kernel, stride);
  const taps = kernel * kernel;
  const outside = input.height * input.width;
  return Int32Array.from({ length: output.height * output.width * taps }, (_, i) => {
    const tap = i % taps;
    const position = Math.floor(i / taps);
    const y = Math.floor(position / output.width) * stride - top + Math.floor(tap / kernel);
    const x = (position % output.width) * stride - left + (tap % kernel);
    return y >= 0 && y < input.height && x >= 0 && x < input.width ? y * input.width + x : outside;
  });
}

/** Zeros, or with a fan-in values of variance 2 / fanIn, which keep a ReLU network's signals in range (He et al. 2015). */
function parameter(length: number, random: Random | null = null, fanIn = 1): Parameter {
  const bound = Math.sqrt(6 / fanIn);
  const values = Float64Array.from({ length }, () => (random === null ? 0 : uniform(random, -bound, bound)));
  return { values, gradient: new Float64Array(length) };
}

function rectify(values: Float64Array): Float64Array {
  for (let i = 0; i < values.length; i++) {
    if (values[i]! < 0) {
      values[i] = 0;
    }
  }
  return values;
}

/** The gradient before ReLU: what was cut off has none. */
function maskByOutput(gradient: Float64Array, output: Float64Array): void {
  for (let i = 0; i < gradient.length; i++) {
    if (output[i]! <= 0) {
      gradient[i] = 0;
    }
  }
}

/** Adds every row of `rows` to `sums`. */
function addRows(sums: Float64Array, rows: Float64Array): void {
  const { length } = sums;
  for (let i = 0; i < rows.length; i++) {
    sums[i % length]! += rows[i]!;
  }
}
