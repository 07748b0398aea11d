/** The quantized classifier in the words of the two file formats, ready for their writers. */
import type {
  ImportedModel,
  ImportedOperator,
  ImportedTensor,
  OptionValue,
} from '../../../compiler/frontends/index.ts';
import { bytesFromElements, type Quantization, type TypedArray } from '../../../compiler/ir/index.ts';
import { lengthOf, paddingBefore } from '../architecture.ts';
import { type Grid, pixelGrid, type QuantizedLayer } from './quantize.ts';

/** An operator of the chain: it reads the result of the one before and constants. */
interface Step {
  readonly name: string;
  readonly kind: string;
  readonly options: { readonly [name: string]: OptionValue };
  readonly constants: readonly Constant[];
  readonly shape: readonly number[];
  readonly grid: Grid;
}

interface Constant {
  readonly name: string;
  readonly dtype: 'int8' | 'int32';
  readonly shape: readonly number[];
  readonly values: TypedArray;
  readonly quantization: Quantization | null;
}

/** Softmax gives probabilities in steps of 1/256, in both formats. */
const probabilityGrid: Grid = { scale: 1 / 256, zeroPoint: -128 };

/** The classifier as a TensorFlow Lite graph. */
export function describeTflite(layers: readonly QuantizedLayer[]): ImportedModel {
  return chain('tflite', 'msc, examples/digits', [
    ...layers.flatMap((layer) => [...flatteningBefore(layer, 'RESHAPE', true), tfliteStep(layer)]),
    softmax(layers, 'SOFTMAX', { beta: 1 }),
  ]);
}

/** The classifier as a MindSpore Lite graph; the writer names the format's version as producer. */
export function describeMslite(layers: readonly QuantizedLayer[]): ImportedModel {
  return chain('mslite', '', [
    ...layers.flatMap((layer) => [...flatteningBefore(layer, 'Reshape', false), msliteStep(layer)]),
    softmax(layers, 'Softmax', { axis: [-1] }),
  ]);
}

function tfliteStep(layer: QuantizedLayer): Step {
  const { spec } = layer;
  const step = stepOf(layer);
  switch (spec.kind) {
    case 'convolution':
    case 'depthwise': {
      const { kernel, stride } = spec;
      const { channels } = layer.outputShape;
      const isDepthwise = spec.kind === 'depthwise';
      return {
        ...step,
        kind: isDepthwise ? 'DEPTHWISE_CONV_2D' : 'CONV_2D',
        options: {
          padding: 'SAME',
          stride_w: stride,
          stride_h: stride,
          ...(isDepthwise ? { depth_multiplier: 1 } : {}),
          fused_activation_function: 'RELU',
          dilation_w_factor: 1,
          dilation_h_factor: 1,
        },
        constants: isDepthwise
          ? constantsOf(layer, [1, kernel, kernel, channels], 3)
          : constantsOf(layer, [channels, kernel, kernel, layer.inputShape.channels], 0),
      };
    }
    case 'max-pool':
      return {
        ...step,
        kind: 'MAX_POOL_2D',
        options: {
          padding: 'VALID',
          stride_w: spec.size,
          stride_h: spec.size,
          filter_width: spec.size,
          filter_height: spec.size,
          fused_activation_function: 'NONE',
        },
      };
    case 'dense':
      return {
        ...step,
        kind: 'FULLY_CONNECTED',
        options: { fused_activation_function: 'NONE', weights_format: 'DEFAULT', keep_num_dims: false },
        constants: constantsOf(layer, [spec.outputs, lengthOf(layer.inputShape)], null),
      };
  }
}

function msliteStep(layer: QuantizedLayer): Step {
  const { spec, inputShape: input, outputShape: output } = layer;
  const step = stepOf(layer);
  switch (spec.kind) {
    case 'convolution':
    case 'depthwise': {
      const { kernel, stride } = spec;
      const isDepthwise = spec.kind === 'depthwise';
      return {
        ...step,
        kind: 'Conv2DFusion',
        options: {
          format: 'NHWC',
          kernel_size: [kernel, kernel],
          stride: [stride, stride],
          dilation: [1, 1],
          pad_mode: 'SAME',
          pad_list: [
            ...paddingAround(input.height, output.height, kernel, stride),
            ...paddingAround(input.width, output.width, kernel, stride),
          ],
          group: isDepthwise ? input.channels : 1,
          in_channel: input.channels,
          out_channel: output.channels,
          activation_type: 'RELU',
        },
        constants: constantsOf(layer, [output.channels, kernel, kernel, isDepthwise ? 1 : input.channels], 0),
      };
    }
    case 'max-pool':
      return {
        ...step,
        kind: 'MaxPoolFusion',
        options: {
          kernel_size: [spec.size, spec.size],
          strides: [spec.size, spec.size],
          pad: [0, 0, 0, 0],
          pad_mode: 'VALID',
          round_mode: 'FLOOR',
          format: 'NHWC',
          global: false,
          activation_type: 'NO_ACTIVATION',
        },
      };
    case 'dense':
      return {
        ...step,
        kind: 'FullConnection',
        options: { has_bias: true, use_axis: false, axis: 1, activation_type: 'NO_ACTIVATION' },
        constants: constantsOf(layer, [spec.outputs, lengthOf(input)], null),
      };
  }
}

