/** Which rows of its operands a step reads for which rows of its own: all that schedules and memory plans know of kernels. */
import { elementCount, type NodeView, sizeBytesOf, type Tensor } from '../ir/index.ts';
import { operatorNamed } from '../ops/index.ts';
import type { Step } from './program.ts';

/** Rows [begin, end). */
export interface RowRange {
  readonly begin: number;
  readonly end: number;
}

/** Rows of a tensor, as storage: those of one NHWC image, else one row that is all of it. */
export function rowsOf(tensor: Pick<Tensor, 'shape' | 'dtype'>): {
  readonly height: number;
  readonly rowBytes: number;
} {
  const [batches, height] = tensor.shape;
  const rows = tensor.shape.length === 4 && batches === 1 ? height! : 1;
  return { height: rows, rowBytes: sizeBytesOf(tensor) / rows };
}

/** Rows that a step computes one after another: of its result, or, of a reduction, of its operand. */
export function rowCountOf(step: Pick<Step, 'call' | 'view'>): number {
  const { work } = step.call;
  const [result] = step.view.outputs;
  switch (work.kind) {
    case 'rows':
      return result!.shape[1]!;
    case 'run':
      return movesByRows(step) ? rowsOf(result!).height : 1;
    case 'reduction':
      return rowsOf(step.view.inputs[0]!).height;
    case 'whole':
      return 1;
  }
}

/** True if the rows of a step of `run` work are runs of whole units, and all its operands have as many rows. */
function movesByRows(step: Pick<Step, 'call' | 'view'>): boolean {
  const { work } = step.call;
  const result = step.view.outputs[0]!;
  const { height } = rowsOf(result);
  return (
    work.kind === 'run' &&
    work.units % height === 0 &&
    result.shape.length === 4 &&
    step.view.inputs.every((tensor) => tensor?.kind !== 'computed' || rowsOf(tensor).height === height)
  );
}

/** True if the step can compute its rows one after another, while others compute theirs. */
export function isDrivenByRows(step: Pick<Step, 'call' | 'view'>): boolean {
  const { call, view } = step;
  const images = [view.inputs[0], view.outputs[0]];
  if (view.outputs.length !== 1 || view.inputs.some((tensor) => tensor?.kind === 'variable')) {
    return false;
  }
  switch (call.work.kind) {
    case 'rows':
      return (
        images.every((tensor) => tensor?.shape.length === 4 && tensor.shape[0] === 1) &&
        view.inputs.slice(1).every((tensor) => tensor?.kind !== 'computed')
      );
    case 'run':
      return movesByRows(step);
    case 'reduction':
      return view.inputs[0]!.shape.length === 4 && view.inputs[0]!.shape[0] === 1;
    case 'whole':
      return false;
  }
}

/** True if on every core there is a kernel that computes the node's rows one after another. */
export function canBeDrivenByRows(view: NodeView): boolean {
  return operatorNamed(view.node.operator).kernels.some(
    (kernel) =>
      kernel.isa === 'portable' &&
      kernel.accepts(view) &&
      isDrivenByRows({ view, call: kernel.lower(view, { rounding: 'double' }) }),
  );
}

/** Rows of an operand that the step reads for its rows [begin, end); none if they lie outside of the image. */
export function rowsRead(step: Step, operand: number, { begin, end }: RowRange): RowRange {
  const tensor = step.view.inputs[operand]!;
  const { height } = rowsOf(tensor);
  const { work } = step.call;
  if (work.kind === 'rows' && operand === 0 && tensor.shape[0] === 1) {
    const { stride, padTop, kernelHeight, dilation } = work.window;
    const clamp = (row: number) => Math.min(Math.max(row, 0), height);
    return {
      begin: clamp(begin * stride - padTop),
      end: clamp((end - 1) * stride - padTop + (kernelHeight - 1) * dilation + 1),
    };
  }
  const follows = (work.kind === 'run' && movesByRows(step)) || (work.kind === 'reduction' && operand === 0);
  return follows ? { begin, end } : { begin: 0, end: height };
}

/** Rows of the result that are written when the step computes its rows [begin, end); `count` is how many rows it has. */
export function rowsWritten(step: Step, result: number, { begin, end }: RowRange, count: number): RowRange | null {
  const { height } = rowsOf(step.view.outputs[result]!);
  if (step.call.work.kind === 'reduction') {
    return end === count ? { begin: 0, end: height } : null;
  }
  const byRows = step.call.work.kind === 'rows' ? step.view.outputs[0]!.shape[0] === 1 : count === height;
  return byRows ? { begin, end } : { begin: 0, end: height };
}

/** Bytes of a unit of an operand or result of `run` work. */
export function unitBytes(tensor: Pick<Tensor, 'shape' | 'dtype'>, units: number): number {
  return elementCount(tensor.shape) === 0 ? 0 : sizeBytesOf(tensor) / units;
}
