import { type Program, rowCountOf, rowsOf, rowsRead, rowsWritten } from '../schedule/index.ts';
import type { Item } from './distances.ts';

/**
 * Bytes of each item that one inference reads and writes, modelled: every call reads the rows of its operands that it needs
 * once, writes its rows of the result once, and writes and reads its scratch once; the caller writes inputs and reads outputs. So
 * a convolution by rows reads a row as often as its windows contain it. That a kernel may read a row several times for the
 * channels of its result is not counted.
 */
export function heatOf(program: Program, items: readonly Item[]): readonly number[] {
  const { graph, steps, calls, bufferOfTensor } = program;
  const ofBuffer = new Map<number, number>();
  const ofScratch = new Map<number, number>();
  const touch = (id: number, bytes: number) => {
    const buffer = bufferOfTensor.get(id)?.id;
    if (buffer !== undefined) {
      ofBuffer.set(buffer, (ofBuffer.get(buffer) ?? 0) + bytes);
    }
  };
  const counts = steps.map(rowCountOf);
  for (const call of calls) {
    if (call.step < 0) {
      const streamed = program.segments.find(({ input }) => input !== undefined)!.input!.tensor;
      touch(streamed, (call.end - call.begin) * rowsOf(graph.tensors.get(streamed)!).rowBytes);
      continue;
    }
    const step = steps[call.step]!;
    step.view.inputs.forEach((tensor, operand) => {
      if (tensor !== null && tensor.kind !== 'constant') {
        const { begin, end } = rowsRead(step, operand, call);
        touch(tensor.id, (end - begin) * rowsOf(tensor).rowBytes * (tensor.kind === 'variable' ? 2 : 1));
      }
    });
    step.view.outputs.forEach((tensor, result) => {
      const rows = rowsWritten(step, result, call, counts[call.step]!);
      touch(tensor.id, rows === null ? 0 : (rows.end - rows.begin) * rowsOf(tensor).rowBytes);
    });
    ofScratch.set(call.step, (ofScratch.get(call.step) ?? 0) + 2 * step.call.scratchBytes);
  }
  const streamed = program.segments.flatMap(({ input }) => input?.tensor ?? []);
  for (const id of [...graph.inputs, ...graph.outputs]) {
    const { height, rowBytes } = rowsOf(graph.tensors.get(id)!);
    touch(id, streamed.includes(id) ? 0 : height * rowBytes);
  }
  return items.map((item) =>
    item.kind === 'buffer' ? (ofBuffer.get(item.buffer.id) ?? 0) : (ofScratch.get(item.scratch.step) ?? 0),
  );
}
