import type { ImportedOperator } from '../../frontends/imported-model.ts';
import { sameQuantization } from '../../ir/index.ts';
import { normalAxis } from '../axis.ts';
import { tfliteActivation } from '../import-activation.ts';
import { type ImportScope, numberOption, refuse, requiredOperand, requiredResult } from '../import-scope.ts';
import type { Importer } from '../operator.ts';
import type { ConcatAttributes } from './definition.ts';

function axisOf(operator: ImportedOperator, scope: ImportScope): ConcatAttributes {
  const { shape } = scope.tensor(requiredOperand(operator, 0));
  return { axis: normalAxis(operator, numberOption(operator, 'axis', 0), shape.length) };
}

/** TensorFlow Lite CONCATENATION: int8 operands must have the result's scale, as its kernels demand. */
export const importTfliteConcatenation: Importer = (operator, scope) => {
  const activation = tfliteActivation(operator);
  if (activation !== 'none') {
    refuse(operator, 'unsupported-attribute', { found: `fused activation ${activation}`, requires: 'none' });
  }
  scope.addNode('concat', operator, {
    inputs: operator.inputs,
    outputs: [requiredResult(operator, 0)],
    attributes: axisOf(operator, scope),
  });
};

/** MindSpore Lite Concat: operands of another scale than the result are requantized first. */
export const importMsliteConcat: Importer = (operator, scope) => {
  const output = scope.tensor(requiredResult(operator, 0));
  const inputs = operator.inputs.map((_, k) => {
    const id = requiredOperand(operator, k);
    const tensor = scope.tensor(id);
    if (tensor.dtype !== 'int8' || sameQuantization(tensor.quantization, output.quantization)) {
      return id;
    }
    const name = `${operator.name}_requantize_${k}`;
    const rescaled = scope.addTensor(name, { ...tensor, quantization: output.quantization });
    scope.addNode('quantize', operator, { inputs: [id], outputs: [rescaled], attributes: {}, name });
    return rescaled;
  });
  scope.addNode('concat', operator, { inputs, outputs: [output.id], attributes: axisOf(operator, scope) });
};
