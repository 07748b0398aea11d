import type { DType } from '../../ir/index.ts';
import { numberOption, refuse, requiredOperand, requiredResult } from '../import-scope.ts';
import type { Importer } from '../operator.ts';

/** TensorFlow Lite QUANTIZE and DEQUANTIZE: the tensors say everything. */
export function importTfliteConversion(name: 'quantize' | 'dequantize'): Importer {
  return (operator, scope) => {
    scope.addNode(name, operator, {
      inputs: [requiredOperand(operator, 0)],
      outputs: [requiredResult(operator, 0)],
      attributes: {},
    });
  };
}

/** Numbers of MindSpore's TypeId that a QuantDTypeCast may name. */
const typeIds: { readonly [dtype in DType]?: number } = { int8: 32, int16: 33, int32: 34, uint8: 37, float32: 43 };

/**
 * MindSpore Lite QuantDTypeCast: to float is a dequantization, all else a quantization. The quantization is the tensors';
 * `axis` is the dimension of per-channel scales, which the definitions refuse. The types that the node names must be the tensors'.
 */
export const importMsliteQuantDTypeCast: Importer = (operator, scope) => {
  const input = requiredOperand(operator, 0);
  const output = requiredResult(operator, 0);
  for (const [option, id] of [
    ['src_t', input],
    ['dst_t', output],
  ] as const) {
    const { dtype, name } = scope.tensor(id);
    if (numberOption(operator, option, 0) !== typeIds[dtype]) {
      refuse(operator, 'unsupported-attribute', {
        found: `${option} ${numberOption(operator, option, 0)} for tensor '${name}', which is ${dtype}`,
        requires: "the tensor's own type, one of int8, int16, int32, uint8, float32",
      });
    }
  }
  scope.addNode(scope.tensor(output).dtype === 'float32' ? 'dequantize' : 'quantize', operator, {
    inputs: [input],
    outputs: [output],
    attributes: {},
  });
};
