import type { ImportedOperator } from '../../frontends/imported-model.ts';
import {
  booleanOption,
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
import type { MeanAttributes } from './definition.ts';

/** TensorFlow Lite MEAN: operand 1 lists the axes. */
export const importTfliteMean: Importer = (operator, scope) => {
  addMean(operator, scope, {
    axes: normalisedAxes(operator, scope, constantIntegers(operator, scope, 1)),
    keepDimensions: booleanOption(operator, 'keep_dims', false),
  });
};

/**
 * MindSpore Lite ReduceFusion with mode ReduceMean: operand 1 lists the axes, all of them where it is absent.
 * `reduce_to_end` extends a single axis to the last dimension and multiplies by `coeff` unless that is 0.
 */
export const importMsliteReduce: Importer = (operator, scope) => {
  const mode = stringOption(operator, 'mode', 'ReduceMean');
  if (mode !== 'ReduceMean') {
    refuse(operator, 'unsupported-attribute', { found: `mode ${mode}`, requires: 'ReduceMean' });
  }
  const { shape } = scope.tensor(requiredOperand(operator, 0));
  const all = shape.map((_, axis) => axis);
  const listed =
    optionalOperand(operator, 1) === null ? all : normalisedAxes(operator, scope, constantIntegers(operator, scope, 1));
  const toEnd = booleanOption(operator, 'reduce_to_end', false);
  const coefficient = numberOption(operator, 'coeff', 0);
  if (toEnd && (listed.length !== 1 || (Math.abs(coefficient) > 1e-5 && coefficient !== 1))) {
    refuse(operator, 'unsupported-attribute', {
      found: `reduce_to_end with axes [${listed}] and coeff ${coefficient}`,
      requires: 'one axis and no coefficient',
    });
  }
  addMean(operator, scope, {
    axes: toEnd ? all.slice(listed[0]) : listed,
    keepDimensions: booleanOption(operator, 'keep_dims', false),
  });
};

function addMean(operator: ImportedOperator, scope: ImportScope, attributes: MeanAttributes): void {
  scope.addNode('mean', operator, {
    inputs: [requiredOperand(operator, 0)],
    outputs: [requiredResult(operator, 0)],
    attributes,
  });
}

/** Axes counted from the front, ascending, each once. */
function normalisedAxes(operator: ImportedOperator, scope: ImportScope, axes: readonly number[]): readonly number[] {
  const { length: rank } = scope.tensor(requiredOperand(operator, 0)).shape;
  if (axes.some((axis) => axis < -rank || axis >= rank)) {
    refuse(operator, 'unsupported-attribute', {
      found: `axes [${axes}]`,
      requires: `axes of a tensor of rank ${rank}`,
    });
  }
  return [...new Set(axes.map((axis) => (axis < 0 ? axis + rank : axis)))].sort((a, b) => a - b);
}
