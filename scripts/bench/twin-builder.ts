/** Writes int8 networks layer by layer, with weights from a seed, as TensorFlow Lite files. */
import type { ImportedModel, ImportedOperator, ImportedTensor, OptionValue } from '../../compiler/frontends/index.ts';
import { bytesFromElements, type Quantization, type TypedArray } from '../../compiler/ir/index.ts';
import { seededRandom, uniform } from '../../examples/digits/training/random.ts';

/** A tensor of the network under construction: NHWC, or [1, features]. */
export interface Handle {
  readonly index: number;
  readonly shape: readonly number[];
}

type Activation = 'NONE' | 'RELU' | 'RELU6';

const plainScale = 0.05;

/** RELU6 over the whole range of int8, as trained networks have it. */
const relu6Scale = 6 / 255;
const largestWeight = 127;

/** A scale that keeps sums of so many random products about as large as what they are made of. */
const weightScaleOf = (taps: number) => 0.02 / Math.sqrt(taps);

const perTensor = (scale: number, zeroPoint: number): Quantization => ({
  scales: [Math.fround(scale)],
  zeroPoints: [zeroPoint],
  axis: null,
});

/** What layers of one network are added to. */
export interface TwinBuilder {
  readonly input: Handle;
  convolution(
    from: Handle,
    outputs: number,
    kernel: readonly [number, number],
    stride: number,
    activation: Activation,
  ): Handle;
  depthwise(from: Handle, multiplier: number, kernel: readonly [number, number], stride: number): Handle;
  averagePool(from: Handle): Handle;
  flatten(from: Handle): Handle;
  dense(from: Handle, outputs: number, activation: Activation): Handle;
  add(a: Handle, b: Handle): Handle;
  softmax(from: Handle): Handle;
  /** The network whose result is `output`. */
  finish(output: Handle): ImportedModel;
}

