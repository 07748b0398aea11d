/** From steps and segments to a program: which calls are made, and when each row of each buffer is in use. */
import { type Graph, sizeBytesOf, sizeOfDType, type TensorId, tensorOf } from '../ir/index.ts';
import { rowsDue } from './pace.ts';
import type { Buffer, Call, Handover, Pace, Program, Scratch, Segment, Step } from './program.ts';
import { rowCountOf, rowsOf, rowsRead, rowsWritten } from './row-access.ts';
import { rowsInTick } from './segments.ts';
import { isPitched, isWhole, placeOf, sourceOf, type Views, wordBytes } from './views.ts';

/** A buffer while its times are being found. */
interface Draft {
  readonly tensors: TensorId[];
  readonly rowBytes: number;
  readonly height: number;
  readonly sameRows: boolean;
  readonly written: number[];
  readonly read: number[];
}

/**
 * The program of `steps` in these segments, which must cover them in order; `views` are those of the graph. What is stored in
 * tensors of `outside` and their views lies in memory of the caller.
 */
export function programOf(
  graph: Graph,
  steps: readonly Step[],
  segments: readonly Segment[],
  views: Views,
  outside: ReadonlySet<TensorId> = new Set(),
): Program {
  const drafts = draftsOf(graph, steps, views);
  const isOutside = (draft: Draft) => draft.tensors.some((id) => outside.has(id));
  const inArena = [...new Set(drafts.values())].filter((draft) => !isOutside(draft));
  const ofCaller = [...new Set(drafts.values())].filter(isOutside);
  const bufferOf = new Map([...inArena, ...ofCaller].map((draft, id) => [draft, id] as const));
  const touch = (id: TensorId, first: number, last: number, from: number, to: number) => {
    const draft = drafts.get(id)!;
    const tensor = tensorOf(graph, id);
    const { offsetBytes, strideBytes } = placeOf(views, tensor);
    const lastEnd = offsetBytes + (last - 1) * strideBytes + rowsOf(tensor).rowBytes;
    const begin = Math.floor((offsetBytes + first * strideBytes) / draft.rowBytes);
    const end = last > first ? Math.ceil(lastEnd / draft.rowBytes) : begin;
    for (let row = begin; row < end; row++) {
      draft.written[row] = Math.min(draft.written[row] ?? Number.POSITIVE_INFINITY, from);
      draft.read[row] = Math.max(draft.read[row] ?? from, to);
    }
  };
  const touchAll = (id: TensorId, from: number, to: number) =>
    touch(id, 0, rowsOf(tensorOf(graph, id)).height, from, to);
  const streamed = segments.flatMap((segment) => segment.input?.tensor ?? []);
  for (const id of graph.inputs) {
    if (!streamed.includes(id)) {
      touchAll(id, 0, 0);
    }
  }
  const calls: Call[] = [];
  const handovers: Handover[] = [];
  const spans = steps.map((): [number, number][] => []);
  for (const call of callsOf(graph, steps, segments)) {
    const at = 2 * calls.length + 1;
    if (call.step < 0) {
      touch(streamed[0]!, call.begin, call.end, at + 1, at + 1);
      calls.push(call);
      continue;
    }
    const step = steps[call.step]!;
    step.view.inputs.forEach((tensor, operand) => {
      if (tensor === null || tensor.kind !== 'computed') {
        return;
      }
      const { begin, end } = rowsRead(step, operand, call);
      const handsOver = step.call.inPlace.includes(operand) && mayHandOver(graph, views, step, operand);
      touch(tensor.id, begin, end, at, handsOver ? at : at + 1);
      if (handsOver) {
        const [from, to] = [tensor.id, step.view.outputs[0]!.id].map((id) => bufferOf.get(drafts.get(id)!)!);
        if (Math.max(from!, to!) < inArena.length) {
          handovers.push({ step: call.step, call: calls.length, operand, from: from!, to: to! });
        }
      }
    });
    step.view.outputs.forEach((tensor, result) => {
      const rows = rowsWritten(step, result, call, rowCountOf(step));
      if (rows !== null && tensor.kind === 'computed') {
        touch(tensor.id, rows.begin, rows.end, at + 1, at + 1);
      }
    });
    if (step.call.scratchBytes > 0) {
      addSpan(spans[call.step]!, at, at + 1, step.call.work.kind === 'reduction');
    }
    calls.push(call);
  }
  const end = 2 * calls.length + 1;
  for (const id of graph.outputs) {
    if (drafts.has(id)) {
      touchAll(id, end, end);
    }
  }
  for (const tensor of graph.tensors.values()) {
    if (tensor.kind === 'variable') {
      touchAll(tensor.id, 0, end);
    }
  }
  const turns = turnsOfWriters(steps, segments, views);
  const buffers = [...bufferOf].map(([draft, id]) => finished(graph, draft, id, turns));
  const scratches = steps.flatMap((step, index): readonly Scratch[] =>
    step.call.scratchBytes > 0 ? [{ step: index, sizeBytes: step.call.scratchBytes, spans: spans[index]! }] : [],
  );
  const bufferOfTensor = new Map([...drafts].map(([id, draft]) => [id, buffers[bufferOf.get(draft)!]!] as const));
  return {
    graph,
    steps,
    segments,
    calls,
    buffers: buffers.slice(0, inArena.length),
    outside: buffers.slice(inArena.length),
    bufferOfTensor,
    views,
    scratches,
    handovers,
  };
}

