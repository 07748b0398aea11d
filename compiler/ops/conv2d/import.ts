import type { ImportedOperator } from '../../frontends/imported-model.ts';
import { describeTensor } from '../../ir/index.ts';
import { addConvolution } from '../convolution-import.ts';
import { msliteActivation, tfliteActivation } from '../import-activation.ts';
import {
  type ImportScope,
  numberOption,
  numbersOption,
  optionalOperand,
  refuse,
  requiredOperand,
  requiredResult,
  stringOption,
} from '../import-scope.ts';
import type { Importer } from '../operator.ts';
import { type HeightWidth, type Padding, resolvePadding } from '../padding.ts';

/** TensorFlow Lite CONV_2D: weights OHWI; groups are the input's channels over the weights' inputs. */
export const importTfliteConv2d: Importer = (operator, scope) => {
  const input = requiredOperand(operator, 0);
  const weights = requiredOperand(operator, 1);
  const strides: HeightWidth = [numberOption(operator, 'stride_h'), numberOption(operator, 'stride_w')];
  const dilations: HeightWidth = [
    numberOption(operator, 'dilation_h_factor', 1),
    numberOption(operator, 'dilation_w_factor', 1),
  ];
  const [, height, width, inputs] = shapeOfRank4(operator, scope, 1);
  const channels = shapeOfRank4(operator, scope, 0)[3]!;
  if (channels % inputs! !== 0) {
    refuse(operator, 'unsupported-shape', {
      found: `${channels} input channels, weights of ${inputs}`,
      requires: "the input's channels are a multiple of the weights'",
    });
  }
  addConvolution(operator, scope, {
    input,
    weights,
    weightsLayout: 'OHWI',
    bias: optionalOperand(operator, 2),
    output: requiredResult(operator, 0),
    strides,
    dilations,
    padding: namedPadding(
      operator,
      scope,
      stringOption(operator, 'padding', 'SAME'),
      [height!, width!],
      strides,
      dilations,
    ),
    groups: channels / inputs!,
    activation: tfliteActivation(operator),
  });
};

/**
 * MindSpore Lite Conv2DFusion: weights OHWI, [outputs, height, width, inputs / group]. `PAD` takes `pad_list`
 * [up, down, left, right]; for `SAME` the list repeats what the shapes say.
 */
export const importMsliteConv2d: Importer = (operator, scope) => {
  const format = stringOption(operator, 'format', 'NHWC');
  if (format !== 'NHWC') {
    refuse(operator, 'unsupported-attribute', { found: `format ${format}`, requires: 'NHWC' });
  }
  const strides = pair(operator, 'stride');
  const dilations = pair(operator, 'dilation');
  const [outputs, height, width] = shapeOfRank4(operator, scope, 1);
  const kernelSize = numbersOption(operator, 'kernel_size', [height!, width!]);
  const outChannel = numberOption(operator, 'out_channel', outputs);
  if (kernelSize[0] !== height || kernelSize[1] !== width || (outChannel !== outputs && outChannel !== 0)) {
    refuse(operator, 'unsupported-shape', {
      found: `kernel_size [${kernelSize}] and out_channel ${outChannel}, weights [${scope.tensor(requiredOperand(operator, 1)).shape}]`,
      requires: 'weights [out_channel, kernel height, kernel width, in_channel / group]',
    });
  }
  const mode = stringOption(operator, 'pad_mode', 'PAD');
  addConvolution(operator, scope, {
    input: requiredOperand(operator, 0),
    weights: requiredOperand(operator, 1),
    weightsLayout: 'OHWI',
    bias: optionalOperand(operator, 2),
    output: requiredResult(operator, 0),
    strides,
    dilations,
    padding:
      mode === 'PAD' ? padList(operator) : namedPadding(operator, scope, mode, [height!, width!], strides, dilations),
    groups: numberOption(operator, 'group', 1) || 1,
    activation: msliteActivation(operator),
  });
};

function pair(operator: ImportedOperator, name: string): HeightWidth {
  const values = numbersOption(operator, name, [1, 1]);
  if (values.length !== 2) {
    refuse(operator, 'unsupported-attribute', { found: `${name} [${values}]`, requires: 'two numbers' });
  }
  return values as unknown as HeightWidth;
}

function padList(operator: ImportedOperator): Padding {
  const values = numbersOption(operator, 'pad_list', [0, 0, 0, 0]);
  if (values.length !== 4) {
    refuse(operator, 'unsupported-attribute', { found: `pad_list [${values}]`, requires: 'four numbers' });
  }
  return values as unknown as Padding;
}

function namedPadding(
  operator: ImportedOperator,
  scope: ImportScope,
  mode: string,
  kernel: HeightWidth,
  strides: HeightWidth,
  dilations: HeightWidth,
): Padding {
  if (mode !== 'SAME' && mode !== 'VALID') {
    refuse(operator, 'unsupported-attribute', { found: `padding ${mode}`, requires: 'SAME or VALID' });
  }
  const [, height, width] = shapeOfRank4(operator, scope, 0);
  return resolvePadding(mode, [height!, width!], kernel, strides, dilations);
}

function shapeOfRank4(operator: ImportedOperator, scope: ImportScope, index: number): readonly number[] {
  const tensor = scope.tensor(requiredOperand(operator, index));
  if (tensor.shape.length !== 4) {
    refuse(operator, 'unsupported-shape', {
      found: `operand ${index}, ${describeTensor(tensor)}`,
      requires: 'rank 4',
    });
  }
  return tensor.shape;
}
