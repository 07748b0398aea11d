import type { Graph, Node, TensorId } from '../ir/index.ts';
import { beamOrder } from './order/beam.ts';
import { bytesOfInputs, costOfOrder, type LiveModel, liveModelOf } from './order/live-bytes.ts';
import { lowerBoundOf } from './order/lower-bound.ts';
import { type Region, regionsOf } from './order/regions.ts';
import { searchOrder } from './order/search.ts';
import { startOf } from './order/state.ts';
import { viewsOf } from './views.ts';

/** How far the search goes. */
export interface OrderOptions {
  /** Budget: steps tried, of all searches together; beyond it only a greedy walk to the end is made. */
  readonly maxIterations?: number;
}

/** A graph in the order found. Bytes are of whole tensors that are live together; what a planner makes of them is above. */
export interface OrderedGraph {
  /** The graph that was given, the same object, if no order is better than the file's. */
  readonly graph: Graph;
  readonly peakBytes: number;
  readonly peakBytesInFileOrder: number;
  /** No order's peak is lower than this. */
  readonly lowerBoundBytes: number;
  /** Proven: no order's peak is lower than `peakBytes`. */
  readonly optimal: boolean;
  /** Work spent: steps tried. */
  readonly iterations: number;
}

const defaultIterations = 200_000;

/**
 * Orders the nodes so that the most bytes live at one time are few: exactly where the budget allows, else as well as a beam
 * finds. No part of the graph rises above its peak in the file's order. Deterministic: ties go to the file's order.
 */
export function orderNodes(graph: Graph, options: OrderOptions = {}): OrderedGraph {
  const model = liveModelOf(graph);
  const order = model.steps.map((_, step) => step);
  const inFile = costOfOrder(model, order);
  const bounds = [...inFile.during];
  // Small regions leave what they do not need of the budget to the large ones.
  const regions = [...regionsOf(model)].sort((a, b) => a.to - a.from - (b.to - b.from) || a.from - b.from);
  let iterations = 0;
  regions.forEach((region, i) => {
    const { from, to } = region;
    const budget = Math.ceil(((options.maxIterations ?? defaultIterations) - iterations) / (regions.length - i));
    const limit = highestOf(inFile.during.slice(from, to));
    const found = orderRegion(model, region, inFile.before[from]!, limit, budget);
    iterations += found.iterations;
    bounds.fill(found.lowerBoundBytes, from, to);
    if (found.order !== null) {
      order.splice(from, to - from, ...found.order);
    }
  });
  const least = bytesOfInputs(model);
  const peakBytes = Math.max(least, highestOf(costOfOrder(model, order).during));
  const lowerBoundBytes = Math.max(least, highestOf(bounds));
  const isChanged = order.some((step, position) => step !== position);
  return {
    graph: isChanged
      ? inOrder(
          graph,
          order.map((step) => model.steps[step]!),
        )
      : graph,
    peakBytes,
    peakBytesInFileOrder: Math.max(least, highestOf(inFile.during)),
    lowerBoundBytes,
    optimal: peakBytes === lowerBoundBytes,
    iterations,
  };
}

/** An order of the region with a peak below `limitBytes`, its peak in the file's order; null if none was found. */
function orderRegion(
  model: LiveModel,
  region: Region,
  liveBytes: number,
  limitBytes: number,
  budget: number,
): { readonly order: readonly number[] | null; readonly lowerBoundBytes: number; readonly iterations: number } {
  const lowerBoundBytes = lowerBoundOf(model, region, liveBytes);
  if (lowerBoundBytes >= limitBytes) {
    return { order: null, lowerBoundBytes: limitBytes, iterations: 0 };
  }
  // Half of the budget is for the case that the exact search comes to no end.
  const start = startOf(model, region, liveBytes, lowerBoundBytes);
  const exact = searchOrder(model, region, start, limitBytes, budget / 2);
  if (exact.order !== null || exact.lowerBoundBytes >= limitBytes) {
    return exact;
  }
  const beam = beamOrder(model, region, { ...start, peakBytes: exact.lowerBoundBytes }, limitBytes, budget / 2);
  return { ...exact, order: beam.order, iterations: exact.iterations + beam.iterations };
}

function highestOf(bytes: readonly number[]): number {
  return bytes.reduce((a, b) => Math.max(a, b), 0);
}

/** The graph with its steps in this order, each view right behind what it is made of. */
function inOrder(graph: Graph, steps: readonly Node[]): Graph {
  const views = viewsOf(graph).nodes;
  const viewsReading = new Map<TensorId, Node[]>();
  for (const node of graph.nodes) {
    for (const id of views.has(node) ? new Set(node.inputs) : []) {
      viewsReading.set(id!, [...(viewsReading.get(id!) ?? []), node]);
    }
  }
  const nodes: Node[] = [];
  const there = new Set<TensorId>();
  const follow = (ids: readonly TensorId[]) => {
    const open = [...ids];
    for (let id = open.shift(); id !== undefined; id = open.shift()) {
      there.add(id);
      const ready = (viewsReading.get(id) ?? []).filter((view) => view.inputs.every((input) => there.has(input!)));
      nodes.push(...ready);
      open.push(...ready.flatMap((view) => view.outputs));
    }
  };
  follow(graph.inputs);
  for (const step of steps) {
    nodes.push(step);
    follow(step.outputs);
  }
  return { ...graph, nodes };
}
