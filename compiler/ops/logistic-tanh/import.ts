import { requiredOperand, requiredResult } from '../import-scope.ts';
import type { Importer } from '../operator.ts';

/** TensorFlow Lite LOGISTIC and TANH. MindSpore Lite has both in its Activation primitive: see relu. */
export function importTfliteFunction(name: 'logistic' | 'tanh'): Importer {
  return (operator, scope) => {
    scope.addNode(name, operator, {
      inputs: [requiredOperand(operator, 0)],
      outputs: [requiredResult(operator, 0)],
      attributes: {},
    });
  };
}
