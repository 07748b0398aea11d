import type { ImportedOperator } from '../../frontends/imported-model.ts';
import { elementCount, sizeOfDType, type Tensor, type TensorId } from '../../ir/index.ts';
import { transposeMatrix } from '../convolution-import.ts';
import { msliteActivation } from '../import-activation.ts';
import {
  booleanOption,
  type ImportScope,
  optionalOperand,
  refuse,
  requiredOperand,
  requiredResult,
} from '../import-scope.ts';
import type { Importer } from '../operator.ts';
import type { MatmulAttributes } from './definition.ts';

/** TensorFlow Lite BATCH_MATMUL: `adj_x`, `adj_y` transpose; no activation, no bias. */
export const importTfliteBatchMatmul: Importer = (operator, scope) => {
  const attributes: MatmulAttributes = {
    transposeA: booleanOption(operator, 'adj_x', false),
    transposeB: booleanOption(operator, 'adj_y', false),
    activation: 'none',
  };
  scope.addNode('matmul', operator, {
    inputs: [requiredOperand(operator, 0), requiredOperand(operator, 1)],
    outputs: [requiredResult(operator, 0)],
    attributes,
  });
};

/**
 * MindSpore Lite MatMulFusion. With constant weights of rank 2 it is a fully connected layer that keeps the leading
 * dimensions; otherwise a product of two computed operands, then the bias, if there is one, as an addition.
 */
export const importMsliteMatmul: Importer = (operator, scope) => {
  const transposeA = booleanOption(operator, 'transpose_a', false);
  const transposeB = booleanOption(operator, 'transpose_b', false);
  const activation = msliteActivation(operator);
  const a = requiredOperand(operator, 0);
  const b = scope.tensor(requiredOperand(operator, 1));
  const bias = optionalOperand(operator, 2);
  const output = requiredResult(operator, 0);
  if (b.kind === 'constant' && b.shape.length === 2 && !transposeA) {
    scope.addNode('fully_connected', operator, {
      inputs: [a, transposeB ? b.id : transposedWeights(scope, b), biasVector(operator, scope, bias, b, transposeB)],
      outputs: [output],
      attributes: { activation, keepDimensions: true },
    });
    return;
  }
  const attributes: MatmulAttributes = { transposeA, transposeB, activation: bias === null ? activation : 'none' };
  if (bias === null) {
    scope.addNode('matmul', operator, { inputs: [a, b.id], outputs: [output], attributes });
    return;
  }
  const type = scope.tensor(output);
  if (type.dtype !== 'float32') {
    refuse(operator, 'unsupported-operand-type', {
      found: `${type.dtype} with a bias and computed operands`,
      requires: 'float32, or constant weights of rank 2',
    });
  }
  const product = scope.addTensor(`${operator.name}_product`, type);
  scope.addNode('matmul', operator, {
    inputs: [a, b.id],
    outputs: [product],
    attributes,
    name: `${operator.name}_product`,
  });
  scope.addNode('add', operator, { inputs: [product, bias], outputs: [output], attributes: { activation } });
};

/** [inputs, outputs] as [outputs, inputs]; scales of the outputs, where there are several, stand along axis 0 then. */
function transposedWeights(scope: ImportScope, weights: Tensor): TensorId {
  const [rows, columns] = weights.shape as [number, number];
  const data = transposeMatrix(weights.data!, rows, columns, sizeOfDType(weights.dtype));
  const quantization =
    weights.quantization === null || weights.quantization.axis === null
      ? weights.quantization
      : { ...weights.quantization, axis: 0 };
  return scope.addConstant(weights.name, { dtype: weights.dtype, shape: [columns, rows], quantization }, data);
}

/** A bias of one element an output, whatever its rank. */
function biasVector(
  operator: ImportedOperator,
  scope: ImportScope,
  id: TensorId | null,
  weights: Tensor,
  transposeB: boolean,
): TensorId | null {
  if (id === null) {
    return null;
  }
  const bias = scope.tensor(id);
  const outputs = weights.shape[transposeB ? 0 : 1]!;
  if (elementCount(bias.shape) !== outputs) {
    refuse(operator, 'unsupported-shape', {
      found: `bias [${bias.shape.join(', ')}] for ${outputs} outputs`,
      requires: 'one element an output',
    });
  }
  return id;
}
