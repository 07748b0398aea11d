import { type Graph, type Node, type NodeView, viewOf } from '../ir/index.ts';
import { type Isa, type KernelRecord, type LoweringOptions, operatorNamed } from '../ops/index.ts';
import type { Step } from './program.ts';

/** What the user wants most of. */
export type Objective = 'balanced' | 'size' | 'speed';

export interface SelectionOptions {
  /** Instruction sets of the target. */
  readonly isas: readonly Isa[];
  readonly objective: Objective;
  readonly lowering: LoweringOptions;
}

/**
 * Instructions that one byte of code is worth: a kernel that saves fewer than this for each byte that it adds is not taken.
 * `balanced` takes a kilobyte of code for about sixteen thousand instructions.
 */
const instructionsPerByte: Readonly<Record<Objective, number>> = { balanced: 16, size: 2000, speed: 0 };

/** A kernel for every node that computes something, in the graph's order. Views (reshape) need none. */
export function chooseKernels(graph: Graph, options: SelectionOptions): readonly Step[] {
  const nodes = graph.nodes.filter((node) => !isView(graph, node));
  const views = nodes.map((node) => viewOf(graph, node));
  const candidates = views.map((view) => candidatesFor(view, options.isas));
  const used = new Set<string>();
  const chosen = views.map((view, i) => {
    const kernel = cheapest(view, candidates[i]!, used, options.objective);
    used.add(kernel.name);
    return kernel;
  });
  return views.map((view, i) => {
    const kernel = chosen[i]!;
    return { node: nodes[i]!, view, kernel, call: kernel.lower(view, options.lowering) };
  });
}

/** True if the node only gives its operand another shape, so that both can share their bytes. */
export function isView(graph: Graph, node: Node): boolean {
  if (node.operator !== 'reshape') {
    return false;
  }
  const source = node.inputs[0]!;
  const target = node.outputs[0]!;
  const sourceIsFree = graph.tensors.get(source)!.kind === 'computed' && !graph.outputs.includes(source);
  return sourceIsFree && !(graph.inputs.includes(source) && graph.outputs.includes(target));
}

function candidatesFor(view: NodeView, isas: readonly Isa[]): readonly KernelRecord[] {
  const kernels = operatorNamed(view.node.operator).kernels.filter(
    (kernel) => isas.includes(kernel.isa) && kernel.accepts(view),
  );
  if (kernels.length === 0) {
    throw new Error(`no kernel accepts ${view.node.operator} '${view.node.name}', whose constraints hold`);
  }
  return kernels;
}

/** The candidate of least modelled cost; code that the program has already is free. Ties: the first of the list. */
function cheapest(
  view: NodeView,
  candidates: readonly KernelRecord[],
  used: ReadonlySet<string>,
  objective: Objective,
): KernelRecord {
  const costOf = (kernel: KernelRecord) => {
    const { instructions, codeBytes, tableBytes = 0 } = kernel.cost(view);
    const bytes = (used.has(kernel.name) ? 0 : codeBytes) + tableBytes;
    return instructions + bytes * instructionsPerByte[objective];
  };
  return candidates.reduce((best, kernel) => (costOf(kernel) < costOf(best) ? kernel : best));
}
