import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { type Graph, type Node, sizeBytesOf, tensorOf, verifyGraph, viewOf } from '../../compiler/ir/index.ts';
import { operatorNamed } from '../../compiler/ops/index.ts';
import { chooseKernels, programOf, rowCountOf, viewsOf, wholeSegment } from '../../compiler/schedule/index.ts';
import { regionsOf } from '../../compiler/schedule/order/regions.ts';
import { replaceableOperands } from '../../compiler/schedule/order/replaceable.ts';
import { orderNodes } from '../../compiler/schedule/order-nodes.ts';
import { loadCases } from '../support/all-cases.ts';
import { graphOf as caseGraph } from '../support/node-case.ts';
import { graphOfBytes, type NodeLine, randomGraph } from '../support/random-graphs.ts';

const line = (operator: NodeLine['operator'], inputs: string, outputs: string): NodeLine => ({
  operator,
  inputs: inputs.split(' '),
  outputs: outputs.split(' '),
});
const work = (inputs: string, outputs: string) => line('work', inputs, outputs);

/** The names of what the nodes write, in order. */
const resultsOf = (graph: Graph) => graph.nodes.flatMap((node) => node.outputs.map((id) => tensorOf(graph, id).name));

/** Peaks before and after, and the order. */
function ordered(graph: Graph) {
  const result = orderNodes(graph);
  return { from: result.peakBytesInFileOrder, to: result.peakBytes, order: resultsOf(result.graph).join(' ') };
}

describe('hand-made graphs', () => {
  test('of two branches, the one with the higher peak comes first', () => {
    const graph = graphOfBytes(
      { x: 10, small: 20, a: 30, large: 100, b: 10, y: 20 },
      [work('x', 'small'), work('small', 'a'), work('x', 'large'), work('large', 'b'), work('a b', 'y')],
      ['y'],
    );
    expect(ordered(graph)).toEqual({ from: 140, to: 120, order: 'large b small a y' });
    expect(orderNodes(graph).optimal).toBe(true);
  });

  test('a diamond that the file walks level by level is walked branch by branch', () => {
    const graph = graphOfBytes(
      { x: 8, a: 64, b: 64, c: 64, a2: 8, b2: 8, c2: 8, y: 24 },
      [
        ...['a', 'b', 'c'].map((name) => work('x', name)),
        ...['a', 'b', 'c'].map((name) => work(name, `${name}2`)),
        line('concat', 'a2 b2 c2', 'y'),
      ],
      ['y'],
    );
    expect(ordered(graph)).toEqual({ from: 200, to: 88, order: 'a a2 b b2 c c2 y' });
  });

  test('of an inception block, what swells runs while least else is live', () => {
    const graph = graphOfBytes(
      { x: 100, p: 20, q1: 30, q2: 40, r1: 10, r2: 200, r3: 20, s1: 100, s2: 20, y: 100, z: 10 },
      [
        work('x', 'p'),
        ...[work('x', 'q1'), work('q1', 'q2')],
        ...[work('x', 's1'), work('s1', 's2')],
        ...[work('x', 'r1'), work('r1', 'r2'), work('r2', 'r3')],
        line('concat', 'p q2 r3 s2', 'y'),
        work('y', 'z'),
      ],
      ['z'],
    );
    const { graph: best, ...result } = orderNodes(graph);
    expect(resultsOf(best).indexOf('r2')).toBeLessThan(resultsOf(best).indexOf('q2'));
    expect(bruteForce(graph)).toBe(result.peakBytes);
    expect(result).toMatchObject({ peakBytesInFileOrder: 300, peakBytes: 290, lowerBoundBytes: 290, optimal: true });
  });

  test('a residual has one order only', () => {
    const graph = graphOfBytes(
      { x: 16, a: 32, b: 16, y: 16 },
      [work('x', 'a'), work('a', 'b'), line('add', 'x b', 'y')],
      ['y'],
    );
    expect(orderNodes(graph)).toEqual({
      graph,
      peakBytes: 64,
      peakBytesInFileOrder: 64,
      lowerBoundBytes: 64,
      optimal: true,
      iterations: 0,
    });
    expect(orderNodes(graph).graph).toBe(graph);
  });

  test('an order that is as good as the best is kept', () => {
    const graph = graphOfBytes(
      { x: 10, a: 10, b: 10, y: 20 },
      [work('x', 'a'), work('x', 'b'), work('a b', 'y')],
      ['y'],
    );
    expect(orderNodes(graph).graph).toBe(graph);
  });

  test('steps that use a variable keep their order', () => {
    const sizes = { x: 10, state: 4, small: 20, a: 30, large: 100, b: 10, y: 20 };
    const lines = (state: string) => [
      work('x', 'small'),
      work(`small${state}`, 'a'),
      work('x', 'large'),
      work(`large${state}`, 'b'),
      work('a b', 'y'),
    ];
    expect(ordered(graphOfBytes(sizes, lines(''), ['y'])).order).toBe('large b small a y');
    expect(ordered(graphOfBytes(sizes, lines(' state'), ['y']))).toEqual({
      from: 144,
      to: 144,
      order: 'small a large b y',
    });
  });

  test('a reshape goes where its source goes, and keeps its bytes alive', () => {
    const graph = graphOfBytes(
      { x: 10, small: 20, a: 30, large: 100, view: 100, b: 10, y: 20 },
      [
        work('x', 'small'),
        work('small', 'a'),
        work('x', 'large'),
        line('reshape', 'large', 'view'),
        work('view', 'b'),
        work('a b', 'y'),
      ],
      ['y'],
    );
    expect(ordered(graph)).toEqual({ from: 140, to: 120, order: 'large view b small a y' });
  });

  test('a result takes the place of its dying operand', () => {
    const graph = graphOfBytes(
      { x: 10, a: 50, a2: 50, b: 50, y: 50 },
      [work('x', 'a'), work('x', 'b'), line('relu', 'a', 'a2'), line('add', 'a2 b', 'y')],
      ['y'],
    );
    expect(orderNodes(graph)).toMatchObject({ peakBytesInFileOrder: 110, peakBytes: 110, optimal: true });
  });

  test('a graph without nodes is left alone', () => {
    const graph = graphOfBytes({ x: 10 }, [], ['x']);
    expect(orderNodes(graph)).toMatchObject({ graph, peakBytes: 10, lowerBoundBytes: 10, optimal: true });
  });
});