/** What both formats say of a layer in the same way: its name and its result. */
function stepOf({ spec, outputShape: { height, width, channels }, output }: QuantizedLayer): Omit<Step, 'kind'> {
  const shape = spec.kind === 'dense' ? [1, channels] : [1, height, width, channels];
  return { name: spec.name, options: {}, constants: [], shape, grid: output };
}

/** Dense layers read vectors. */
function flatteningBefore(
  { spec, inputShape, input }: QuantizedLayer,
  kind: string,
  hasOption: boolean,
): readonly Step[] {
  if (spec.kind !== 'dense') {
    return [];
  }
  const shape = [1, lengthOf(inputShape)];
  const target: Constant = {
    name: 'flatten/shape',
    dtype: 'int32',
    shape: [shape.length],
    values: Int32Array.from(shape),
    quantization: null,
  };
  return [
    { name: 'flatten', kind, options: hasOption ? { new_shape: shape } : {}, constants: [target], shape, grid: input },
  ];
}

function softmax(layers: readonly QuantizedLayer[], kind: string, options: Step['options']): Step {
  const shape = [1, layers.at(-1)!.outputShape.channels];
  return { name: 'probabilities', kind, options, constants: [], shape, grid: probabilityGrid };
}

/** Weights and bias; a MindSpore Lite depthwise layer's weights have their channels in front, as `axis` tells. */
function constantsOf(layer: QuantizedLayer, shape: readonly number[], axis: number | null): readonly Constant[] {
  const { weights, weightScales, bias, biasScales } = layer.parameters!;
  const isTransposed = layer.spec.kind === 'depthwise' && axis === 0;
  const { channels } = layer.outputShape;
  const taps = weights.length / channels;
  return [
    {
      name: `${layer.spec.name}/weights`,
      dtype: 'int8',
      shape,
      values: isTransposed ? weights.map((_, i) => weights[(i % taps) * channels + Math.floor(i / taps)]!) : weights,
      quantization: { scales: weightScales, zeroPoints: weightScales.map(() => 0), axis },
    },
    {
      name: `${layer.spec.name}/bias`,
      dtype: 'int32',
      shape: [bias.length],
      values: bias,
      quantization: { scales: biasScales, zeroPoints: biasScales.map(() => 0), axis: axis === null ? null : 0 },
    },
  ];
}

function paddingAround(input: number, output: number, kernel: number, stride: number): readonly [number, number] {
  const before = paddingBefore(input, output, kernel, stride);
  return [before, Math.max((output - 1) * stride + kernel - input, 0) - before];
}

/** Numbers the tensors of a chain of steps that starts at the image. */
function chain(format: ImportedModel['format'], producer: string, steps: readonly Step[]): ImportedModel {
  const tensors: ImportedTensor[] = [];
  const addTensor = (tensor: Omit<ImportedTensor, 'index' | 'isVariable'>): number =>
    tensors.push({ ...tensor, index: tensors.length, isVariable: false }) - 1;
  const addComputed = (name: string, shape: readonly number[], grid: Grid): number =>
    addTensor({
      name,
      dtype: 'int8',
      shape,
      quantization: { scales: [grid.scale], zeroPoints: [grid.zeroPoint], axis: null },
      data: null,
    });
  const image = addComputed('image', [1, 28, 28, 1], pixelGrid);
  let last = image;
  const operators = steps.map((step, index): ImportedOperator => {
    const constants = step.constants.map(({ values, ...constant }) =>
      addTensor({ ...constant, data: bytesFromElements(values) }),
    );
    const inputs = [last, ...constants];
    last = addComputed(step.name, step.shape, step.grid);
    return { index, name: step.name, kind: step.kind, inputs, outputs: [last], options: step.options };
  });
  return { format, name: 'digits', producer, tensors, operators, inputs: [image], outputs: [last] };
}
