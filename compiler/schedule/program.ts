import type { Graph, Node, NodeView, TensorId } from '../ir/index.ts';
import type { KernelCall, KernelRecord } from '../ops/index.ts';
import type { Views } from './views.ts';

/** One node of the inference and the kernel that computes it, in order. */
export interface Step {
  readonly node: Node;
  readonly view: NodeView;
  readonly kernel: KernelRecord;
  /** All kernels that can compute the node, the chosen one among them. */
  readonly alternatives: readonly KernelRecord[];
  readonly call: KernelCall;
  /** Modelled, of one inference, as the step is driven. */
  readonly instructions: number;
}

/**
 * When a step of a segment computes which of its rows: turn 1 in tick `lag`, then a turn every `every` ticks, `rows` rows a turn
 * but `skip` fewer in the first one (more, where it is negative). Rows are counted as `rowCountOf` says.
 */
export interface Pace {
  readonly lag: number;
  readonly every: number;
  readonly rows: number;
  readonly skip: number;
}

/**
 * Steps that advance together: in every tick each of them, in order, computes the rows that are due. A segment of one step
 * computes it whole, in one tick.
 */
export interface Segment {
  readonly first: number;
  /** One past the last step. */
  readonly end: number;
  readonly ticks: number;
  /** Of every step of the segment. */
  readonly paces: readonly Pace[];
  /** The input of the graph whose rows come from outside while the segment runs: before a tick those that are due in it. */
  readonly input?: StreamedInput;
}

/** An input that never stands in RAM as a whole. */
export interface StreamedInput {
  readonly tensor: TensorId;
  readonly pace: Pace;
}

/** A kernel is called: rows `begin` to `end` of a step. Of step -1: the caller hands over rows of a streamed input. */
export interface Call {
  readonly step: number;
  readonly begin: number;
  readonly end: number;
}

/**
 * Bytes that one or several tensors (a tensor and its views) live in: `slots` rows, row y in slot `(y + phase) % slots`. With as
 * many slots as rows it holds the tensor whole, with fewer it is a ring.
 *
 * Times are those of the calls: call c reads at `2 c + 1` and writes at `2 c + 2`; the caller writes the inputs at 0 and reads
 * the outputs after all calls. A row is in use from when it is written until it is read for the last time, both inclusive.
 */
export interface Buffer {
  readonly id: number;
  /** Members in order of first use. */
  readonly tensors: readonly TensorId[];
  readonly rowBytes: number;
  readonly height: number;
  readonly slots: number;
  readonly phase: number;
  readonly alignmentBytes: number;
  /** By row, never falling. */
  readonly written: readonly number[];
  /** By row, never falling. */
  readonly read: readonly number[];
  /** All members have these rows, or a part of each: only then it can be a ring. */
  readonly sameRows: boolean;
}

/** RAM of one step's kernel, in use from time to time. */
export interface Scratch {
  readonly step: number;
  readonly sizeBytes: number;
  /** Inclusive spans of time, ascending. */
  readonly spans: readonly (readonly [from: number, to: number])[];
}

/** A call that may write its result over an operand (see `KernelCall.inPlace`), buffers by id. */
export interface Handover {
  readonly step: number;
  readonly call: number;
  readonly operand: number;
  readonly from: number;
  readonly to: number;
}

/** What runs, in which order, and what must be stored when, before anything has a place. */
export interface Program {
  readonly graph: Graph;
  readonly steps: readonly Step[];
  readonly segments: readonly Segment[];
  readonly calls: readonly Call[];
  /** What lies in the arena; at index i the buffer of id i. */
  readonly buffers: readonly Buffer[];
  /** Inputs and outputs that lie in memory of the caller: whole, and shared with nothing. */
  readonly outside: readonly Buffer[];
  readonly bufferOfTensor: ReadonlyMap<TensorId, Buffer>;
  /** Where tensors lie in the buffers that they are in. */
  readonly views: Views;
  readonly scratches: readonly Scratch[];
  readonly handovers: readonly Handover[];
}

/** Bytes that a buffer takes. */
export function sizeOfBuffer(buffer: Pick<Buffer, 'slots' | 'rowBytes'>): number {
  return buffer.slots * buffer.rowBytes;
}