/** Every step of `ordered` follows what it needs, and nothing is lost. */
function expectOrderOf(graph: Graph, reordered: Graph): void {
  expect(new Set(reordered.nodes)).toEqual(new Set(graph.nodes));
  expect(reordered.nodes).toHaveLength(graph.nodes.length);
  const written = new Set([
    ...graph.inputs,
    ...[...graph.tensors.values()].filter(({ kind }) => kind !== 'computed').map(({ id }) => id),
  ]);
  for (const node of reordered.nodes) {
    expect(node.inputs.every((id) => id === null || written.has(id))).toBe(true);
    for (const id of node.outputs) {
      written.add(id);
    }
  }
  const usersOf = (nodes: readonly Node[], id: number) => nodes.filter(({ inputs }) => inputs.includes(id));
  for (const { id, kind } of graph.tensors.values()) {
    if (kind === 'variable') {
      expect(usersOf(reordered.nodes, id)).toEqual(usersOf(graph.nodes, id));
    }
  }
}

/**
 * The lowest peak of live bytes of all orders, or of the file's alone: by trying them, with what is live looked up at each
 * step anew. `below` is returned if no order has a lower one.
 */
function bruteForce(graph: Graph, onlyFileOrder = false, below = Number.POSITIVE_INFINITY): number {
  const views = viewsOf(graph).nodes;
  const steps = graph.nodes.filter((node) => !views.has(node));
  const sources = new Map<number, readonly number[]>();
  const valuesAt = (id: number | null) => (id === null ? [] : (sources.get(id) ?? [id]));
  for (const node of graph.nodes.filter((each) => views.has(each))) {
    sources.set(node.outputs[0]!, node.inputs.flatMap(valuesAt));
  }
  const isVariable = (id: number) => graph.tensors.get(id)?.kind === 'variable';
  const reads = steps.map(({ inputs }) => inputs.flatMap(valuesAt));
  const atEnd = graph.outputs.flatMap(valuesAt);
  const bytesOf = (ids: Iterable<number>) => [...ids].reduce((sum, id) => sum + sizeBytesOf(tensorOf(graph, id)), 0);
  const isAsLarge = (id: number, outputs: readonly number[]) => bytesOf([id]) === bytesOf(outputs);
  const variables = [...graph.tensors.keys()].filter(isVariable);
  const start = bytesOf(variables) + bytesOf(graph.inputs);
  let best = below;
  const walk = (order: readonly number[], peak: number) => {
    if (peak >= best) {
      return;
    }
    if (order.length === steps.length) {
      best = peak;
      return;
    }
    const written = new Set([...graph.inputs, ...order.flatMap((i) => steps[i]!.outputs)]);
    const open = steps.flatMap((_, i) => (order.includes(i) ? [] : [i]));
    for (const step of onlyFileOrder ? open.slice(0, 1) : open) {
      const follows = reads[step]!.every(
        (id) =>
          written.has(id) || (isVariable(id) && open.every((other) => other >= step || !reads[other]!.includes(id))),
      );
      if (follows) {
        const later = open.filter((other) => other !== step);
        const needed = (id: number) => atEnd.includes(id) || later.some((other) => reads[other]!.includes(id));
        const live = [...written].filter((id) => needed(id) || reads[step]!.includes(id));
        const { outputs, operator, inputs } = steps[step]!;
        const inPlace = ['relu', 'add'].includes(operator)
          ? inputs.map(valuesAt).some(([id, ...more]) => more.length === 0 && !needed(id!) && isAsLarge(id!, outputs))
          : false;
        const bytes = bytesOf(variables) + bytesOf(live) + (inPlace ? 0 : bytesOf(outputs));
        walk([...order, step], Math.max(peak, bytes));
      }
    }
  };
  walk([], start);
  return best;
}

