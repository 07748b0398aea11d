import { msliteActivation, tfliteActivation } from '../import-activation.ts';
import { requiredOperand, requiredResult } from '../import-scope.ts';
import type { Importer } from '../operator.ts';
import type { ArithmeticAttributes, ArithmeticOperator } from './definition.ts';

/** TensorFlow Lite ADD, MUL and SUB. `pot_scale_int16` concerns int16 operands only, which the definition refuses. */
export function importTfliteArithmetic(name: ArithmeticOperator): Importer {
  return (operator, scope) => {
    const attributes: ArithmeticAttributes = { activation: tfliteActivation(operator) };
    scope.addNode(name, operator, {
      inputs: [requiredOperand(operator, 0), requiredOperand(operator, 1)],
      outputs: [requiredResult(operator, 0)],
      attributes,
    });
  };
}

/** MindSpore Lite AddFusion, MulFusion and SubFusion. */
export function importMsliteArithmetic(name: ArithmeticOperator): Importer {
  return (operator, scope) => {
    const attributes: ArithmeticAttributes = { activation: msliteActivation(operator) };
    scope.addNode(name, operator, {
      inputs: [requiredOperand(operator, 0), requiredOperand(operator, 1)],
      outputs: [requiredResult(operator, 0)],
      attributes,
    });
  };
}
