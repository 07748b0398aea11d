import { describeType, elementCount, sizeOfDType, type TensorId, tensorOf } from '../ir/index.ts';
import { floatLiteral } from '../numerics/index.ts';
import { type Program, rowsDue, rowsOf } from '../schedule/index.ts';
import { cTypeOfDType } from './calls.ts';
import { commentText } from './comment.ts';
import type { ArenaMode } from './view.ts';
import { maximumColumns, wrapped } from './wrap.ts';

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
  /** Address of two words: rows that have come, and ticks that have passed. */
  readonly progress: string;
  /** `push_row` and `push_rows` up to the closing bracket, as the header declares and the code defines them. */
  readonly declarations: readonly [string, string];
  readonly definitions: readonly [string, string];
  /** Keeps the row that has come. */
  readonly copy: string;
  /** Head of the loop over the ticks that have become possible. */
  readonly loop: string;
  /** Of the function that is one tick. */
  readonly first: number;
  readonly last: number;
}

/** What the view depends on beside the program. */
export interface StreamOptions {
  readonly cName: string;
  readonly arena: ArenaMode;
  /** C expression of the address of the two words; null if no input is streamed. */
  readonly progress: string | null;
  /** C expression of a tensor's address. */
  readonly address: (id: TensorId, cType: string) => string;
}

/** The view of the streamed input; null if all inputs are whole. */
export function streamViewOf(program: Program, { cName, arena, progress, address }: StreamOptions): StreamView | null {
  const [segment] = program.segments;
  if (segment?.input === undefined || progress === null) {
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
  const rowBytes = rowElements * sizeOfDType(tensor.dtype);
  const upper = cName.toUpperCase();
  const slot = `${buffer.phase === 0 ? 'progress[0]' : `(progress[0] + ${buffer.phase})`} % ${buffer.slots}`;
  const place = `${address(id, cType)} + ${slot} * ${rowElements}`;
  const due = `${cName}_due(${['progress[1] + 1', lag, every, rows, skip, height].join(', ')})`;
  const loop = [`while (progress[1] < ${segment.ticks} &&`, `${due} <= progress[0]) {`];
  const owner = arena === 'caller' ? ['void *arena'] : [];
  const signatures = (before: string, tail: string): [string, string] => [
    wrapped(`${before}${cName}_status ${cName}_push_row(`, [...owner, `const ${cType} *row`], tail),
    wrapped(`${before}${cName}_status ${cName}_push_rows(`, [...owner, `const ${cType} *rows`, 'int32_t count'], tail),
  ];
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
    rowBytes,
    progress,
    declarations: signatures('', ');'),
    definitions: signatures(`${upper}_SECTION_CODE `, ') {'),
    copy: wrapped('        memcpy(', [place, 'row', String(rowBytes)], ');').trimStart(),
    loop: loop.join(loop.join(' ').length <= maximumColumns - 4 ? ' ' : '\n           '),
    first: segment.first,
    last: segment.end - 1,
  };
}