/** Kernel calls in the order of execution. */
function* callsOf(graph: Graph, steps: readonly Step[], segments: readonly Segment[]): Generator<Call> {
  for (const segment of segments) {
    const heights = steps.slice(segment.first, segment.end).map(rowCountOf);
    for (let tick = 0; tick < segment.ticks; tick++) {
      if (segment.input !== undefined) {
        const { tensor, pace } = segment.input;
        const { height } = rowsOf(tensorOf(graph, tensor));
        const [begin, end] = [rowsDue(pace, tick, height), rowsDue(pace, tick + 1, height)];
        if (end > begin) {
          yield { step: -1, begin, end };
        }
      }
      for (let step = segment.first; step < segment.end; step++) {
        const k = step - segment.first;
        const { begin, end } = rowsInTick(segment, k, tick, heights[k]!);
        const { work } = steps[step]!.call;
        const most = work.kind === 'rows' && isOneImage(steps[step]!) ? (work.window.rowsPerCall ?? 1) : end - begin;
        for (let row = begin; row < end; row += most) {
          yield { step, begin: row, end: Math.min(row + most, end) };
        }
      }
    }
  }
}

function isOneImage(step: Step): boolean {
  return step.view.outputs[0]!.shape[0] === 1;
}

/** True if the promise of `inPlace` can be used: the bytes of operand and result correspond, and are all of their buffers. */
function mayHandOver(graph: Graph, views: Views, step: Step, operand: number): boolean {
  const [from, to] = [step.view.inputs[operand]!, step.view.outputs[0]!];
  if (!isWhole(graph, views, from) || !isWhole(graph, views, to)) {
    return false;
  }
  return step.call.work.kind !== 'rows' || (isOneImage(step) && rowsOf(from).rowBytes === rowsOf(to).rowBytes);
}

function addSpan(spans: [number, number][], from: number, to: number, keeps: boolean): void {
  const last = spans.at(-1);
  if (last !== undefined && (keeps || last[1] === from - 1)) {
    last[1] = to;
  } else {
    spans.push([from, to]);
  }
}

/** A draft for every stored tensor; views share that of their source. */
function draftsOf(graph: Graph, steps: readonly Step[], views: Views): ReadonlyMap<TensorId, Draft> {
  const stored: TensorId[] = [
    ...graph.inputs,
    ...steps.flatMap((step) => [...step.view.inputs, ...step.view.outputs].flatMap((t) => (t === null ? [] : [t.id]))),
    ...graph.outputs,
    ...[...graph.tensors.values()].flatMap((tensor) => (tensor.kind === 'variable' ? [tensor.id] : [])),
  ];
  const groups = new Map<TensorId, Set<TensorId>>();
  for (const id of stored) {
    if (tensorOf(graph, id).kind !== 'constant') {
      const source = sourceOf(views, id);
      groups.set(source, (groups.get(source) ?? new Set([source])).add(id));
    }
  }
  const drafts = new Map<TensorId, Draft>();
  for (const group of groups.values()) {
    const draft = { tensors: [...group], ...rowsOfGroup(graph, views, [...group]), written: [], read: [] };
    for (const id of group) {
      drafts.set(id, draft);
    }
  }
  return drafts;
}