describe('random graphs', () => {
  it('of up to nine nodes: no order is better than what is found', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 2, max: 8 }),
        (seed, nodes, reach) => {
          const graph = randomGraph({ nodes, reach, anything: true }, seed);
          const result = orderNodes(graph);
          expectOrderOf(graph, result.graph);
          expect(result.peakBytesInFileOrder).toBe(bruteForce(graph, true));
          expect(bruteForce(result.graph, true)).toBe(result.peakBytes);
          expect(bruteForce(graph, false, result.peakBytes), 'no order is below').toBe(result.peakBytes);
          expect(result).toMatchObject({ optimal: true, lowerBoundBytes: result.peakBytes });
        },
      ),
      { numRuns: 3000, seed: 20 },
    );
  }, 120_000);

  it.each([0, 50, 1000, 200_000])(
    'larger, with a budget of %d: valid, and between the bound and the file',
    (maxIterations) => {
      fc.assert(
        fc.property(
          fc.integer(),
          fc.integer({ min: 10, max: 40 }),
          fc.integer({ min: 3, max: 20 }),
          (seed, nodes, reach) => {
            const graph = randomGraph({ nodes, reach, anything: true }, seed);
            const result = orderNodes(graph, { maxIterations });
            expectOrderOf(graph, result.graph);
            expect(result.lowerBoundBytes).toBeLessThanOrEqual(result.peakBytes);
            expect(result.peakBytes).toBeLessThanOrEqual(result.peakBytesInFileOrder);
            expect(bruteForce(result.graph, true)).toBe(result.peakBytes);
            expect(result.graph === graph || result.graph.nodes.some((node, i) => node !== graph.nodes[i])).toBe(true);
            expect(resultsOf(orderNodes(graph, { maxIterations }).graph)).toEqual(resultsOf(result.graph));
          },
        ),
        { numRuns: maxIterations > 1000 ? 40 : 150, seed: 21 },
      );
    },
  );

  it('a better budget never proves the opposite', () => {
    for (let seed = 0; seed < 20; seed++) {
      const graph = randomGraph({ nodes: 40, reach: 12, anything: true }, seed);
      const [poor, rich] = [200, 50_000].map((maxIterations) => orderNodes(graph, { maxIterations }));
      expect(poor!.lowerBoundBytes).toBeLessThanOrEqual(rich!.peakBytes);
      expect(rich!.lowerBoundBytes).toBeLessThanOrEqual(poor!.peakBytes);
    }
  });
});

describe('the model of live bytes', () => {
  it("is what the planner's buffers come to where each holds one value", () => {
    let compared = 0;
    for (let seed = 0; seed < 600; seed++) {
      const graph = randomGraph({ nodes: 12, reach: 4, anything: false }, seed);
      if ([...viewsOf(graph).nodes].some(({ operator }) => operator === 'concat')) {
        continue;
      }
      compared++;
      expect(verifyGraph(graph, (node) => operatorNamed(node.operator).definition)).toEqual([]);
      const { graph: best, peakBytes, peakBytesInFileOrder } = orderNodes(graph);
      expect([livePeak(graph), livePeak(best)]).toEqual([peakBytesInFileOrder, peakBytes]);
    }
    expect(compared).toBeGreaterThan(100);
  });

  it('lets results take the places that the kernels let them take', async () => {
    for (const nodeCase of await loadCases()) {
      const graph = caseGraph(nodeCase);
      const view = viewOf(graph, graph.nodes[0]!);
      const kernels = operatorNamed(nodeCase.operator).kernels.filter(({ accepts }) => accepts(view));
      const inPlace = kernels.map((kernel) => kernel.lower(view, { rounding: 'double' }).inPlace);
      const byAll = [0, 1].filter((index) => {
        const input = view.inputs[index] ?? null;
        const fits = input?.kind === 'computed' && sizeBytesOf(input) === sizeBytesOf(view.outputs[0]!);
        return fits && inPlace.every((list) => list.includes(index));
      });
      expect(byAll, `${nodeCase.operator}: ${nodeCase.name}`).toEqual(replaceableOperands(view));
    }
  });
});

