import type { ImportedOperator } from '../../frontends/imported-model.ts';
import { elementCount, type Shape } from '../../ir/index.ts';
import { normalAxis } from '../axis.ts';
import {
  constantIntegers,
  type ImportScope,
  numberOption,
  numbersOption,
  optionalOperand,
  refuse,
  requiredOperand,
  requiredResult,
} from '../import-scope.ts';
import type { Importer } from '../operator.ts';
import type { ReshapeAttributes } from './definition.ts';

/** Adds the node: the result's shape is `shape`, which the file's own shape of the result must not contradict. */
function addReshape(operator: ImportedOperator, scope: ImportScope, shape: Shape): void {
  const attributes: ReshapeAttributes = { shape };
  scope.addNode('reshape', operator, {
    inputs: [requiredOperand(operator, 0)],
    outputs: [requiredResult(operator, 0)],
    attributes,
  });
}

/** `wanted` with its one -1 replaced by what the element count leaves. */
function resolveShape(operator: ImportedOperator, wanted: readonly number[], input: Shape): Shape {
  const unknown = wanted.filter((dimension) => dimension === -1).length;
  const known = wanted.filter((dimension) => dimension !== -1).reduce((product, dimension) => product * dimension, 1);
  const total = elementCount(input);
  if (
    unknown > 1 ||
    wanted.some((dimension) => dimension < -1) ||
    (unknown === 1 && (known === 0 || total % known !== 0))
  ) {
    refuse(operator, 'unsupported-shape', { found: `[${input.join(', ')}] into [${wanted.join(', ')}]` });
  }
  return wanted.map((dimension) => (dimension === -1 ? total / known : dimension));
}

function inputShape(operator: ImportedOperator, scope: ImportScope): Shape {
  return scope.tensor(requiredOperand(operator, 0)).shape;
}

/** The shape without the dimensions at `axes`, which must be 1; without axes, without all that are 1. */
function squeezed(operator: ImportedOperator, shape: Shape, axes: readonly number[]): Shape {
  const removed = new Set(axes.map((axis) => normalAxis(operator, axis, shape.length)));
  for (const axis of removed) {
    if (shape[axis] !== 1) {
      refuse(operator, 'unsupported-shape', {
        found: `axis ${axis} of [${shape.join(', ')}]`,
        requires: 'dimension 1',
      });
    }
  }
  return shape.filter((dimension, axis) => (axes.length === 0 ? dimension !== 1 : !removed.has(axis)));
}

/** The shape with a dimension 1 at each of `axes` of the result. */
function expanded(operator: ImportedOperator, shape: Shape, axes: readonly number[]): Shape {
  const rank = shape.length + axes.length;
  const added = new Set(axes.map((axis) => normalAxis(operator, axis, rank)));
  if (added.size !== axes.length) {
    refuse(operator, 'unsupported-attribute', { found: `axes ${axes.join(', ')}`, requires: 'each axis once' });
  }
  const rest = [...shape];
  return Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : rest.shift()!));
}

/**
 * TensorFlow Lite RESHAPE: the shape is operand 1, or the option `new_shape` in old files. A computed shape is taken from the
 * file's shape of the result, which is fixed at conversion.
 */
export const importTfliteReshape: Importer = (operator, scope) => {
  const input = inputShape(operator, scope);
  const shape = optionalOperand(operator, 1);
  if (shape !== null && scope.tensor(shape).kind !== 'constant') {
    addReshape(operator, scope, scope.tensor(requiredResult(operator, 0)).shape);
    return;
  }
  const wanted = shape === null ? numbersOption(operator, 'new_shape', []) : constantIntegers(operator, scope, 1);
  addReshape(operator, scope, resolveShape(operator, wanted, input));
};

/** TensorFlow Lite SQUEEZE: `squeeze_dims`, or all dimensions of 1. */
export const importTfliteSqueeze: Importer = (operator, scope) => {
  const input = inputShape(operator, scope);
  addReshape(operator, scope, squeezed(operator, input, numbersOption(operator, 'squeeze_dims', [])));
};

/** TensorFlow Lite EXPAND_DIMS: operand 1 is the axis of the result. */
export const importTfliteExpandDims: Importer = (operator, scope) => {
  addReshape(operator, scope, expanded(operator, inputShape(operator, scope), constantIntegers(operator, scope, 1)));
};

/** MindSpore Lite Reshape: the shape is operand 1; 0 keeps the input's dimension. */
export const importMsliteReshape: Importer = (operator, scope) => {
  const input = inputShape(operator, scope);
  const shape = optionalOperand(operator, 1);
  if (shape === null || scope.tensor(shape).kind !== 'constant') {
    addReshape(operator, scope, scope.tensor(requiredResult(operator, 0)).shape);
    return;
  }
  const wanted = constantIntegers(operator, scope, 1).map((dimension, axis) =>
    dimension === 0 ? (input[axis] ?? 0) : dimension,
  );
  addReshape(operator, scope, resolveShape(operator, wanted, input));
};

/** MindSpore Lite Flatten: everything from `axis` on becomes one dimension, and everything before it another. */
export const importMsliteFlatten: Importer = (operator, scope) => {
  const input = inputShape(operator, scope);
  const axis = numberOption(operator, 'axis', 1);
  const normal = axis < 0 ? axis + input.length : axis;
  if (normal < 0 || normal > input.length) {
    refuse(operator, 'unsupported-attribute', { found: `axis ${axis}`, requires: `0 to ${input.length}` });
  }
  addReshape(operator, scope, [elementCount(input.slice(0, normal)), elementCount(input.slice(normal))]);
};

/** MindSpore Lite Squeeze: the attribute `axis` lists the dimensions; without it, all dimensions of 1. */
export const importMsliteSqueeze: Importer = (operator, scope) => {
  addReshape(operator, scope, squeezed(operator, inputShape(operator, scope), numbersOption(operator, 'axis', [])));
};

/** MindSpore Lite Unsqueeze: the attribute `axis` lists the new dimensions of the result. */
export const importMsliteUnsqueeze: Importer = (operator, scope) => {
  addReshape(operator, scope, expanded(operator, inputShape(operator, scope), numbersOption(operator, 'axis')));
};

/** MindSpore Lite ExpandDims: operand 1 is the axis of the result. */
export const importMsliteExpandDims: Importer = (operator, scope) => {
  addReshape(operator, scope, expanded(operator, inputShape(operator, scope), constantIntegers(operator, scope, 1)));
};
