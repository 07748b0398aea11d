import { type Graph, sizeBytesOf, sizeOfDType, type Tensor, type TensorId, tensorOf } from '../ir/index.ts';
import { isView } from './choose-kernels.ts';
import { overlapDistance } from './overlap.ts';
import type { Buffer, Program, Scratch, Step } from './program.ts';

/** Kernels read whole words of int8 data, so every tensor starts on a word. */
const wordBytes = 4;

/** Results that overlap their operand start a multiple of this before it, so that all stay aligned. */
const overlapAlignmentBytes = 8;

/** Tensors that share bytes: where each starts, relative to the others; below 0 is before the first. */
type Group = Map<TensorId, number>;

/**
 * Decides which tensors share bytes, and how long each buffer lives. The results of `overlapped` steps (by index) start
 * inside or shortly before their dying operand, where the step allows it.
 */
export function assignBuffers(
  graph: Graph,
  steps: readonly Step[],
  overlapped: ReadonlySet<number> = new Set(),
): Program {
  const times = lifetimes(graph, steps);
  const groups = [...new Set(groupTensors(graph, steps, times, overlapped).values())];
  const buffers = groups.map((group, id) => bufferOf(graph, group, id, times));
  const bufferOfTensor = new Map(
    buffers.flatMap((buffer) => buffer.tensors.map((tensor) => [tensor, buffer] as const)),
  );
  const offsetInBuffer = new Map(
    groups.flatMap((group) => {
      const lowest = Math.min(...group.values());
      return [...group].map(([tensor, offset]) => [tensor, offset - lowest] as const);
    }),
  );
  const scratches: Scratch[] = steps.flatMap((step, i) =>
    step.call.scratchBytes > 0 ? [{ step: i, sizeBytes: step.call.scratchBytes }] : [],
  );
  return { graph, steps, buffers, bufferOfTensor, offsetInBuffer, scratches };
}

interface Lifetime {
  first: number;
  last: number;
}

/** When each stored tensor is first written and last needed. */
function lifetimes(graph: Graph, steps: readonly Step[]): Map<TensorId, Lifetime> {
  const end = steps.length + 1;
  const times = new Map<TensorId, Lifetime>();
  const touch = (id: TensorId, time: number) => {
    const known = times.get(id);
    if (known === undefined) {
      times.set(id, { first: time, last: time });
    } else {
      known.last = Math.max(known.last, time);
      known.first = Math.min(known.first, time);
    }
  };
  for (const id of graph.inputs) {
    touch(id, 0);
  }
  const stepOf = new Map(steps.map((step, i) => [step.node, i + 1]));
  let time = 0;
  for (const node of graph.nodes) {
    // A view happens at the time of the step before it: its source is written by then.
    time = stepOf.get(node) ?? time;
    for (const id of [...node.inputs, ...node.outputs]) {
      if (id !== null && isStored(tensorOf(graph, id))) {
        touch(id, time);
      }
    }
  }
  for (const [id, tensor] of graph.tensors) {
    if (tensor.kind === 'variable') {
      touch(id, 0);
      touch(id, end);
    }
  }
  for (const id of graph.outputs) {
    if (isStored(tensorOf(graph, id))) {
      touch(id, end);
    }
  }
  return times;
}

function isStored(tensor: Tensor): boolean {
  return tensor.kind !== 'constant';
}

/** For every stored tensor the group, shared by its members, of the tensors that it shares bytes with. */
function groupTensors(
  graph: Graph,
  steps: readonly Step[],
  times: ReadonlyMap<TensorId, Lifetime>,
  overlapped: ReadonlySet<number>,
): ReadonlyMap<TensorId, Group> {
  const groups = new Map<TensorId, Group>();
  const inOrder = [...times].sort(([a, x], [b, y]) => x.first - y.first || a - b);
  for (const [id] of inOrder) {
    groups.set(id, new Map([[id, 0]]));
  }
  /** Puts `target` so many bytes behind `source`. */
  const join = (source: TensorId, target: TensorId, distance: number) => {
    const into = groups.get(source)!;
    const from = groups.get(target)!;
    if (into !== from) {
      const shift = into.get(source)! + distance - from.get(target)!;
      for (const [id, offset] of from) {
        into.set(id, offset + shift);
        groups.set(id, into);
      }
    }
  };
  for (const node of graph.nodes) {
    if (isView(graph, node)) {
      join(node.inputs[0]!, node.outputs[0]!, 0);
    }
  }
  steps.forEach((step, i) => {
    const output = step.node.outputs[0]!;
    for (const index of step.call.inPlace) {
      const source = step.node.inputs[index] ?? null;
      const siblings = step.node.inputs.filter((id) => id !== null && id !== source) as TensorId[];
      if (source !== null && canTakeOver(graph, groups, times, source, siblings, output, i + 1)) {
        join(source, output, 0);
        return;
      }
    }
    const distance = overlapped.has(i) ? overlapDistance(step) : null;
    const source = step.node.inputs[0] ?? null;
    if (distance !== null && source !== null && isDying(graph, groups, times, source, output, i + 1)) {
      join(source, output, -Math.ceil(distance / overlapAlignmentBytes) * overlapAlignmentBytes);
    }
  });
  return groups;
}

/** True if every tensor in the operand's place has been read for the last time when the step is done. */
function isDying(
  graph: Graph,
  groups: ReadonlyMap<TensorId, Group>,
  times: ReadonlyMap<TensorId, Lifetime>,
  source: TensorId,
  output: TensorId,
  time: number,
): boolean {
  const place = groups.get(source);
  return (
    place !== undefined &&
    tensorOf(graph, source).kind === 'computed' &&
    place !== groups.get(output) &&
    [...place.keys()].every((id) => times.get(id)!.last <= time)
  );
}

/** True if the operand is dying, and the result is as large. */
function canTakeOver(
  graph: Graph,
  groups: ReadonlyMap<TensorId, Group>,
  times: ReadonlyMap<TensorId, Lifetime>,
  source: TensorId,
  siblings: readonly TensorId[],
  output: TensorId,
  time: number,
): boolean {
  const size = sizeBytesOf(tensorOf(graph, source));
  return (
    isDying(graph, groups, times, source, output, time) &&
    size === sizeBytesOf(tensorOf(graph, output)) &&
    siblings.every((id) => groups.get(id) !== groups.get(source) || sizeBytesOf(tensorOf(graph, id)) === size)
  );
}

function bufferOf(graph: Graph, group: Group, id: number, times: ReadonlyMap<TensorId, Lifetime>): Buffer {
  const members = [...group.keys()];
  const tensors = members.map((member) => tensorOf(graph, member));
  const lowest = Math.min(...group.values());
  return {
    id,
    tensors: members,
    sizeBytes: Math.max(...tensors.map((tensor) => group.get(tensor.id)! - lowest + sizeBytesOf(tensor))),
    alignmentBytes: Math.max(wordBytes, ...tensors.map((tensor) => sizeOfDType(tensor.dtype))),
    firstTime: Math.min(...members.map((member) => times.get(member)!.first)),
    lastTime: Math.max(...members.map((member) => times.get(member)!.last)),
  };
}
