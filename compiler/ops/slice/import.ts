import type { ImportedOperator } from '../../frontends/imported-model.ts';
import type { Shape } from '../../ir/index.ts';
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
import type { SliceAttributes } from './definition.ts';
import { resolveStridedSlice } from './strided-slice.ts';

function addSlice(operator: ImportedOperator, scope: ImportScope, output: number, attributes: SliceAttributes): void {
  const name = operator.outputs.length > 1 ? `${operator.name}_${output}` : operator.name;
  scope.addNode('slice', operator, {
    inputs: [requiredOperand(operator, dataOperand(operator))],
    outputs: [requiredResult(operator, output)],
    attributes,
    name,
  });
}

/** TensorFlow Lite's SPLIT has its axis before the data. */
function dataOperand(operator: ImportedOperator): number {
  return operator.kind === 'SPLIT' ? 1 : 0;
}

/** Sizes with -1 (all that is left) replaced. */
function resolvedSizes(shape: Shape, begin: readonly number[], size: readonly number[]): readonly number[] {
  return size.map((count, axis) => (count === -1 ? shape[axis]! - begin[axis]! : count));
}

const ones = (count: number) => Array.from({ length: count }, () => 1);

/** TensorFlow Lite SLICE: operands begin and size for every axis; size -1 takes all that is left. */
export const importTfliteSlice: Importer = (operator, scope) => {
  const { shape } = scope.tensor(requiredOperand(operator, 0));
  const begin = constantIntegers(operator, scope, 1);
  const size = resolvedSizes(shape, begin, constantIntegers(operator, scope, 2));
  addSlice(operator, scope, 0, { begin, size, strides: ones(begin.length) });
};

/** MindSpore Lite SliceFusion: as SLICE, for the axes that the attribute `axes` lists; the others are taken whole. */
export const importMsliteSlice: Importer = (operator, scope) => {
  const { shape } = scope.tensor(requiredOperand(operator, 0));
  const begins = constantIntegers(operator, scope, 1);
  const sizes = constantIntegers(operator, scope, 2);
  const listed = numbersOption(operator, 'axes', []);
  const axes = listed.length > 0 ? listed : begins.map((_, axis) => axis);
  if (axes.length !== begins.length || sizes.length !== begins.length) {
    refuse(operator, 'unsupported-attribute', {
      found: `${begins.length} begins, ${sizes.length} sizes, ${axes.length} axes`,
      requires: 'as many of each',
    });
  }
  const begin = shape.map(() => 0);
  const size = [...shape];
  axes.forEach((axis, i) => {
    const normal = normalAxis(operator, axis, shape.length);
    begin[normal] = begins[i]! < 0 ? begins[i]! + shape[normal]! : begins[i]!;
    size[normal] = sizes[i] === -1 ? shape[normal]! - begin[normal]! : sizes[i]!;
  });
  addSlice(operator, scope, 0, { begin, size, strides: ones(shape.length) });
};

/** STRIDED_SLICE of both formats: operands begin, end, strides; masks as attributes. The result may lose axes. */
function importStridedSlice(operator: ImportedOperator, scope: ImportScope, axesOperand: number | null): void {
  const input = scope.tensor(requiredOperand(operator, 0));
  const strideOperand = axesOperand === null ? 3 : 4;
  const begin = constantIntegers(operator, scope, 1);
  const attributes = resolveStridedSlice(operator, input.shape, {
    begin,
    end: constantIntegers(operator, scope, 2),
    strides:
      optionalOperand(operator, strideOperand) === null
        ? ones(begin.length)
        : constantIntegers(operator, scope, strideOperand),
    axes:
      axesOperand !== null && optionalOperand(operator, axesOperand) !== null
        ? constantIntegers(operator, scope, axesOperand)
        : null,
  });
  const output = scope.tensor(requiredResult(operator, 0));
  if (attributes.shrunkShape.length === attributes.size.length) {
    addSlice(operator, scope, 0, attributes.slice);
    return;
  }
  const whole = scope.addTensor(`${output.name}_unshrunk`, { ...output, shape: attributes.size });
  scope.addNode('slice', operator, {
    inputs: [input.id],
    outputs: [whole],
    attributes: attributes.slice,
    name: `${operator.name}_slice`,
  });
  scope.addNode('reshape', operator, {
    inputs: [whole],
    outputs: [output.id],
    attributes: { shape: attributes.shrunkShape },
  });
}