/** Most rows into which a buffer without images is split, so that its parts live each for themselves. */
const mostParts = 64;

/**
 * Rows of a buffer: the shortest that a tensor has, or a view of it; where none is an image, bytes of which every part is a
 * multiple. The first of the group is the source.
 */
function rowsOfGroup(
  graph: Graph,
  views: Views,
  group: readonly TensorId[],
): Pick<Draft, 'rowBytes' | 'height' | 'sameRows'> {
  const members = group.map((id) => {
    const tensor = tensorOf(graph, id);
    return { ...placeOf(views, tensor), height: rowsOf(tensor).height };
  });
  const sizeBytes = sizeBytesOf(tensorOf(graph, group[0]!));
  const images = members.filter(({ height, strideBytes }) => height > 1 && sizeBytes % strideBytes === 0);
  const parts = members.flatMap(({ offsetBytes, strideBytes }) => [offsetBytes, strideBytes]);
  const common = images.length > 0 ? sizeBytes : parts.reduce(greatestCommonDivisor, sizeBytes);
  const rowBytes = images.reduce(
    (least, { strideBytes }) => Math.min(least, strideBytes),
    common * mostParts < sizeBytes ? sizeBytes : common,
  );
  const height = sizeBytes / rowBytes;
  return {
    rowBytes,
    height,
    sameRows: members.every((member) => member.height === height && member.strideBytes === rowBytes),
  };
}

/** The buffer of a draft: as few slots as its rows need. */
function finished(graph: Graph, draft: Draft, id: number, turns: ReadonlyMap<TensorId, Turn>): Buffer {
  const { tensors, rowBytes, height, sameRows } = draft;
  const written = Array.from({ length: height }, (_, row) => draft.written[row] ?? 0);
  const read = Array.from({ length: height }, (_, row) => draft.read[row] ?? written[row]!);
  for (let row = height - 2; row >= 0; row--) {
    written[row] = Math.min(written[row]!, written[row + 1]!);
  }
  for (let row = 1; row < height; row++) {
    read[row] = Math.max(read[row]!, read[row - 1]!);
  }
  const fewest = sameRows ? fewestSlots(written, read) : height;
  const turn = tensors.map((tensor) => turns.get(tensor)).find((found) => found !== undefined);
  const slots = turn === undefined ? fewest : Math.ceil(fewest / turn.rows) * turn.rows;
  const isRing = slots < height;
  const sizes = tensors.map((tensor) => sizeOfDType(tensorOf(graph, tensor).dtype));
  return {
    id,
    tensors,
    rowBytes,
    height,
    slots: isRing ? slots : height,
    phase: isRing ? (turn?.skip ?? 0) % slots : 0,
    alignmentBytes: Math.max(wordBytes, ...sizes),
    written,
    read,
    sameRows,
  };
}

/** Rows that are written together, and how many are missing in the first turn. */
type Turn = Pick<Pace, 'rows' | 'skip'>;

/** By result: the turns of steps whose kernels gain from several rows a call. Their rings hold whole turns in a row. */
function turnsOfWriters(
  steps: readonly Step[],
  segments: readonly Segment[],
  views: Views,
): ReadonlyMap<TensorId, Turn> {
  const turns = new Map<TensorId, Turn>();
  for (const { first, paces } of segments) {
    paces.forEach(({ rows, skip }, k) => {
      const { call, view } = steps[first + k]!;
      const together = call.work.kind === 'rows' ? Math.min(call.work.window.rowsPerCall ?? 1, rows) : 1;
      if (together > 1 && paces.length > 1 && !isPitched(views, view.outputs[0]!.id)) {
        turns.set(view.outputs[0]!.id, { rows: together, skip });
      }
    });
  }
  return turns;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** The most rows, first to last, that are in use at a time. */
function fewestSlots(written: readonly number[], read: readonly number[]): number {
  let most = 1;
  let oldest = 0;
  written.forEach((time, row) => {
    while (read[oldest]! < time) {
      oldest++;
    }
    most = Math.max(most, row - oldest + 1);
  });
  return most;
}
