import { type Graph, type Node, sizeBytesOf, type TensorId, tensorOf, viewOf } from '../../ir/index.ts';
import { viewsOf } from '../views.ts';
import { replaceableOperands } from './replaceable.ts';

/**
 * What an order of a graph's steps costs: whole tensors, live from the step that writes them to the last that reads them.
 * A step is a node that computes something, by its index in the file's order; a value is a tensor that a step or the caller
 * writes: whoever reads a view reads all values that have bytes in it. Constants are not in RAM; variables are all the time.
 */
export interface LiveModel {
  readonly steps: readonly Node[];
  /** By step: the steps that must precede it, and those that must follow; ascending. */
  readonly before: readonly (readonly number[])[];
  readonly after: readonly (readonly number[])[];
  /** By step: the values that it reads, each once, and those that it writes. */
  readonly reads: readonly (readonly number[])[];
  readonly writes: readonly (readonly number[])[];
  /** By step: values whose bytes its first result takes over if they die with it. */
  readonly replaces: readonly (readonly number[])[];
  /** By value: bytes, the steps that read it, and the step that writes it (-1: the caller). */
  readonly valueBytes: readonly number[];
  readonly readers: readonly (readonly number[])[];
  readonly writer: readonly number[];
  /** By value: the caller reads it after the last step. */
  readonly kept: readonly boolean[];
  readonly variableBytes: number;
}

/** Steps that have run: all before `from`, and of those from there on the ones whose bit is set. */
export interface Done {
  readonly from: number;
  readonly bits: Uint32Array;
}

/** The model of a graph. */
export function liveModelOf(graph: Graph): LiveModel {
  const views = viewsOf(graph).nodes;
  const steps = graph.nodes.filter((node) => !views.has(node));
  const sources = new Map<TensorId, readonly TensorId[]>();
  const sourcesOf = (id: TensorId): readonly TensorId[] => sources.get(id) ?? [id];
  for (const node of graph.nodes) {
    if (views.has(node)) {
      sources.set(node.outputs[0]!, distinct(node.inputs.flatMap((input) => sourcesOf(input!))));
    }
  }
  const valueAt = new Map<TensorId, number>();
  const valueBytes: number[] = [];
  const writer: number[] = [];
  const addValue = (id: TensorId, step: number): number => {
    valueAt.set(id, valueBytes.length);
    writer.push(step);
    return valueBytes.push(sizeBytesOf(tensorOf(graph, id))) - 1;
  };
  for (const id of graph.inputs) {
    addValue(id, -1);
  }
  const writes = steps.map((node, step) => node.outputs.map((id) => addValue(id, step)));
  const reads = steps.map((node) => distinct(node.inputs.flatMap((id) => (id === null ? [] : sourcesOf(id)))));
  const valuesRead = reads.map((ids) => ids.flatMap((id) => valueAt.get(id) ?? []));
  const readers = valueBytes.map((): number[] => []);
  valuesRead.forEach((values, step) => {
    for (const value of values) {
      readers[value]!.push(step);
    }
  });
  const kept = valueBytes.map(() => false);
  for (const value of graph.outputs.flatMap(sourcesOf).flatMap((id) => valueAt.get(id) ?? [])) {
    kept[value] = true;
  }
  const before = precedence(
    valuesRead.map((values) => values.map((value) => writer[value]!).filter((step) => step >= 0)),
    reads.map((ids) => ids.filter((id) => tensorOf(graph, id).kind === 'variable')),
  );
  const after = steps.map((): number[] => []);
  before.forEach((list, step) => {
    for (const earlier of list) {
      after[earlier]!.push(step);
    }
  });
  const variables = [...graph.tensors.values()].filter(({ kind }) => kind === 'variable');
  return {
    steps,
    before,
    after,
    reads: valuesRead,
    writes,
    replaces: steps.map((node) =>
      distinct(
        replaceableOperands(viewOf(graph, node)).flatMap((index) => {
          const operand = tensorOf(graph, node.inputs[index]!);
          const values = sourcesOf(operand.id).map((id) => valueAt.get(id)!);
          return values.length === 1 && valueBytes[values[0]!] === sizeBytesOf(operand) ? values : [];
        }),
      ),
    ),
    valueBytes,
    readers,
    writer,
    kept,
    variableBytes: variables.reduce((sum, tensor) => sum + sizeBytesOf(tensor), 0),
  };
}

