import { type Graph, type NodeView, viewOf } from '../ir/index.ts';
import {
  type CodeGoal,
  type CValue,
  type Isa,
  type KernelCall,
  type KernelCost,
  type KernelRecord,
  type LoweringOptions,
  operatorNamed,
} from '../ops/index.ts';
import type { Step } from './program.ts';
import { isDrivenByRows, rowCountOf } from './row-access.ts';
import { instructionsPerCall, viewOfRows } from './view-of-rows.ts';
import { isPitched, type Views, viewsOf } from './views.ts';

/** What the user wants most of. */
export type Objective = 'balanced' | 'size' | 'speed' | 'ram';

export interface SelectionOptions {
  /** Instruction sets of the target. */
  readonly isas: readonly Isa[];
  readonly objective: Objective;
  /** Instructions that a byte of flash is worth, if not what the objective says. */
  readonly bytePrice?: number;
  readonly lowering: LoweringOptions;
}

/**
 * Instructions that one byte of flash is worth. `balanced` takes a kilobyte for two thousand instructions, `size` for a hundred
 * and fifteen thousand: about the work of one convolution of a small network.
 */
export const instructionsPerByte: Readonly<Record<Objective, number>> = {
  balanced: 2,
  size: 115,
  speed: 0,
  ram: 2,
};

/** Instructions that a byte of flash is worth: what is asked for, else what the objective says. */
export function bytePriceOf({ objective, bytePrice }: Pick<SelectionOptions, 'objective' | 'bytePrice'>): number {
  return bytePrice ?? instructionsPerByte[objective];
}

/** What the C compiler is asked for under an objective. */
export function codeGoalOf(objective: Objective): CodeGoal {
  return objective === 'size' ? 'size' : 'speed';
}

/** A kernel that could compute a node, and what it costs beside its code. */
interface Candidate {
  readonly kernel: KernelRecord;
  readonly codeBytes: number;
  /** Instructions, and the flash of the node's own tables turned into instructions. */
  readonly cost: number;
}

/** A kernel for every node that computes something, in the graph's order. Views need none. */
export function chooseKernels(graph: Graph, options: SelectionOptions): readonly Step[] {
  return chooseKernelsTogether([graph], options)[0]!;
}

/** The kernels of several graphs that stand in one image: code that they share counts once. */
export function chooseKernelsTogether(
  graphs: readonly Graph[],
  options: SelectionOptions,
): readonly (readonly Step[])[] {
  const views = graphs.map((graph) => {
    const own = viewsOf(graph);
    return graph.nodes
      .filter((node) => !own.nodes.has(node))
      .map((node) => ({ view: viewOf(graph, node), apart: rowsApart(own, node) }));
  });
  const candidates = views.flat().map(({ view, apart }) => candidatesFor(view, apart, options));
  const chosen = chooseTogether(candidates, bytePriceOf(options));
  let next = 0;
  return views.map((list) =>
    list.map(({ view, apart }): Step => {
      const { kernel } = chosen[next]!;
      const alternatives = candidates[next]!.map((candidate) => candidate.kernel);
      const { instructions } = costOf(kernel, view, apart, options);
      next++;
      return { node: view.node, view, kernel, alternatives, call: lowered(kernel, view, apart, options), instructions };
    }),
  );
}

/** Whether a node reads or writes images whose rows lie within longer ones. */
interface RowsApart {
  readonly operands: boolean;
  readonly results: boolean;
}

function rowsApart(views: Views, { inputs, outputs }: NodeView['node']): RowsApart {
  const some = (ids: readonly (number | null)[]) => ids.some((id) => id !== null && isPitched(views, id));
  return { operands: some(inputs), results: some(outputs) };
}

/** The call; of results whose rows lie apart it computes one row at a time. */
function lowered(
  kernel: KernelRecord,
  view: NodeView,
  { results }: RowsApart,
  { lowering }: SelectionOptions,
): KernelCall {
  return kernel.lower(view, results ? { ...lowering, rowsPerCall: 1 } : lowering);
}

