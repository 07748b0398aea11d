import type { ImportedOperator } from '../../frontends/imported-model.ts';
import { elementsFromBytes, sameQuantization, type Tensor } from '../../ir/index.ts';
import { clamp, roundHalfAwayFromZero } from '../../numerics/index.ts';
import {
  constantIntegers,
  type ImportScope,
  numberOption,
  optionalOperand,
  refuse,
  requiredOperand,
  requiredResult,
  stringOption,
} from '../import-scope.ts';
import type { Importer } from '../operator.ts';
import type { PadAttributes } from './definition.ts';

function addPad(operator: ImportedOperator, scope: ImportScope, amounts: readonly number[], value: number): void {
  const attributes: PadAttributes = {
    before: amounts.filter((_, i) => i % 2 === 0),
    after: amounts.filter((_, i) => i % 2 === 1),
    value,
  };
  scope.addNode('pad', operator, {
    inputs: [requiredOperand(operator, 0)],
    outputs: [requiredResult(operator, 0)],
    attributes,
  });
}

/** The stored element that stands for the real zero. */
function zeroOf(tensor: Tensor): number {
  return tensor.quantization?.zeroPoints[0] ?? 0;
}

/** TensorFlow Lite PAD: operand 1 is [rank, 2] amounts; the border is zero, for quantized tensors the zero point. */
export const importTflitePad: Importer = (operator, scope) => {
  const output = scope.tensor(requiredResult(operator, 0));
  addPad(operator, scope, constantIntegers(operator, scope, 1), zeroOf(output));
};

/** TensorFlow Lite PADV2: operand 2 is the border's value, quantized as the input is. */
export const importTflitePadV2: Importer = (operator, scope) => {
  const input = scope.tensor(requiredOperand(operator, 0));
  const id = optionalOperand(operator, 2);
  if (id === null) {
    importTflitePad(operator, scope);
    return;
  }
  const value = scope.tensor(id);
  if (value.data === null) {
    refuse(operator, 'operand-not-constant', { found: `the value, tensor '${value.name}', is computed` });
  }
  if (value.dtype !== input.dtype || !sameQuantization(value.quantization, input.quantization)) {
    refuse(operator, 'invalid-quantization', {
      found: `the value, tensor '${value.name}', is ${value.dtype} with another scale or type than the input`,
      requires: 'the type and scale of the input',
    });
  }
  addPad(operator, scope, constantIntegers(operator, scope, 1), Number(elementsFromBytes(value, value.data)[0]));
};

/** MindSpore Lite PadFusion: operand 1 are the amounts, `constant_value` is a real. */
export const importMslitePad: Importer = (operator, scope) => {
  const mode = stringOption(operator, 'padding_mode', 'CONSTANT');
  if (mode !== 'CONSTANT') {
    refuse(operator, 'unsupported-attribute', { found: `padding_mode ${mode}`, requires: 'CONSTANT' });
  }
  const output = scope.tensor(requiredResult(operator, 0));
  const real = numberOption(operator, 'constant_value', 0);
  const scale = output.quantization?.scales[0];
  const value =
    output.dtype === 'int8' && scale !== undefined
      ? clamp(zeroOf(output) + roundHalfAwayFromZero(real / scale), -128, 127)
      : real;
  addPad(operator, scope, constantIntegers(operator, scope, 1), value);
};
