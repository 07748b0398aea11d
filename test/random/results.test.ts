import { describe, it } from 'vitest';
import { loadAssets, loadTargetTexts } from '../../compiler/cli/assets.ts';
import type { Graph } from '../../compiler/ir/index.ts';
import { parseTarget, type Target } from '../../compiler/targets/index.ts';
import { hasEmulator } from '../support/firmware.ts';
import {
  type BatchOptions,
  type CompiledGraph,
  compareWithReference,
  compileAnySchedule,
  compileForLessRam,
  compileGraphs,
} from '../support/graph-batch.ts';
import { checkRandomGraphs, type GraphShape } from '../support/random-graph.ts';
import { canTrace, tracePlacements } from '../support/trace/trace.ts';

const assets = await loadAssets();
const texts = await loadTargetTexts();

const stm32f7: BatchOptions = { target: parseTarget(texts, 'stm32f7'), assets };
const portable: BatchOptions = { target: parseTarget(texts, 'host'), assets, rounding: 'double' };

/** `MSC_RANDOM_RUNS=100 MSC_RANDOM_SEED=7 npx vitest run test/random` looks at more and other graphs. */
const runs = Number(process.env.MSC_RANDOM_RUNS ?? 2);
const seed = Number(process.env.MSC_RANDOM_SEED ?? 1);

type Compile = (graphs: readonly Graph[]) => readonly CompiledGraph[];

/** Every way of compiling that random graphs are put through. */
const ways: readonly {
  readonly title: string;
  readonly target: Target;
  readonly compile: Compile;
  readonly shape?: GraphShape;
}[] = [
  {
    title: 'stm32f7 for speed, graphs as they are',
    target: stm32f7.target,
    compile: (graphs) => compileGraphs(graphs, { ...stm32f7, objective: 'speed' }, false),
  },
  {
    title: 'stm32f7 for RAM',
    target: stm32f7.target,
    compile: (graphs) => compileGraphs(graphs, { ...stm32f7, objective: 'ram' }),
  },
  {
    title: 'stm32f7 in little RAM',
    target: stm32f7.target,
    compile: (graphs) => compileForLessRam(graphs, stm32f7),
    shape: { rowByRow: true },
  },
  {
    title: 'stm32f7, any schedule',
    target: stm32f7.target,
    compile: (graphs) => compileAnySchedule(graphs, stm32f7, seed),
  },
  {
    title: 'stm32f7, any schedule of what goes row by row',
    target: stm32f7.target,
    compile: (graphs) => compileAnySchedule(graphs, stm32f7, seed),
    shape: { rowByRow: true },
  },
  {
    title: 'portable kernels',
    target: portable.target,
    compile: (graphs) => compileGraphs(graphs, portable),
  },
  {
    title: 'portable kernels, any schedule',
    target: portable.target,
    compile: (graphs) => compileAnySchedule(graphs, portable, seed + 1),
    shape: { rowByRow: true },
  },
];

describe.each(ways)('random graphs, $title', ({ target, compile, shape = {} }) => {
  it('give the results of the references', { timeout: 300_000 + runs * 60_000 }, async () => {
    await checkRandomGraphs({ batches: Math.ceil(runs / 2), seed, shape }, (graphs) =>
      compareWithReference(graphs, compile(graphs), target),
    );
  });

  it.skipIf(!canTrace)('read the bytes that their plans mean', { timeout: 300_000 + runs * 60_000 }, async () => {
    await checkRandomGraphs({ batches: Math.ceil(runs / 4), seed: seed + 1, shape }, async (graphs) => {
      const results = await tracePlacements(compile(graphs), assets);
      return results.map(({ violation }) => violation);
    });
  });
});

describe.skipIf(!(await hasEmulator()))('random graphs on an emulated core', () => {
  const cortexM0 = { ...stm32f7, target: parseTarget(texts, 'cortex-m0plus') };
  // the first has the instructions of the DSP kernels, the second one traps unaligned accesses
  it.each([
    ['stm32f7', stm32f7],
    ['cortex-m0plus', cortexM0],
  ] as const)('%s give the results of the references', { timeout: 600_000 }, async (_, options) => {
    const ways: readonly Compile[] = [
      (graphs) => compileGraphs(graphs, options),
      (graphs) => compileAnySchedule(graphs, options, seed + 2),
    ];
    for (const compile of ways) {
      await checkRandomGraphs({ batches: Math.ceil(runs / 4), seed: seed + 2 }, (graphs) =>
        compareWithReference(graphs, compile(graphs), options.target, 'qemu'),
      );
    }
  });
});
