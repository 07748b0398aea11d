import { type DType, sameQuantization } from '../../ir/index.ts';
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

/**
 * Casts between plain numbers, TensorFlow Lite's CAST and MindSpore Lite's Cast: compiled where the type stays the same,
 * as a reshape to the same shape that the passes remove. The type is the result tensor's, whatever else the node says.
 */
export const importCast: Importer = (operator, scope) => {
  const input = requiredOperand(operator, 0);
  const output = requiredResult(operator, 0);
  const [from, to] = [scope.tensor(input), scope.tensor(output)];
  if (from.dtype !== to.dtype || !sameQuantization(from.quantization, to.quantization)) {
    refuse(operator, 'unsupported-operand-type', {
      found: `a cast from ${from.dtype} to ${to.dtype}`,
      requires: 'input and result have the same type and quantization',
    });
  }
  scope.addNode('reshape', operator, { inputs: [input], outputs: [output], attributes: { shape: from.shape } });
};
