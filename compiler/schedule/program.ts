import type { Graph, Node, NodeView, TensorId } from '../ir/index.ts';
import type { KernelCall, KernelRecord } from '../ops/index.ts';

/** One kernel call of the inference, in order. */
export interface Step {
  readonly node: Node;
  readonly view: NodeView;
  readonly kernel: KernelRecord;
  readonly call: KernelCall;
}

/**
 * Tensors that share their bytes: views of one another (reshape), and results that take over a dying operand's place.
 * Times: 0 is when the caller writes the inputs, step i runs at time i + 1, the caller reads the outputs after the last.
 */
export interface Buffer {
  readonly id: number;
  /** Members in order of first use. */
  readonly tensors: readonly TensorId[];
  readonly sizeBytes: number;
  readonly alignmentBytes: number;
  readonly firstTime: number;
  readonly lastTime: number;
}

/** RAM of one step's kernel. */
export interface Scratch {
  readonly step: number;
  readonly sizeBytes: number;
}

/** What runs and what must be stored, before anything has a place. */
export interface Program {
  readonly graph: Graph;
  readonly steps: readonly Step[];
  readonly buffers: readonly Buffer[];
  readonly bufferOfTensor: ReadonlyMap<TensorId, Buffer>;
  /** Bytes from the start of its buffer to each stored tensor: above 0 where a result overlaps its operand. */
  readonly offsetInBuffer: ReadonlyMap<TensorId, number>;
  readonly scratches: readonly Scratch[];
}