/** Starts a network with an int8 input of `shape`; the same seed draws the same weights. */
export function buildTwin(name: string, shape: readonly number[], seed: number): TwinBuilder {
  const random = seededRandom(seed);
  const tensors: ImportedTensor[] = [];
  const operators: ImportedOperator[] = [];

  const addTensor = (tensor: Omit<ImportedTensor, 'index' | 'isVariable'>): Handle => {
    tensors.push({ ...tensor, index: tensors.length, isVariable: false });
    return { index: tensors.length - 1, shape: tensor.shape };
  };
  const computed = (what: string, ofShape: readonly number[], quantization: Quantization) =>
    addTensor({ name: what, dtype: 'int8', shape: ofShape, quantization, data: null });
  const constant = (
    what: string,
    dtype: 'int8' | 'int32',
    ofShape: readonly number[],
    values: TypedArray,
    quantization: Quantization | null,
  ) => addTensor({ name: what, dtype, shape: ofShape, quantization, data: bytesFromElements(values) });

  /** Results behind an activation start at 0: their zero point is the lowest value. */
  const gridOf = (activation: Activation) =>
    perTensor(activation === 'RELU6' ? relu6Scale : plainScale, activation === 'NONE' ? 3 : -128);
  const scaleOf = (handle: Handle) => tensors[handle.index]!.quantization!.scales[0]!;

  const apply = (
    kind: string,
    inputs: readonly Handle[],
    outputShape: readonly number[],
    quantization: Quantization,
    options: { readonly [option: string]: OptionValue },
  ): Handle => {
    const index = operators.length;
    const output = computed(`${kind.toLowerCase()}_${index}`, outputShape, quantization);
    operators.push({
      index,
      name: `${kind.toLowerCase()}_${index}`,
      kind,
      inputs: inputs.map((input) => input.index),
      outputs: [output.index],
      options,
    });
    return output;
  };

  /** Random weights with a scale for each channel along `axis` (one for all where it is null), and their bias. */
  const parameters = (
    from: Handle,
    weightShape: readonly number[],
    channels: number,
    axis: number | null,
  ): readonly Handle[] => {
    const count = weightShape.reduce((product, size) => product * size, 1);
    const scale = weightScaleOf(count / channels);
    const scales = Array.from({ length: axis === null ? 1 : channels }, () =>
      Math.fround(scale * uniform(random, 0.5, 1.5)),
    );
    const grid = (ofScales: readonly number[], ofAxis: number | null): Quantization => ({
      scales: ofScales,
      zeroPoints: ofScales.map(() => 0),
      axis: ofAxis,
    });
    const weights = Int8Array.from({ length: count }, () => Math.round(uniform(random, -largestWeight, largestWeight)));
    const bias = Int32Array.from({ length: channels }, () => Math.round(uniform(random, -2000, 2000)));
    const biasScales = scales.map((one) => Math.fround(one * scaleOf(from)));
    const index = operators.length;
    return [
      constant(`weights_${index}`, 'int8', weightShape, weights, grid(scales, axis)),
      constant(`bias_${index}`, 'int32', [channels], bias, grid(biasScales, axis === null ? null : 0)),
    ];
  };

  const windowed = (from: Handle, channels: number, stride: number): readonly number[] => {
    const [, height, width] = from.shape as [number, number, number, number];
    return [1, Math.ceil(height / stride), Math.ceil(width / stride), channels];
  };
  const windowOptions = (stride: number, activation: Activation) => ({
    padding: 'SAME',
    stride_w: stride,
    stride_h: stride,
    dilation_w_factor: 1,
    dilation_h_factor: 1,
    fused_activation_function: activation,
  });

  const input = computed('input', shape, perTensor(plainScale, -3));
  return {
    input,
    convolution: (from, outputs, kernel, stride, activation) =>
      apply(
        'CONV_2D',
        [from, ...parameters(from, [outputs, ...kernel, from.shape[3]!], outputs, 0)],
        windowed(from, outputs, stride),
        gridOf(activation),
        windowOptions(stride, activation),
      ),
    depthwise: (from, multiplier, kernel, stride) => {
      const channels = from.shape[3]! * multiplier;
      return apply(
        'DEPTHWISE_CONV_2D',
        [from, ...parameters(from, [1, ...kernel, channels], channels, 3)],
        windowed(from, channels, stride),
        gridOf('RELU6'),
        { ...windowOptions(stride, 'RELU6'), depth_multiplier: multiplier },
      );
    },
    averagePool: (from) => {
      const [, height, width, channels] = from.shape as [number, number, number, number];
      return apply('AVERAGE_POOL_2D', [from], [1, 1, 1, channels], tensors[from.index]!.quantization!, {
        padding: 'VALID',
        stride_w: width,
        stride_h: height,
        filter_width: width,
        filter_height: height,
        fused_activation_function: 'NONE',
      });
    },
    flatten: (from) => {
      const flat = [1, from.shape.reduce((product, size) => product * size, 1)];
      const target = constant(`shape_${operators.length}`, 'int32', [2], Int32Array.from(flat), null);
      return apply('RESHAPE', [from, target], flat, tensors[from.index]!.quantization!, { new_shape: flat });
    },
    dense: (from, outputs, activation) =>
      apply(
        'FULLY_CONNECTED',
        [from, ...parameters(from, [outputs, from.shape[1]!], outputs, null)],
        [1, outputs],
        gridOf(activation),
        { fused_activation_function: activation, weights_format: 'DEFAULT', keep_num_dims: false },
      ),
    add: (a, b) =>
      apply('ADD', [a, b], a.shape, gridOf('RELU'), { fused_activation_function: 'RELU', pot_scale_int16: true }),
    softmax: (from) => apply('SOFTMAX', [from], from.shape, perTensor(1 / 256, -128), { beta: 1 }),
    finish: (output) => ({
      format: 'tflite',
      name,
      producer: 'msc, architecture twin',
      tensors,
      operators,
      inputs: [input.index],
      outputs: [output.index],
    }),
  };
}
