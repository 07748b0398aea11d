import { msliteActivation, tfliteActivation } from '../import-activation.ts';
import {
  booleanOption,
  numberOption,
  optionalOperand,
  refuse,
  requiredOperand,
  requiredResult,
  stringOption,
} from '../import-scope.ts';
import type { Importer } from '../operator.ts';
import type { FullyConnectedAttributes } from './definition.ts';

/** TensorFlow Lite FULLY_CONNECTED: weights [outputs, inputs]; leading dimensions are flattened unless `keep_num_dims`. */
export const importTfliteFullyConnected: Importer = (operator, scope) => {
  const format = stringOption(operator, 'weights_format', 'DEFAULT');
  if (format !== 'DEFAULT') {
    refuse(operator, 'unsupported-attribute', { found: `weights_format ${format}`, requires: 'DEFAULT' });
  }
  const attributes: FullyConnectedAttributes = {
    activation: tfliteActivation(operator),
    keepDimensions: booleanOption(operator, 'keep_num_dims', false),
  };
  scope.addNode('fully_connected', operator, {
    inputs: [requiredOperand(operator, 0), requiredOperand(operator, 1), optionalOperand(operator, 2)],
    outputs: [requiredResult(operator, 0)],
    attributes,
  });
};

/** MindSpore Lite FullConnection: weights [outputs, inputs]; `use_axis` names the axis from which inputs are flattened. */
export const importMsliteFullConnection: Importer = (operator, scope) => {
  const attributes: FullyConnectedAttributes = { activation: msliteActivation(operator), keepDimensions: false };
  const hasBias = booleanOption(operator, 'has_bias', false);
  const axis = numberOption(operator, 'axis', 1);
  if (booleanOption(operator, 'use_axis', false) && axis !== 1) {
    refuse(operator, 'unsupported-attribute', { found: `axis ${axis}`, requires: 'axis 1: one row of inputs a batch' });
  }
  scope.addNode('fully_connected', operator, {
    inputs: [
      requiredOperand(operator, 0),
      requiredOperand(operator, 1),
      hasBias ? requiredOperand(operator, 2) : optionalOperand(operator, 2),
    ],
    outputs: [requiredResult(operator, 0)],
    attributes,
  });
};
