import { elementCount, sizeOfDType } from '../ir/index.ts';
import type { Step } from './program.ts';

/**
 * How many bytes before its dying operand a result can start, at least, so that no call of the step's kernel writes over a row
 * that this call or a later one reads; null if the step is not driven over the rows of one image.
 *
 * It follows from the contract of `rows` work alone: the call for output rows [y, y + n) reads input rows from
 * `y * stride - padTop` on, and writes only its own rows. So with the result `distance` bytes before the operand,
 * `(y + n) * outputRow - distance <= firstRow(y) * inputRow` must hold for every call.
 */
export function overlapDistance(step: Step): number | null {
  const { work } = step.call;
  const [input, ...others] = step.view.inputs;
  const [output] = step.view.outputs;
  if (work.kind !== 'rows' || input === null || input === undefined || output === undefined) {
    return null;
  }
  if (input.shape.length !== 4 || input.shape[0] !== 1 || others.some((tensor) => tensor?.kind === 'computed')) {
    return null;
  }
  const inputRowBytes = elementCount(input.shape.slice(2)) * sizeOfDType(input.dtype);
  const outputRowBytes = elementCount(output.shape.slice(2)) * sizeOfDType(output.dtype);
  const [inputHeight, outputHeight] = [input.shape[1]!, output.shape[1]!];
  const { stride, padTop, rowsPerCall = 1 } = work.window;
  let distance = 0;
  for (let y = 0; y < outputHeight; y += rowsPerCall) {
    const end = Math.min(y + rowsPerCall, outputHeight);
    const first = Math.min(Math.max(y * stride - padTop, 0), inputHeight);
    distance = Math.max(distance, end * outputRowBytes - first * inputRowBytes);
  }
  return distance;
}
