import { describeType, elementCount, sizeOfDType, type TensorId, tensorOf } from '../ir/index.ts';
import { floatLiteral } from '../numerics/index.ts';
import { type Program, rowsDue, rowsOf } from '../schedule/index.ts';
import { cTypeOfDType } from './calls.ts';
import { commentText } from './comment.ts';

/** How the rows of a streamed input are taken, as plain values. */
export interface StreamView {
  readonly cType: string;
  readonly type: string;
  readonly name: string;
  readonly quantized: boolean;
  readonly scale: string;
  readonly zeroPoint: string;
  /** Rows of one inference, and those that are read: rows at the end may be needed by nothing. */
  readonly rows: number;
  readonly neededRows: number;
  readonly rowElements: number;
  readonly rowBytes: number;
  /** Of the row that has come, in C. */
  readonly slot: string;
  readonly address: string;
  /** Address of two words: rows that have come, and ticks that have passed. */
  readonly progress: string;
  readonly ticks: number;
  /** The rows that must have come before tick `progress[1]`. */
  readonly due: string;
  /** Of the function that is one tick. */
  readonly first: number;
  readonly last: number;
}

/** Bytes that the progress of a streamed inference takes, behind everything else. */
export const progressBytes = 8;

/** The view of the streamed input; null if all inputs are whole. */
export function streamViewOf(
  program: Program,
  cName: string,
  arenaBytes: number,
  address: (id: TensorId, cType: string) => string,
): StreamView | null {
  const [segment] = program.segments;
  if (segment?.input === undefined) {
    return null;
  }
  const { tensor: id, pace } = segment.input;
  const tensor = tensorOf(program.graph, id);
  const { height } = rowsOf(tensor);
  const buffer = program.bufferOfTensor.get(id)!;
  const rowElements = elementCount(tensor.shape) / height;
  const cType = cTypeOfDType(tensor.dtype);
  const scale = tensor.quantization?.scales[0];
  const { lag, every, rows, skip } = pace;
  return {
    cType,
    type: describeType(tensor),
    name: commentText(tensor.name),
    quantized: scale !== undefined,
    scale: scale === undefined ? '' : floatLiteral(scale),
    zeroPoint: scale === undefined ? '' : `(${tensor.quantization!.zeroPoints[0]})`,
    rows: height,
    neededRows: rowsDue(pace, segment.ticks, height),
    rowElements,
    rowBytes: rowElements * sizeOfDType(tensor.dtype),
    slot: `${buffer.phase === 0 ? 'progress[0]' : `(progress[0] + ${buffer.phase})`} % ${buffer.slots}`,
    address: address(id, cType),
    progress: `${cName.toUpperCase()}_AT(int32_t, ${arenaBytes})`,
    ticks: segment.ticks,
    due: `${cName}_due(${['progress[1] + 1', lag, every, rows, skip, height].join(', ')})`,
    first: segment.first,
    last: segment.end - 1,
  };
}
