import { type Graph, sizeBytesOf, sizeOfDType, type Tensor, type TensorId, tensorOf } from '../ir/index.ts';
import { isView } from './choose-kernels.ts';
import type { Buffer, Program, Scratch, Step } from './program.ts';

/** Kernels read whole words of int8 data, so every tensor starts on a word. */
const wordBytes = 4;

/** Decides which tensors share bytes, and how long each buffer lives. */
export function assignBuffers(graph: Graph, steps: readonly Step[]): Program {
  const times = lifetimes(graph, steps);
  const groups = groupTensors(graph, steps, times);
  const buffers = [...new Set(groups.values())].map((members, id) => bufferOf(graph, members, id, times));
  const bufferOfTensor = new Map(
    buffers.flatMap((buffer) => buffer.tensors.map((tensor) => [tensor, buffer] as const)),
  );
  const scratches: Scratch[] = steps.flatMap((step, i) =>
    step.call.scratchBytes > 0 ? [{ step: i, sizeBytes: step.call.scratchBytes }] : [],
  );
  return { graph, steps, buffers, bufferOfTensor, scratches };
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

/** For every stored tensor the list, shared by its members, of the tensors that it shares bytes with. */
function groupTensors(
  graph: Graph,
  steps: readonly Step[],
  times: ReadonlyMap<TensorId, Lifetime>,
): ReadonlyMap<TensorId, readonly TensorId[]> {
  const groups = new Map<TensorId, TensorId[]>();
  const inOrder = [...times].sort(([a, x], [b, y]) => x.first - y.first || a - b);
  for (const [id] of inOrder) {
    groups.set(id, [id]);
  }
  const join = (a: TensorId, b: TensorId) => {
    const into = groups.get(a)!;
    const from = groups.get(b)!;
    if (into !== from) {
      into.push(...from);
      for (const id of from) {
        groups.set(id, into);
      }
    }
  };
  for (const node of graph.nodes) {
    if (isView(graph, node)) {
      join(node.inputs[0]!, node.outputs[0]!);
    }
  }
  steps.forEach((step, i) => {
    const output = step.node.outputs[0]!;
    for (const index of step.call.inPlace) {
      const source = step.node.inputs[index] ?? null;
      const siblings = step.node.inputs.filter((id) => id !== null && id !== source) as TensorId[];
      if (source !== null && canTakeOver(graph, groups, times, source, siblings, output, i + 1)) {
        join(source, output);
        break;
      }
    }
  });
  return groups;
}

/** True if every tensor in the operand's place has been read for the last time, and the result is as large. */
function canTakeOver(
  graph: Graph,
  groups: ReadonlyMap<TensorId, readonly TensorId[]>,
  times: ReadonlyMap<TensorId, Lifetime>,
  source: TensorId,
  siblings: readonly TensorId[],
  output: TensorId,
  time: number,
): boolean {
  const place = groups.get(source);
  return (
    place !== undefined &&
    tensorOf(graph, source).kind === 'computed' &&
    place !== groups.get(output) &&
    place.every((id) => times.get(id)!.last <= time) &&
    sizeBytesOf(tensorOf(graph, source)) === sizeBytesOf(tensorOf(graph, output)) &&
    siblings.every(
      (id) => groups.get(id) !== place || sizeBytesOf(tensorOf(graph, id)) === sizeBytesOf(tensorOf(graph, source)),
    )
  );
}

function bufferOf(
  graph: Graph,
  members: readonly TensorId[],
  id: number,
  times: ReadonlyMap<TensorId, Lifetime>,
): Buffer {
  const tensors = members.map((member) => tensorOf(graph, member));
  return {
    id,
    tensors: members,
    sizeBytes: Math.max(...tensors.map(sizeBytesOf)),
    alignmentBytes: Math.max(wordBytes, ...tensors.map((tensor) => sizeOfDType(tensor.dtype))),
    firstTime: Math.min(...members.map((member) => times.get(member)!.first)),
    lastTime: Math.max(...members.map((member) => times.get(member)!.last)),
  };
}
