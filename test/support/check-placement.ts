/** A validator of memory plans that shares nothing with the planner: from the graph, the steps and the addresses alone. */
import { elementCount, sizeBytesOf, sizeOfDType, type TensorId, tensorOf } from '../../compiler/ir/index.ts';
import type { Step } from '../../compiler/schedule/index.ts';
import { offsetOf, type Placement } from './trace/placements.ts';

/** A tensor with its views: the step that writes it and the last one that reads it; the caller is step -1 and the last. */
interface Stored {
  readonly name: string;
  readonly ids: ReadonlySet<TensorId>;
  /** Aligned, and its views with it. */
  readonly isInPlace: boolean;
  readonly offset: number;
  readonly end: number;
  readonly written: number;
  readonly read: number;
}

/** Everything that is wrong with the places of a program's tensors and scratches; empty if all is well. */
export function placementFaults(placement: Placement): readonly string[] {
  const { program, plan } = placement;
  const stored = storedTensors(placement);
  const faults: string[] = [];
  for (const [i, a] of stored.entries()) {
    if (a.offset < 0 || a.end > plan.sizeBytes) {
      faults.push(`${a.name} leaves the arena`);
    }
    if (!a.isInPlace) {
      faults.push(`${a.name} is not aligned, or a view of it stands elsewhere`);
    }
    for (const b of stored.slice(i + 1)) {
      const [first, second] = a.written <= b.written ? [a, b] : [b, a];
      if (meet(a, b) && second.written <= first.read && !mayReplace(program.steps[second.written], first, second)) {
        faults.push(`${first.name} and ${second.name} share bytes`);
      }
    }
  }
  for (const { step, sizeBytes } of program.scratches) {
    const offset = plan.scratchOffsets.get(step)!;
    const scratch = { offset, end: offset + sizeBytes };
    if (offset % 8 !== 0 || scratch.end > plan.sizeBytes) {
      faults.push(`the scratch of step ${step} stands at ${offset}`);
    }
    for (const tensor of stored.filter(({ written, read }) => written <= step && step <= read)) {
      if (meet(tensor, scratch)) {
        faults.push(`the scratch of step ${step} shares bytes with ${tensor.name}`);
      }
    }
  }
  return faults;
}

function meet(a: Pick<Stored, 'offset' | 'end'>, b: Pick<Stored, 'offset' | 'end'>): boolean {
  return Math.max(a.offset, b.offset) < Math.min(a.end, b.end);
}

/** Every tensor of the arena; views, which stand where their source does, together with it. */
function storedTensors(placement: Placement): readonly Stored[] {
  const { graph, steps } = placement.program;
  const end = steps.length;
  const sources = new Map<TensorId, TensorId>();
  const executed = new Set(steps.map((step) => step.node));
  for (const node of graph.nodes.filter((candidate) => !executed.has(candidate))) {
    const source = node.inputs[0]!;
    sources.set(node.outputs[0]!, sources.get(source) ?? source);
  }
  const root = (id: TensorId) => sources.get(id) ?? id;
  const groups = new Map<TensorId, TensorId[]>();
  for (const [id, tensor] of graph.tensors) {
    if (tensor.kind !== 'constant') {
      groups.set(root(id), [...(groups.get(root(id)) ?? []), id]);
    }
  }
  return [...groups.values()].map((ids): Stored => {
    const tensors = ids.map((id) => tensorOf(graph, id));
    const offsets = new Set(ids.map((id) => offsetOf(placement, id)));
    const [offset] = offsets;
    const isAligned = tensors.every(({ dtype }) => offset! % Math.max(4, sizeOfDType(dtype)) === 0);
    const isState = tensors.some((tensor) => tensor.kind === 'variable');
    const writers = steps.flatMap((step, i) => (step.node.outputs.some((id) => ids.includes(id)) ? [i] : []));
    const readers = steps.flatMap((step, i) => (step.node.inputs.some((id) => ids.includes(id!)) ? [i] : []));
    const written = isState ? -1 : (writers[0] ?? -1);
    const isOutput = ids.some((id) => graph.outputs.includes(id));
    return {
      name: `tensor '${tensors[0]!.name}'`,
      ids: new Set(ids),
      isInPlace: offsets.size === 1 && isAligned,
      offset: offset!,
      end: offset! + Math.max(...tensors.map(sizeBytesOf)),
      written,
      read: isState || isOutput ? end : Math.max(written, ...readers),
    };
  });
}

/** Whether `step` may write `result` over `dying`, which it reads for the last time. */
function mayReplace(step: Step | undefined, dying: Stored, result: Stored): boolean {
  if (step === undefined || dying.read !== result.written || !step.node.outputs.some((id) => result.ids.has(id))) {
    return false;
  }
  const operands = step.node.inputs.flatMap((id, i) => (id !== null && dying.ids.has(id) ? [i] : []));
  if (operands.some((i) => step.call.inPlace.includes(i))) {
    return dying.offset === result.offset && dying.end === result.end;
  }
  return operands.length === 1 && operands[0] === 0 && rowsKeepApart(step, dying.offset, result.offset);
}

/** True if no call of a step that is driven over the rows of one image writes a byte that it or a later call reads. */
function rowsKeepApart(step: Step, inputOffset: number, outputOffset: number): boolean {
  const { work } = step.call;
  const input = step.view.inputs[0]!;
  const output = step.view.outputs[0]!;
  if (work.kind !== 'rows' || input.shape[0] !== 1) {
    return false;
  }
  const { stride, padTop, dilation, kernelHeight, rowsPerCall = 1 } = work.window;
  const rowBytes = (tensor: typeof input) => elementCount(tensor.shape.slice(2)) * sizeOfDType(tensor.dtype);
  const [inputHeight, outputHeight] = [input.shape[1]!, output.shape[1]!];
  const calls = Array.from({ length: Math.ceil(outputHeight / rowsPerCall) }, (_, call) => {
    const from = call * rowsPerCall;
    const to = Math.min(from + rowsPerCall, outputHeight);
    const rows = Array.from({ length: (to - from) * kernelHeight }, (_, k) => {
      const y = from + Math.floor(k / kernelHeight);
      return y * stride - padTop + (k % kernelHeight) * dilation;
    }).filter((row) => row >= 0 && row < inputHeight);
    const write = { offset: outputOffset + from * rowBytes(output), end: outputOffset + to * rowBytes(output) };
    const reads = rows.map((row) => ({
      offset: inputOffset + row * rowBytes(input),
      end: inputOffset + (row + 1) * rowBytes(input),
    }));
    return { write, reads };
  });
  return calls.every(({ write }, i) => calls.slice(i).every(({ reads }) => !reads.some((read) => meet(write, read))));
}

/** Bytes that every plan of whole tensors needs: the most that wait between two steps. */
export function waitingBytes(placement: Placement): number {
  const stored = storedTensors(placement);
  const between = placement.program.steps.map((_, i) =>
    stored
      .filter(({ written, read }) => written < i && read >= i)
      .reduce((sum, { offset, end }) => sum + end - offset, 0),
  );
  return Math.max(0, ...between);
}

/** Bytes where nothing shares any: no plan needs more. */
export function unsharedBytes(placement: Placement): number {
  const sizes = [
    ...storedTensors(placement).map(({ offset, end }) => end - offset),
    ...placement.program.scratches.map(({ sizeBytes }) => sizeBytes),
  ];
  return sizes.reduce((sum, size) => sum + Math.ceil(size / 8) * 8, 0);
}
