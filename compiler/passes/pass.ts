import type { Graph } from '../ir/index.ts';

/** A rewriting of the graph that keeps its outputs bit for bit. */
export interface Pass {
  /** Verb and object: `fuse-activation`. */
  readonly name: string;
  /** What it does, one sentence. */
  readonly summary: string;
  /** The graph after the pass; the same object if there was nothing to do. */
  readonly run: (graph: Graph) => Graph;
}