/** What the kernel costs: called for each row where rows lie apart, unless it is given pointers to them. */
function costOf(kernel: KernelRecord, view: NodeView, apart: RowsApart, options: SelectionOptions): KernelCost {
  const goal = codeGoalOf(options.objective);
  if (!apart.operands && !apart.results) {
    return kernel.cost(view, goal);
  }
  const step = { view, call: lowered(kernel, view, apart, options) };
  if (step.call.work.kind === 'rows' && !apart.results) {
    return kernel.cost(view, goal);
  }
  const cost = kernel.cost(viewOfRows(step, 1), goal);
  return { ...cost, instructions: rowCountOf(step) * (cost.instructions + instructionsPerCall) };
}

function candidatesFor(view: NodeView, apart: RowsApart, options: SelectionOptions): readonly Candidate[] {
  const kernels = operatorNamed(view.node.operator).kernels.filter(
    (kernel) =>
      options.isas.includes(kernel.isa) &&
      kernel.accepts(view) &&
      (!(apart.operands || apart.results) || isDrivenByRows({ view, call: lowered(kernel, view, apart, options) })),
  );
  if (kernels.length === 0) {
    throw new Error(`no kernel accepts ${view.node.operator} '${view.node.name}', whose constraints hold`);
  }
  return kernels.map((kernel) => {
    const { instructions, codeBytes, tableBytes = 0 } = costOf(kernel, view, apart, options);
    // For size the constants count as they are emitted; else they differ too little to lay them out for every candidate.
    const bytes =
      options.objective === 'size' && kernels.length > 1
        ? constantBytes(kernel.lower(view, options.lowering))
        : tableBytes;
    return { kernel, codeBytes, cost: instructions + bytes * bytePriceOf(options) };
  });
}

/** Flash of what a call reads: its arrays, its parameters, and how its rows are driven. */
function constantBytes({ constants, parameters, work }: KernelCall): number {
  const arrays = constants.reduce((sum, array) => sum + array.values.byteLength, 0);
  const fields = (parameters?.fields ?? []).reduce((sum, { value }) => sum + valueBytes(value), 0);
  return arrays + fields + (work.kind === 'rows' ? rowsBytes : 0);
}

/** Size of `msc_rows`. */
const rowsBytes = 40;

/** Scalars and pointers are words. */
function valueBytes(value: CValue): number {
  switch (value.kind) {
    case 'struct':
      return value.fields.reduce((sum, field) => sum + valueBytes(field.value), 0);
    case 'array':
      return value.values.reduce((sum, element) => sum + valueBytes(element), 0);
    default:
      return 4;
  }
}

/**
 * One candidate a node, so that the sum of their costs and of the code that they share is small: starts from the best for each
 * node alone, then gives up kernels one by one as long as the code that this saves is worth more than what it costs.
 */
function chooseTogether(candidates: readonly (readonly Candidate[])[], perByte: number): readonly Candidate[] {
  const choose = (without: ReadonlySet<string>) =>
    candidates.map((list) => {
      const allowed = list.filter(({ kernel }) => !without.has(kernel.name));
      return (allowed.length > 0 ? allowed : list).reduce((best, next) => (next.cost < best.cost ? next : best));
    });
  const total = (choice: readonly Candidate[]) => {
    const code = new Map(choice.map(({ kernel, codeBytes }) => [kernel.name, codeBytes]));
    const codeBytes = [...code.values()].reduce((sum, bytes) => sum + bytes, 0);
    return choice.reduce((sum, { cost }) => sum + cost, 0) + codeBytes * perByte;
  };
  let without: ReadonlySet<string> = new Set();
  let best = choose(without);
  for (;;) {
    const names = [...new Set(best.map(({ kernel }) => kernel.name))].sort();
    const trials = names.map((name) => {
      const given = new Set([...without, name]);
      const choice = choose(given);
      return { given, choice, cost: total(choice) };
    });
    const [cheapest] = trials.filter(({ cost }) => cost < total(best)).sort((a, b) => a.cost - b.cost);
    if (cheapest === undefined) {
      return best;
    }
    without = cheapest.given;
    best = cheapest.choice;
  }
}
