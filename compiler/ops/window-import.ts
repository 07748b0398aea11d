import type { ImportedOperator } from '../frontends/imported-model.ts';
import { describeTensor, type Quantization, type Shape, sameQuantization, type Tensor } from '../ir/index.ts';
import type { Activation } from './activation.ts';
import { msliteActivation, tfliteActivation } from './import-activation.ts';
import {
  booleanOption,
  type ImportScope,
  numberOption,
  numbersOption,
  refuse,
  requiredOperand,
  requiredResult,
  stringOption,
} from './import-scope.ts';
import type { Importer } from './operator.ts';
import { type HeightWidth, outputSize, type Padding, resolvePadding } from './padding.ts';

/** Attributes of the pools. */
export type PoolAttributes = {
  readonly kernel: HeightWidth;
  readonly strides: HeightWidth;
  readonly padding: Padding;
  readonly activation: Activation;
};

/** The padding that TensorFlow Lite's option `padding` stands for. */
export function tflitePadding(
  operator: ImportedOperator,
  image: Shape,
  kernel: HeightWidth,
  strides: HeightWidth,
  dilations: HeightWidth = [1, 1],
): Padding {
  const mode = stringOption(operator, 'padding', 'SAME');
  if (mode !== 'SAME' && mode !== 'VALID') {
    refuse(operator, 'unsupported-attribute', { found: `padding ${mode}`, requires: 'SAME or VALID' });
  }
  requirePositive(operator, [...kernel, ...strides, ...dilations]);
  return resolvePadding(mode, [image[1]!, image[2]!], kernel, strides, dilations);
}

/** TensorFlow Lite AVERAGE_POOL_2D and MAX_POOL_2D. */
export function tflitePoolImporter(name: 'average_pool2d' | 'max_pool2d'): Importer {
  return (operator, scope) => {
    const input = imageOperand(operator, scope);
    const kernel: HeightWidth = [numberOption(operator, 'filter_height'), numberOption(operator, 'filter_width')];
    const strides: HeightWidth = [numberOption(operator, 'stride_h'), numberOption(operator, 'stride_w')];
    const padding = tflitePadding(operator, input.shape, kernel, strides);
    const attributes: PoolAttributes = { kernel, strides, padding, activation: tfliteActivation(operator) };
    scope.addNode(name, operator, { inputs: [input.id], outputs: [requiredResult(operator, 0)], attributes });
  };
}

/**
 * MindSpore Lite AvgPoolFusion and MaxPoolFusion. `PAD` takes `pad` [up, down, left, right]; `round_mode` CEIL adds a
 * last window where the strides do not divide the padded image; `global` is one window of the whole image. Averages
 * are over elements of the image. An int8 result of another scale than the operand's is requantized after the pool.
 */
export function mslitePoolImporter(name: 'average_pool2d' | 'max_pool2d'): Importer {
  return (operator, scope) => {
    const input = imageOperand(operator, scope);
    const output = scope.tensor(requiredResult(operator, 0));
    const format = stringOption(operator, 'format', 'NHWC');
    if (format !== 'NHWC') {
      refuse(operator, 'unsupported-attribute', { found: `format ${format}`, requires: 'NHWC' });
    }
    const attributes: PoolAttributes = {
      ...msliteWindow(operator, [input.shape[1]!, input.shape[2]!]),
      activation: msliteActivation(operator),
    };
    const node = { inputs: [input.id], attributes };
    if (input.dtype !== 'int8' || output.dtype !== 'int8' || sameOrNone(input, output.quantization)) {
      scope.addNode(name, operator, { ...node, outputs: [output.id] });
      return;
    }
    const pooled = scope.addTensor(`${output.name}/pooled`, {
      dtype: 'int8',
      shape: output.shape,
      quantization: input.quantization,
    });
    scope.addNode(name, operator, { ...node, outputs: [pooled] });
    scope.addNode('quantize', operator, {
      inputs: [pooled],
      outputs: [output.id],
      attributes: {},
      name: `${operator.name}/requantize`,
    });
  };
}

function msliteWindow(operator: ImportedOperator, image: HeightWidth): Omit<PoolAttributes, 'activation'> {
  if (booleanOption(operator, 'global', false)) {
    const pad = numbersOption(operator, 'pad', []);
    if (pad.some((elements) => elements !== 0)) {
      refuse(operator, 'unsupported-attribute', { found: `global with pad [${pad}]`, requires: 'no padding' });
    }
    return { kernel: image, strides: [1, 1], padding: [0, 0, 0, 0] };
  }
  const kernel = listOption(operator, 'kernel_size', 2) as unknown as HeightWidth;
  const strides = listOption(operator, 'strides', 2) as unknown as HeightWidth;
  requirePositive(operator, [...kernel, ...strides]);
  const mode = stringOption(operator, 'pad_mode', 'PAD');
  if (mode === 'SAME') {
    return { kernel, strides, padding: resolvePadding('SAME', image, kernel, strides) };
  }
  const [top, bottom, left, right] = (mode === 'VALID'
    ? [0, 0, 0, 0]
    : listOption(operator, 'pad', 4, [0, 0, 0, 0])) as unknown as Padding;
  const isCeil = stringOption(operator, 'round_mode', 'FLOOR') === 'CEIL';
  const end = (axis: 0 | 1, before: number, after: number) =>
    isCeil ? after + missing(image[axis], kernel[axis], strides[axis], before, after) : after;
  return { kernel, strides, padding: [top, end(0, top, bottom), left, end(1, left, right)] };
}

/** Elements of padding that the last window needs beyond `after` when positions are rounded up. */
function missing(size: number, kernel: number, stride: number, before: number, after: number): number {
  const slack = (outputSize(size, kernel, 1, 1, [before, after]) - 1) % stride;
  return slack > 0 ? stride - slack : 0;
}

function imageOperand(operator: ImportedOperator, scope: ImportScope): Tensor {
  const input = scope.tensor(requiredOperand(operator, 0));
  if (input.shape.length !== 4) {
    refuse(operator, 'unsupported-shape', { found: describeTensor(input), requires: 'an image of rank 4' });
  }
  return input;
}

function listOption(
  operator: ImportedOperator,
  name: string,
  length: number,
  fallback?: readonly number[],
): readonly number[] {
  const values = numbersOption(operator, name, fallback);
  if (values.length !== length) {
    refuse(operator, 'unsupported-attribute', { found: `${name} [${values}]`, requires: `${length} numbers` });
  }
  return values;
}

function requirePositive(operator: ImportedOperator, values: readonly number[]): void {
  if (values.some((value) => value < 1)) {
    refuse(operator, 'unsupported-attribute', {
      found: `window and strides ${values.join(', ')}`,
      requires: 'window, strides and dilations are at least 1',
    });
  }
}

function sameOrNone(input: Tensor, quantization: Quantization | null): boolean {
  return quantization === null || input.quantization === null || sameQuantization(input.quantization, quantization);
}
