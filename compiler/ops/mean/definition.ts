import { elementCount, type OperatorDefinition, operand, type Shape } from '../../ir/index.ts';
import { quantizedPerTensor } from '../constraints.ts';
import type { ShapeView } from '../windows.ts';

export type MeanAttributes = {
  /** Ascending, each once, 0 to rank - 1. */
  readonly axes: readonly number[];
  readonly keepDimensions: boolean;
};

/** Runs of kept and of reduced dimensions that the kernels loop over: enough for any tensor of rank 8. */
const maximumRank = 8;

export const mean: OperatorDefinition<MeanAttributes> = {
  name: 'mean',
  summary: 'output = the mean of the input over the axes',
  attributes: {
    axes: 'dimensions that the mean is over, ascending',
    keepDimensions: 'the axes stay, as dimensions of 1',
  },
  inputs: [{ name: 'input', description: `any shape of rank 1 to ${maximumRank}` }],
  outputs: [{ name: 'output', description: "the input's shape without the axes, or with 1 in their place" }],
  signatures: [
    { inputs: ['int8'], outputs: ['int8'] },
    { inputs: ['float32'], outputs: ['float32'] },
  ],
  constraints: [
    {
      diagnostic: 'unsupported-shape',
      requires: `rank 1 to ${maximumRank}`,
      violation: (view) => {
        const { length } = operand(view, 0).shape;
        return length >= 1 && length <= maximumRank ? null : `rank ${length}`;
      },
    },
    {
      diagnostic: 'unsupported-attribute',
      requires: "at least one axis, ascending, each once and among the input's dimensions",
      violation: (view) => {
        const { axes } = view.attributes;
        const ascending = axes.every((axis, i) => Number.isInteger(axis) && axis > (axes[i - 1] ?? -1));
        return axes.length > 0 && ascending && axes.at(-1)! < operand(view, 0).shape.length ? null : `axes [${axes}]`;
      },
    },
    quantizedPerTensor({ inputs: [0], outputs: [0] }),
  ],
  inferShapes: (view): readonly Shape[] => {
    const { axes, keepDimensions } = view.attributes;
    const { shape } = operand(view, 0);
    return [
      keepDimensions
        ? shape.map((dimension, i) => (axes.includes(i) ? 1 : dimension))
        : shape.filter((_, i) => !axes.includes(i)),
    ];
  },
  macs: () => 0,
};

/** Elements that each mean is over. */
export function meanCount(view: ShapeView<MeanAttributes>): number {
  return elementCount(view.attributes.axes.map((axis) => operand(view, 0).shape[axis]!));
}

/** A run of neighbouring dimensions: elements, and the distance between them in the input. */
export interface DimensionRun {
  readonly size: number;
  readonly stride: number;
}

/** The input's dimensions, neighbours of a kind merged, outermost first; dimensions of 1 are left out. */
export function dimensionRuns(view: ShapeView<MeanAttributes>): {
  readonly kept: readonly DimensionRun[];
  readonly reduced: readonly DimensionRun[];
} {
  const runs: { isReduced: boolean; size: number; stride: number }[] = [];
  const { shape } = operand(view, 0);
  let stride = elementCount(shape);
  shape.forEach((size, axis) => {
    stride /= size;
    const isReduced = view.attributes.axes.includes(axis);
    const last = runs.at(-1);
    if (size === 1) {
      return;
    }
    if (last?.isReduced === isReduced) {
      last.size *= size;
      last.stride = stride;
    } else {
      runs.push({ isReduced, size, stride });
    }
  });
  return { kept: runs.filter((run) => !run.isReduced), reduced: runs.filter((run) => run.isReduced) };
}
