import { tfliteActivation } from '../import-activation.ts';
import { numberOption, optionalOperand, requiredOperand, requiredResult } from '../import-scope.ts';
import type { Importer } from '../operator.ts';
import type { SvdfAttributes } from './definition.ts';

/** TensorFlow Lite SVDF. `asymmetric_quantize_inputs` concerns float inputs with int8 weights, which have no signature here. */
export const importTfliteSvdf: Importer = (operator, scope) => {
  const attributes: SvdfAttributes = {
    rank: numberOption(operator, 'rank', 0),
    activation: tfliteActivation(operator),
  };
  scope.addNode('svdf', operator, {
    inputs: [
      requiredOperand(operator, 0),
      requiredOperand(operator, 1),
      requiredOperand(operator, 2),
      optionalOperand(operator, 3),
      requiredOperand(operator, 4),
    ],
    outputs: [requiredResult(operator, 0)],
    attributes,
  });
};
