import type { ImportedOperator } from '../../frontends/imported-model.ts';
import {
  constantIntegers,
  type ImportScope,
  optionalOperand,
  refuse,
  requiredOperand,
  requiredResult,
} from '../import-scope.ts';
import type { Importer } from '../operator.ts';
import type { TransposeAttributes } from './definition.ts';

function addTranspose(operator: ImportedOperator, scope: ImportScope, permutation: readonly number[]): void {
  const rank = permutation.length;
  const attributes: TransposeAttributes = { permutation: permutation.map((axis) => (axis < 0 ? axis + rank : axis)) };
  scope.addNode('transpose', operator, {
    inputs: [requiredOperand(operator, 0)],
    outputs: [requiredResult(operator, 0)],
    attributes,
  });
}

/** TensorFlow Lite TRANSPOSE: operand 1 is the permutation. */
export const importTfliteTranspose: Importer = (operator, scope) => {
  addTranspose(operator, scope, constantIntegers(operator, scope, 1));
};

/**
 * MindSpore Lite Transpose: operand 1 is the permutation; without one, or with an empty one, the axes are reversed.
 */
export const importMsliteTranspose: Importer = (operator, scope) => {
  const { shape } = scope.tensor(requiredOperand(operator, 0));
  const permutation = optionalOperand(operator, 1) === null ? [] : constantIntegers(operator, scope, 1);
  if (permutation.length === 0) {
    addTranspose(
      operator,
      scope,
      shape.map((_, axis) => shape.length - 1 - axis),
    );
    return;
  }
  if (permutation.length !== shape.length) {
    refuse(operator, 'unsupported-attribute', {
      found: `permutation [${permutation.join(', ')}] of an input of rank ${shape.length}`,
      requires: 'as many axes as the input has',
    });
  }
  addTranspose(operator, scope, permutation);
};
