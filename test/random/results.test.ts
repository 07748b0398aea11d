import { describe, it } from 'vitest';
import { loadAssets, loadTargetTexts } from '../../compiler/cli/assets.ts';
import { parseTarget } from '../../compiler/targets/index.ts';
import { hasEmulator } from '../support/firmware.ts';
import { type BatchOptions, compareWithReference, compileGraphs } from '../support/graph-batch.ts';
import { checkRandomGraphs } from '../support/random-graph.ts';
import { canTrace, tracePlacements } from '../support/trace/trace.ts';

const assets = await loadAssets();
const texts = await loadTargetTexts();

/** Every way of compiling that random graphs are put through. */
const ways: readonly { readonly title: string; readonly passes: boolean; readonly options: BatchOptions }[] = [
  { title: 'stm32f7', passes: true, options: { target: parseTarget(texts, 'stm32f7'), assets } },
  {
    title: 'stm32f7 for speed, graphs as they are',
    passes: false,
    options: { target: parseTarget(texts, 'stm32f7'), assets, objective: 'speed' },
  },
  {
    title: 'portable kernels',
    passes: true,
    options: { target: parseTarget(texts, 'host'), assets, rounding: 'double' },
  },
];

/** `MSC_RANDOM_RUNS=100 MSC_RANDOM_SEED=7 npx vitest run test/random` looks at more and other graphs. */
const runs = Number(process.env.MSC_RANDOM_RUNS ?? 2);
const seed = Number(process.env.MSC_RANDOM_SEED ?? 1);

describe.each(ways)('random graphs, $title', ({ passes, options }) => {
  it('give the results of the references', { timeout: 300_000 + runs * 60_000 }, async () => {
    await checkRandomGraphs({ batches: runs, seed }, (graphs) =>
      compareWithReference(graphs, compileGraphs(graphs, options, passes), options.target),
    );
  });

  it.skipIf(!canTrace)('read the bytes that their plans mean', { timeout: 300_000 + runs * 60_000 }, async () => {
    await checkRandomGraphs({ batches: Math.ceil(runs / 4), seed: seed + 1 }, async (graphs) => {
      const results = await tracePlacements(compileGraphs(graphs, options, passes), assets);
      return results.map(({ violation }) => violation);
    });
  });
});

describe.skipIf(!(await hasEmulator()))('random graphs on an emulated core', () => {
  // the first has the instructions of the DSP kernels, the second one traps unaligned accesses
  it.each(['stm32f7', 'cortex-m0plus'])('%s give the results of the references', { timeout: 600_000 }, async (name) => {
    const target = parseTarget(texts, name);
    await checkRandomGraphs({ batches: Math.ceil(runs / 4), seed: seed + 2 }, (graphs) =>
      compareWithReference(graphs, compileGraphs(graphs, { target, assets }), target, 'qemu'),
    );
  });
});
