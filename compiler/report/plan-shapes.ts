/** What a plan stores where and when: the facts behind its picture and its table. */
import { type Tensor, tensorOf } from '../ir/index.ts';
import type { CompileResult } from '../pipeline.ts';
import { type Buffer, type Scratch, sizeOfBuffer } from '../schedule/index.ts';

/** A program and where its buffers stand. */
export type PlannedProgram = Pick<CompileResult, 'program' | 'plan'>;

/** Bytes of the arena that hold something, and when: times as `Buffer` counts them, inclusive. */
export interface Cell {
  readonly low: number;
  /** One past the last byte. */
  readonly high: number;
  /** Ascending, apart from one another. */
  readonly spans: readonly (readonly [from: number, to: number])[];
}

/** A buffer, or the scratch of a step. */
export interface PlanShape {
  readonly kind: 'buffer' | 'scratch';
  /** Of a buffer: its members; none for scratch. */
  readonly tensors: readonly Tensor[];
  readonly name: string;
  /** As the plan counts; parts of an arena in several memories follow one another. */
  readonly offset: number;
  readonly sizeBytes: number;
  /** Rows that it has room for, of `height`; scratch is one row. */
  readonly slots: number;
  readonly height: number;
  readonly rowBytes: number;
  /** First and last time of use. */
  readonly from: number;
  readonly to: number;
  /** From low to high bytes; neighbours that live at the same times are one. */
  readonly cells: readonly Cell[];
}

/** Times of a program: 0 for the caller's inputs, two for each call, one for the caller's reading of the outputs. */
export function timesOf({ program }: PlannedProgram): number {
  return 2 * program.calls.length + 2;
}

/** All that the arena holds, by offset. Cells of different shapes never share a byte at a time. */
export function shapesOf({ program, plan }: PlannedProgram): readonly PlanShape[] {
  const buffers = program.buffers.map((buffer): PlanShape => {
    const tensors = buffer.tensors.map((id) => tensorOf(program.graph, id));
    const offset = plan.bufferOffsets.get(buffer.id)!;
    const { slots, height, rowBytes } = buffer;
    return {
      kind: 'buffer',
      tensors,
      name: tensors[0]!.name,
      offset,
      sizeBytes: sizeOfBuffer(buffer),
      slots,
      height,
      rowBytes,
      from: Math.min(...buffer.written.slice(0, 1)),
      to: buffer.read.at(-1)!,
      cells: cellsOf(buffer, offset),
    };
  });
  const scratches = program.scratches.map((scratch: Scratch): PlanShape => {
    const { sizeBytes, spans } = scratch;
    const offset = plan.scratchOffsets.get(scratch.step)!;
    return {
      kind: 'scratch',
      tensors: [],
      name: `scratch of ${program.steps[scratch.step]!.node.name}`,
      offset,
      sizeBytes,
      slots: 1,
      height: 1,
      rowBytes: sizeBytes,
      from: spans[0]![0],
      to: spans.at(-1)![1],
      cells: [{ low: offset, high: offset + sizeBytes, spans }],
    };
  });
  return [...buffers, ...scratches].sort((a, b) => a.offset - b.offset || a.from - b.from);
}

function cellsOf({ slots, height, phase, rowBytes, written, read }: Buffer, offset: number): readonly Cell[] {
  const bySlot = Array.from({ length: slots }, (): [number, number][] => []);
  for (let row = 0; row < height; row++) {
    bySlot[(row + phase) % slots]!.push([written[row]!, read[row]!]);
  }
  return mergedCells(
    bySlot.map((spans, slot) => ({ low: offset + slot * rowBytes, high: offset + (slot + 1) * rowBytes, spans })),
  );
}

/** Cells of which neighbours that live at the same times are one. */
export function mergedCells(cells: readonly Cell[]): readonly Cell[] {
  const merged: Cell[] = [];
  for (const cell of cells) {
    const last = merged.at(-1);
    if (last !== undefined && last.high === cell.low && sameSpans(last, cell)) {
      merged[merged.length - 1] = { ...last, high: cell.high };
    } else if (cell.spans.length > 0) {
      merged.push(cell);
    }
  }
  return merged;
}

function sameSpans(a: Cell, b: Cell): boolean {
  return (
    a.spans.length === b.spans.length &&
    a.spans.every(([from, to], i) => from === b.spans[i]![0] && to === b.spans[i]![1])
  );
}

/** Bytes in use at every time. */
export function bytesInUse(shapes: readonly PlanShape[], times: number): readonly number[] {
  const changes = new Array<number>(times + 1).fill(0);
  for (const { low, high, spans } of shapes.flatMap((shape) => shape.cells)) {
    for (const [from, to] of spans) {
      changes[from]! += high - low;
      changes[to + 1]! -= high - low;
    }
  }
  let sum = 0;
  return changes.slice(0, times).map((change) => {
    sum += change;
    return sum;
  });
}

/** What happens at a time: a step by its index, or what the caller does. */
export function momentOf(planned: PlannedProgram, time: number): string {
  if (time === 0) {
    return 'input';
  }
  const call = planned.program.calls[(time - 1) >> 1];
  return call === undefined ? 'output' : call.step < 0 ? 'input' : String(call.step);
}

/** The memory that an offset lies in, null where the arena lies anywhere, and the offset in its array there. */
export function placeOf(
  { plan }: PlannedProgram,
  offset: number,
): { readonly memory: string | null; readonly offset: number } {
  const part = plan.parts.findLast(({ baseOffset }) => baseOffset <= offset);
  return { memory: part?.memory.name ?? null, offset: offset - (part?.baseOffset ?? 0) };
}

/** "input" or "output" in front of a name where the caller uses the buffer. */
export function roleOf({ program }: PlannedProgram, { tensors }: PlanShape): string {
  const isOne = (ids: readonly number[]) => tensors.some((tensor) => ids.includes(tensor.id));
  return [isOne(program.graph.inputs) ? 'input' : '', isOne(program.graph.outputs) ? 'output' : '']
    .filter((role) => role !== '')
    .join(', ');
}
