import { describeTensor } from '../../ir/index.ts';
import { addConvolution } from '../convolution-import.ts';
import { tfliteActivation } from '../import-activation.ts';
import { numberOption, optionalOperand, refuse, requiredOperand, requiredResult } from '../import-scope.ts';
import type { Importer } from '../operator.ts';
import type { HeightWidth } from '../padding.ts';
import { tflitePadding } from '../window-import.ts';

/**
 * TensorFlow Lite DEPTHWISE_CONV_2D: weights [1, height, width, channels * depth_multiplier]. Of one channel it is a
 * convolution like any other, and becomes `conv2d`.
 */
export const importTfliteDepthwiseConv2d: Importer = (operator, scope) => {
  const input = scope.tensor(requiredOperand(operator, 0));
  const weights = scope.tensor(requiredOperand(operator, 1));
  if (input.shape.length !== 4 || weights.shape.length !== 4) {
    refuse(operator, 'unsupported-shape', {
      found: `${describeTensor(input)} and ${describeTensor(weights)}`,
      requires: 'rank 4',
    });
  }
  const channels = input.shape[3]!;
  const [, height, width, outputs] = weights.shape as [number, number, number, number];
  // TensorFlow Lite takes the multiplier from the shapes; files written before it was an option have 0.
  const multiplier = numberOption(operator, 'depth_multiplier', 0);
  if (outputs % channels !== 0 || (multiplier !== 0 && outputs !== channels * multiplier)) {
    refuse(operator, 'unsupported-shape', {
      found: `${channels} channels, ${outputs} outputs, depth_multiplier ${multiplier}`,
      requires: 'channels * depth_multiplier outputs',
    });
  }
  const kernel: HeightWidth = [height, width];
  const strides: HeightWidth = [numberOption(operator, 'stride_h'), numberOption(operator, 'stride_w')];
  const dilations: HeightWidth = [
    numberOption(operator, 'dilation_h_factor', 1),
    numberOption(operator, 'dilation_w_factor', 1),
  ];
  addConvolution(operator, scope, {
    input: input.id,
    weights: weights.id,
    weightsLayout: '1HWO',
    bias: optionalOperand(operator, 2),
    output: requiredResult(operator, 0),
    strides,
    dilations,
    padding: tflitePadding(operator, input.shape, kernel, strides, dilations),
    groups: channels,
    activation: tfliteActivation(operator),
  });
};
