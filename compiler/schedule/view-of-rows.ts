import type { NodeView, Tensor } from '../ir/index.ts';
import type { RowWindow } from '../ops/index.ts';
import type { Step } from './program.ts';

/** Instructions of the generated code around a call of a few rows. */
export const instructionsPerCall = 50;

/** The step's node as if its images had only the rows that `rows` rows of work take: what a call of so many rows costs. */
export function viewOfRows(step: Pick<Step, 'call' | 'view'>, rows: number): NodeView {
  const { work } = step.call;
  const { view } = step;
  const cut = (tensor: Tensor | null, height: number): Tensor | null =>
    tensor === null || tensor.kind !== 'computed' || tensor.shape.length !== 4 || tensor.shape[1]! <= height
      ? tensor
      : { ...tensor, shape: tensor.shape.map((size, axis) => (axis === 1 ? height : size)) };
  const operandRows = work.kind === 'rows' ? rowsForWindows(step, work.window, rows) : rows;
  const resultRows = work.kind === 'reduction' ? Number.POSITIVE_INFINITY : rows;
  return {
    ...view,
    inputs: view.inputs.map((tensor) => cut(tensor, operandRows)),
    outputs: view.outputs.map((tensor) => cut(tensor, resultRows)!),
  };
}

/** Rows of an operand in which so many windows fit, with the image's padding above and below. */
function rowsForWindows({ view }: Pick<Step, 'view'>, window: RowWindow, rows: number): number {
  const { stride, kernelHeight, dilation, padTop } = window;
  const reach = (count: number) => (count - 1) * stride + (kernelHeight - 1) * dilation + 1 - padTop;
  const padBottom = Math.max(0, reach(view.outputs[0]!.shape[1]!) - view.inputs[0]!.shape[1]!);
  return Math.max(rows * stride, reach(rows) - padBottom);
}