/** Most bytes of buffers that are in use at a time, every step whole. */
function livePeak(graph: Graph): number {
  const lowering = { rounding: 'double' } as const;
  const steps = chooseKernels(graph, { isas: ['portable'], objective: 'balanced', lowering });
  const segments = steps.map((step, index) => wholeSegment(index, rowCountOf(step)));
  const { buffers, calls } = programOf(graph, steps, segments, viewsOf(graph));
  return Array.from({ length: 2 * calls.length + 2 }, (_, time) =>
    buffers.reduce(
      (sum, { written, read, rowBytes, height }) =>
        written[0]! <= time && time <= read[height - 1]! ? sum + rowBytes * height : sum,
      0,
    ),
  ).reduce((a, b) => Math.max(a, b), 0);
}

describe('large graphs', () => {
  it('200 nodes in wide layers: within the budget', () => {
    const width = 20;
    const sizes: Record<string, number> = { x: 50 };
    const lines: NodeLine[] = [];
    const name = (layer: number, i: number) => (layer === 0 ? 'x' : `t${layer}.${((i % width) + width) % width}`);
    for (let layer = 1; layer <= 10; layer++) {
      for (let i = 0; i < width; i++) {
        sizes[name(layer, i)] = 10 + ((layer * 37 + i * 61) % 90);
        const operands = new Set([name(layer - 1, i), name(layer - 1, i + 1 + (layer % 3))]);
        lines.push(work([...operands].join(' '), name(layer, i)));
      }
    }
    const graph = graphOfBytes(
      sizes,
      lines,
      Array.from({ length: width }, (_, i) => name(10, i)),
    );
    const result = orderNodes(graph, { maxIterations: 50_000 });
    expectOrderOf(graph, result.graph);
    expect(result.iterations).toBeLessThan(60_000);
    expect(result.peakBytes).toBeLessThan(result.peakBytesInFileOrder);
    expect(result.lowerBoundBytes).toBeLessThanOrEqual(result.peakBytes);
  });

  it('a chain of 2,000 nodes: nothing to search', () => {
    const names = Array.from({ length: 2001 }, (_, i) => `t${i}`);
    const sizes = Object.fromEntries(names.map((name, i) => [name, 4 + (i % 7)]));
    const graph = graphOfBytes(
      sizes,
      names.slice(1).map((name, i) => work(names[i]!, name)),
      ['t2000'],
    );
    expect(orderNodes(graph)).toMatchObject({ graph, optimal: true, iterations: 0 });
  });

  it('two chains of 1,000 nodes side by side', () => {
    const sizes: Record<string, number> = { x: 8, y: 8 };
    const lines: NodeLine[] = [];
    for (let i = 0; i < 1000; i++) {
      for (const side of ['a', 'b']) {
        sizes[`${side}${i}`] = 4 + ((i * (side === 'a' ? 7 : 11)) % 40);
        lines.push(work(i === 0 ? 'x' : `${side}${i - 1}`, `${side}${i}`));
      }
    }
    lines.push(work('a999 b999', 'y'));
    const graph = graphOfBytes(sizes, lines, ['y']);
    const result = orderNodes(graph);
    expectOrderOf(graph, result.graph);
    expect(result.peakBytes).toBeLessThanOrEqual(result.peakBytesInFileOrder);
    expect(result.optimal).toBe(true);
  });
});

test('regions are what stands between the steps that all others precede or follow', () => {
  const before = [[], [0], [0], [1, 2], [3], [3], [5], [4, 6], []];
  const after = [[1, 2], [3], [3], [4, 5], [7], [6], [7], [], []];
  expect(regionsOf({ before: before.slice(0, 8), after: after.slice(0, 8) })).toEqual([
    { from: 1, to: 3 },
    { from: 4, to: 7 },
  ]);
  expect(regionsOf({ before, after })).toEqual([{ from: 0, to: 9 }]);
});
