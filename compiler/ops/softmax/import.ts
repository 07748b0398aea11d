import { numberOption, numbersOption, refuse, requiredOperand, requiredResult } from '../import-scope.ts';
import type { Importer } from '../operator.ts';
import type { SoftmaxAttributes } from './definition.ts';

/** TensorFlow Lite SOFTMAX: along the last axis, whatever the rank. */
export const importTfliteSoftmax: Importer = (operator, scope) => {
  const input = requiredOperand(operator, 0);
  const attributes: SoftmaxAttributes = {
    beta: numberOption(operator, 'beta'),
    axis: scope.tensor(input).shape.length - 1,
  };
  scope.addNode('softmax', operator, { inputs: [input], outputs: [requiredResult(operator, 0)], attributes });
};

/** MindSpore Lite Softmax: one axis in a list, negative ones counted from the end; beta is 1. */
export const importMsliteSoftmax: Importer = (operator, scope) => {
  const input = requiredOperand(operator, 0);
  const axes = numbersOption(operator, 'axis', [-1]);
  const [axis] = axes;
  if (axis === undefined || axes.length > 1) {
    refuse(operator, 'unsupported-attribute', { found: `axis [${axes.join(', ')}]`, requires: 'one axis' });
  }
  const rank = scope.tensor(input).shape.length;
  const attributes: SoftmaxAttributes = { beta: 1, axis: axis < 0 ? axis + rank : axis };
  scope.addNode('softmax', operator, { inputs: [input], outputs: [requiredResult(operator, 0)], attributes });
};
