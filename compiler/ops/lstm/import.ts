import type { ImportedOperator } from '../../frontends/imported-model.ts';
import { booleanOption, numberOption, refuse, requiredOperand, requiredResult, stringOption } from '../import-scope.ts';
import type { Importer } from '../operator.ts';
import type { LstmAttributes } from './definition.ts';

/** Operands of variants that msc does not have, by their place in the file, and what they belong to. */
const foreign: readonly (readonly [indices: readonly number[], what: string])[] = [
  [[9, 10, 11], 'peephole connections'],
  [[16, 17], 'a projection'],
  [[20, 21, 22, 23], 'layer normalisation'],
];

/**
 * TensorFlow Lite UNIDIRECTIONAL_SEQUENCE_LSTM: 24 operands, those of variants absent. `intermediates` holds scales that
 * only layer normalisation and projections need; `asymmetric_quantize_inputs` concerns float inputs with int8 weights.
 */
export const importTfliteLstm: Importer = (operator, scope) => {
  refuseVariants(operator);
  const attributes: LstmAttributes = {
    cellClip: numberOption(operator, 'cell_clip', 0),
    timeMajor: booleanOption(operator, 'time_major', false),
  };
  const places = [0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 13, 14, 15, 18, 19];
  scope.addNode('lstm', operator, {
    inputs: places.map((index) => requiredOperand(operator, index)),
    outputs: [requiredResult(operator, 0)],
    attributes,
  });
};

function refuseVariants(operator: ImportedOperator): void {
  const has = (index: number) => (operator.inputs[index] ?? null) !== null;
  const variant = foreign.find(([indices]) => indices.some(has));
  const activation = stringOption(operator, 'fused_activation_function', 'NONE');
  const found =
    variant !== undefined
      ? variant[1]
      : !has(1) || !has(5) || !has(12)
        ? 'coupled input and forget gates (no input gate)'
        : booleanOption(operator, 'diagonal_recurrent_tensors', false)
          ? 'diagonal recurrent weights'
          : activation !== 'TANH'
            ? `activation ${activation}`
            : null;
  if (found !== null) {
    refuse(operator, 'unsupported-attribute', {
      found,
      requires: 'a plain LSTM: four gates, tanh, no peepholes, projection or layer normalisation',
    });
  }
  const cellClip = numberOption(operator, 'cell_clip', 0);
  if (!(cellClip >= 0)) {
    refuse(operator, 'unsupported-attribute', { found: `cell_clip ${cellClip}`, requires: '0 or more' });
  }
}
