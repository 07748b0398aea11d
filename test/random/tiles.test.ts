import { describe, expect, it } from 'vitest';
import { loadAssets, loadTargetTexts } from '../../compiler/cli/assets.ts';
import type { Graph } from '../../compiler/ir/index.ts';
import { parseTarget } from '../../compiler/targets/index.ts';
import { type CompiledGraph, compareWithReference, compileAnySchedule, compileGraphs } from '../support/graph-batch.ts';
import { drawFrom } from '../support/random-graph/draw.ts';
import { checkRandomGraphs, type GraphShape } from '../support/random-graph.ts';
import { anyTiling } from '../support/tilings.ts';
import { canTrace, tracePlacements } from '../support/trace/trace.ts';

const assets = await loadAssets();
const texts = await loadTargetTexts();
const stm32f7 = { target: parseTarget(texts, 'stm32f7'), assets };
const portable = { target: parseTarget(texts, 'host'), assets };

/** `MSC_RANDOM_RUNS=100 MSC_RANDOM_SEED=7 npx vitest run test/random` looks at more and other graphs. */
const runs = Number(process.env.MSC_RANDOM_RUNS ?? 2);
const seed = Number(process.env.MSC_RANDOM_SEED ?? 1);

const ways: readonly {
  readonly title: string;
  readonly target: typeof stm32f7;
  readonly compile: (graphs: readonly Graph[]) => readonly CompiledGraph[];
  readonly shape: GraphShape;
}[] = [
  {
    title: 'stm32f7 for RAM',
    target: stm32f7,
    compile: (graphs) => compileGraphs(graphs, { ...stm32f7, objective: 'ram' }, false),
    shape: {},
  },
  {
    title: 'stm32f7, any schedule',
    target: stm32f7,
    compile: (graphs) => compileAnySchedule(graphs, stm32f7, seed),
    shape: { rowByRow: true },
  },
  {
    title: 'portable kernels for RAM',
    target: portable,
    compile: (graphs) => compileGraphs(graphs, { ...portable, objective: 'ram' }, false),
    shape: { rowByRow: true },
  },
];

describe.each(ways)('random graphs in strips of columns, $title', ({ target, compile, shape }) => {
  it('give the results of the references of the graphs as they were', {
    timeout: 300_000 + runs * 60_000,
  }, async () => {
    let tilings = 0;
    await checkRandomGraphs({ batches: Math.ceil(runs / 2), seed, shape }, (graphs) => {
      const tiled = graphs.map((graph, i) => anyTiling(graph, drawFrom(seed + i)));
      tilings += tiled.filter((found) => found !== null).length;
      const compiled = compile(tiled.map((found, i) => found?.graph ?? graphs[i]!));
      return compareWithReference(graphs, compiled, target.target);
    });
    expect(tilings).toBeGreaterThan(5);
  });

  it.skipIf(!canTrace)('read the bytes that their plans mean', { timeout: 300_000 + runs * 60_000 }, async () => {
    await checkRandomGraphs({ batches: Math.ceil(runs / 4), seed: seed + 1, shape }, async (graphs) => {
      const compiled = compile(graphs.map((graph, i) => anyTiling(graph, drawFrom(seed + i))?.graph ?? graph));
      const results = await tracePlacements(compiled, assets);
      return results.map(({ violation }) => violation);
    });
  });
});
