import type { ImportedOperator } from '../../frontends/imported-model.ts';
import type { Shape } from '../../ir/index.ts';
import { normalAxis } from '../axis.ts';
import { numberOption, refuse } from '../import-scope.ts';
import type { SliceAttributes } from './definition.ts';

/** The operands of a strided slice as the file has them. */
export interface StridedSliceOperands {
  readonly begin: readonly number[];
  readonly end: readonly number[];
  readonly strides: readonly number[];
  /** Axes that the lists are about; null for the first ones in order. */
  readonly axes: readonly number[] | null;
}

export interface ResolvedStridedSlice {
  readonly slice: SliceAttributes;
  readonly size: Shape;
  /** Without the axes that the shrink mask takes away. */
  readonly shrunkShape: Shape;
}

/**
 * Begins, sizes and strides for every axis, by NumPy's rules for `begin:end:stride`: negative indices count from the end, indices
 * beyond it are moved to it, a masked begin or end is the far end in the stride's direction, a shrunk axis takes one element.
 */
export function resolveStridedSlice(
  operator: ImportedOperator,
  shape: Shape,
  operands: StridedSliceOperands,
): ResolvedStridedSlice {
  const { begin, end, strides } = operands;
  if (begin.length !== end.length || begin.length !== strides.length || begin.length > shape.length) {
    refuse(operator, 'unsupported-attribute', {
      found: `${begin.length} begins, ${end.length} ends, ${strides.length} strides for [${shape.join(', ')}]`,
      requires: 'as many of each, and no more than the input has axes',
    });
  }
  for (const mask of ['ellipsis_mask', 'new_axis_mask']) {
    if (numberOption(operator, mask, 0) !== 0) {
      refuse(operator, 'unsupported-attribute', { found: `${mask} ${numberOption(operator, mask)}`, requires: '0' });
    }
  }
  const axes = (operands.axes ?? begin.map((_, i) => i)).map((axis) => normalAxis(operator, axis, shape.length));
  const has = (mask: string, i: number) => (numberOption(operator, mask, 0) & (1 << i)) !== 0;
  const first = shape.map(() => 0);
  const size = [...shape];
  const step = shape.map(() => 1);
  const shrunk = new Set<number>();
  axes.forEach((axis, i) => {
    const dimension = shape[axis]!;
    const stride = strides[i]!;
    if (stride === 0) {
      refuse(operator, 'unsupported-attribute', { found: `stride 0 along axis ${axis}`, requires: 'another stride' });
    }
    const fromEnd = (index: number) => (index < 0 ? index + dimension : index);
    if (has('shrink_axis_mask', i)) {
      shrunk.add(axis);
      first[axis] = fromEnd(begin[i]!);
      size[axis] = 1;
      return;
    }
    const [low, high] = stride > 0 ? [0, dimension] : [-1, dimension - 1];
    const clampIndex = (index: number) => Math.min(Math.max(fromEnd(index), low), high);
    const start = has('begin_mask', i) ? (stride > 0 ? low : high) : clampIndex(begin[i]!);
    const stop = has('end_mask', i) ? (stride > 0 ? high : low) : clampIndex(end[i]!);
    first[axis] = start;
    step[axis] = stride;
    size[axis] = Math.max(0, Math.ceil((stop - start) / stride));
  });
  return {
    slice: { begin: first, size, strides: step },
    size,
    shrunkShape: size.filter((_, axis) => !shrunk.has(axis)),
  };
}