/** TensorFlow Lite STRIDED_SLICE. */
export const importTfliteStridedSlice: Importer = (operator, scope) => {
  if (operator.options.offset === true) {
    refuse(operator, 'unsupported-attribute', { found: 'offset true', requires: 'ends that are indices' });
  }
  importStridedSlice(operator, scope, null);
};

/** MindSpore Lite StridedSlice: four operands as TensorFlow, or five with axes before the strides, as from ONNX. */
export const importMsliteStridedSlice: Importer = (operator, scope) => {
  importStridedSlice(operator, scope, operator.inputs.length > 4 ? 3 : null);
};

/** One slice for each result, of the given sizes along the axis. */
function addSplit(
  operator: ImportedOperator,
  scope: ImportScope,
  shape: Shape,
  axis: number,
  sizes: readonly number[],
): void {
  const total = shape[axis]!;
  const unknown = sizes.filter((size) => size === -1).length;
  const known = sizes.reduce((sum, size) => sum + Math.max(size, 0), 0);
  const resolved = sizes.map((size) => (size === -1 ? total - known : size));
  if (unknown > 1 || resolved.length !== operator.outputs.length || resolved.reduce((a, b) => a + b, 0) !== total) {
    refuse(operator, 'unsupported-attribute', {
      found: `sizes [${sizes.join(', ')}] for ${operator.outputs.length} results along axis ${axis} of [${shape.join(', ')}]`,
      requires: 'one size a result that add up to the dimension',
    });
  }
  let from = 0;
  resolved.forEach((size, output) => {
    const begin = shape.map((_, k) => (k === axis ? from : 0));
    const sizesOfSlice = shape.map((dimension, k) => (k === axis ? size : dimension));
    addSlice(operator, scope, output, { begin, size: sizesOfSlice, strides: ones(shape.length) });
    from += size;
  });
}

function equalSizes(operator: ImportedOperator, dimension: number): readonly number[] {
  const count = operator.outputs.length;
  if (count === 0 || dimension % count !== 0) {
    refuse(operator, 'unsupported-shape', {
      found: `dimension ${dimension} into ${count} parts`,
      requires: 'equal parts',
    });
  }
  return Array.from({ length: count }, () => dimension / count);
}

/** TensorFlow Lite SPLIT: operand 0 is the axis, operand 1 the data; equal parts. */
export const importTfliteSplit: Importer = (operator, scope) => {
  const { shape } = scope.tensor(requiredOperand(operator, 1));
  const [wanted] = constantIntegers(operator, scope, 0);
  const axis = normalAxis(operator, wanted ?? 0, shape.length);
  addSplit(operator, scope, shape, axis, equalSizes(operator, shape[axis]!));
};

/** TensorFlow Lite SPLIT_V: operands data, sizes, axis. */
export const importTfliteSplitV: Importer = (operator, scope) => {
  const { shape } = scope.tensor(requiredOperand(operator, 0));
  const [wanted] = constantIntegers(operator, scope, 2);
  const axis = normalAxis(operator, wanted ?? 0, shape.length);
  addSplit(operator, scope, shape, axis, constantIntegers(operator, scope, 1));
};

/** MindSpore Lite Split: the sizes are operand 1, as from ONNX, or the attribute `size_splits`; without either, equal parts. */
export const importMsliteSplit: Importer = (operator, scope) => {
  const { shape } = scope.tensor(requiredOperand(operator, 0));
  const axis = normalAxis(operator, numberOption(operator, 'axis', 0), shape.length);
  const sizes =
    optionalOperand(operator, 1) === null
      ? numbersOption(operator, 'size_splits', [])
      : constantIntegers(operator, scope, 1);
  addSplit(operator, scope, shape, axis, sizes.length > 0 ? sizes : equalSizes(operator, shape[axis]!));
};