/** Who must precede each step: the writers of what it reads, and whoever used one of its variables last. */
function precedence(
  writers: readonly (readonly number[])[],
  variables: readonly (readonly TensorId[])[],
): readonly (readonly number[])[] {
  const lastUse = new Map<TensorId, number>();
  return writers.map((steps, step) => {
    const users = variables[step]!.flatMap((id) => lastUse.get(id) ?? []);
    for (const id of variables[step]!) {
      lastUse.set(id, step);
    }
    return distinct([...steps, ...users]).sort((a, b) => a - b);
  });
}

function distinct<T>(list: readonly T[]): T[] {
  return [...new Set(list)];
}

/** Whether a step has run. */
export function hasRun({ from, bits }: Done, step: number): boolean {
  const index = step - from;
  return index < 0 || ((bits[index >>> 5] ?? 0) & (1 << (index & 31))) !== 0;
}

/** Bytes that are live before the first step can run: the variables, and of the inputs those that something reads. */
export function bytesAtStart(model: LiveModel): number {
  return model.valueBytes.reduce(
    (sum, bytes, value) => (model.writer[value]! < 0 && isUsed(model, value) ? sum + bytes : sum),
    model.variableBytes,
  );
}

/** Bytes while the caller writes the inputs, all of them. */
export function bytesOfInputs(model: LiveModel): number {
  return model.valueBytes.reduce(
    (sum, bytes, value) => (model.writer[value]! < 0 ? sum + bytes : sum),
    model.variableBytes,
  );
}

/** Bytes live during `step`, which runs next when `liveBytes` are live. */
export function bytesDuring(model: LiveModel, done: Done, step: number, liveBytes: number): number {
  let bytes = liveBytes;
  for (const value of model.writes[step]!) {
    bytes += model.valueBytes[value]!;
  }
  const place = model.replaces[step]!.find((value) => diesWith(model, done, value, step));
  return place === undefined ? bytes : bytes - model.valueBytes[place]!;
}

/** Bytes live after `step`, which runs next when `liveBytes` are live. */
export function bytesAfter(model: LiveModel, done: Done, step: number, liveBytes: number): number {
  let bytes = liveBytes;
  for (const value of model.writes[step]!) {
    bytes += isUsed(model, value) ? model.valueBytes[value]! : 0;
  }
  for (const value of model.reads[step]!) {
    bytes -= diesWith(model, done, value, step) ? model.valueBytes[value]! : 0;
  }
  return bytes;
}

/** True if the value is read by a step or the caller. */
function isUsed(model: LiveModel, value: number): boolean {
  return model.kept[value]! || model.readers[value]!.length > 0;
}

/** True if nothing needs the value once `step` has run as well. */
function diesWith(model: LiveModel, done: Done, value: number, step: number): boolean {
  return !model.kept[value]! && model.readers[value]!.every((reader) => reader === step || hasRun(done, reader));
}

/** What the order of all steps costs: bytes during each step, and bytes live before it. */
export function costOfOrder(
  model: LiveModel,
  order: readonly number[],
): { readonly during: readonly number[]; readonly before: readonly number[] } {
  const done = { from: 0, bits: new Uint32Array(Math.ceil(model.steps.length / 32)) };
  let live = bytesAtStart(model);
  const during: number[] = [];
  const before: number[] = [];
  for (const step of order) {
    before.push(live);
    during.push(bytesDuring(model, done, step, live));
    live = bytesAfter(model, done, step, live);
    done.bits[step >>> 5]! |= 1 << (step & 31);
  }
  return { during, before };
}
