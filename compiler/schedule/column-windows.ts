import {
  type Attributes,
  type Graph,
  type Node,
  type NodeView,
  operand,
  result,
  type Tensor,
  viewOf,
} from '../ir/index.ts';
import type { Conv2dAttributes } from '../ops/conv2d/definition.ts';
import { type DepthwiseConv2dAttributes, depthwiseWindows } from '../ops/depthwise-conv2d/definition.ts';
import type { PadAttributes } from '../ops/pad/definition.ts';
import { dilatedSize } from '../ops/padding.ts';
import { type PoolAttributes, poolWindows } from '../ops/pool.ts';
import type { Windows } from '../ops/windows.ts';

/** Which columns of an operand a node reads for column x of its result: `span` columns from `x * stride - left` on. */
export interface ColumnWindow {
  /** Index of the operand. */
  readonly operand: number;
  readonly stride: number;
  readonly span: number;
  /** Rows of the operand that are read for a row of the result. */
  readonly rows: number;
  /** Columns of padding in front of the image. */
  readonly left: number;
  /** Columns of the image. */
  readonly width: number;
  /** The node's attributes with other columns of padding. */
  readonly withPadding: (
    attributes: Attributes,
    padding: { readonly left: number; readonly right: number },
  ) => Attributes;
}

const unchanged: ColumnWindow['withPadding'] = (attributes) => attributes;

/** Operators whose results have a column for every column of their operands. */
const columnByColumn = new Set(['add', 'sub', 'mul', 'relu', 'quantize', 'dequantize', 'logistic', 'tanh', 'concat']);

/**
 * The windows of every operand of which a node reads some columns for some columns of its result. What it reads besides is the
 * same for all columns. Null if columns go into the result in another way.
 */
export function columnWindows(graph: Graph, node: Node): readonly ColumnWindow[] | null {
  const view = viewOf(graph, node);
  if (view.outputs.length !== 1 || result(view).shape.length !== 4 || result(view).kind !== 'computed') {
    return null;
  }
  switch (node.operator) {
    case 'conv2d':
      return isImage(operand(view, 0)) ? [convolved(view as NodeView<Conv2dAttributes>)] : null;
    case 'depthwise_conv2d':
      return windowed(view, depthwiseWindows(view as NodeView<DepthwiseConv2dAttributes>));
    case 'max_pool2d':
    case 'average_pool2d':
      return windowed(view, poolWindows(view as NodeView<PoolAttributes>));
    case 'pad':
      return isImage(operand(view, 0)) ? [padded(view as NodeView<PadAttributes>)] : null;
    default:
      return columnByColumn.has(node.operator) ? sameColumns(view) : null;
  }
}

function isImage(tensor: Tensor): boolean {
  return tensor.kind === 'computed' && tensor.shape.length === 4;
}

function windowed(view: NodeView, { kernel, strides, dilations, padding }: Windows): readonly ColumnWindow[] | null {
  return isImage(operand(view, 0)) ? [windowOf(operand(view, 0), { kernel, strides, dilations, padding })] : null;
}

function convolved(view: NodeView<Conv2dAttributes>): ColumnWindow {
  const { strides, dilations, padding } = view.attributes;
  const [, height, width] = operand(view, 1).shape as [number, number, number, number];
  return windowOf(operand(view, 0), { kernel: [height, width], strides, dilations, padding });
}

function windowOf(image: Tensor, { kernel, strides, dilations, padding }: Windows): ColumnWindow {
  return {
    operand: 0,
    stride: strides[1],
    span: dilatedSize(kernel[1], dilations[1]),
    rows: dilatedSize(kernel[0], dilations[0]),
    left: padding[2],
    width: image.shape[2]!,
    withPadding: (attributes, { left, right }) => ({ ...attributes, padding: [padding[0], padding[1], left, right] }),
  };
}

function padded(view: NodeView<PadAttributes>): ColumnWindow {
  const along = (counts: readonly number[], columns: number) =>
    counts.map((count, axis) => (axis === 2 ? columns : count));
  const { before, after } = view.attributes;
  return {
    operand: 0,
    stride: 1,
    span: 1,
    rows: 1,
    left: before[2]!,
    width: operand(view, 0).shape[2]!,
    withPadding: (attributes, { left, right }) => ({
      ...attributes,
      before: along(before, left),
      after: along(after, right),
    }),
  };
}

/** Of operators that go column by column; an operand with one column for all of them is read as a whole. */
function sameColumns(view: NodeView): readonly ColumnWindow[] | null {
  const width = result(view).shape[2]!;
  if (view.node.operator === 'concat' && view.attributes.axis === 2) {
    return null;
  }
  const windows: ColumnWindow[] = [];
  for (const [index, tensor] of view.inputs.entries()) {
    if (tensor !== null && isImage(tensor) && tensor.shape[2] === width) {
      windows.push({ operand: index, stride: 1, span: 1, rows: 1, left: 0, width, withPadding: unchanged });
    } else if (tensor !== null && (tensor.shape.at(-2) ?? 1) !== 1) {
      return null;
    }
  }
  return windows.length > 0 ? windows : null;
}
