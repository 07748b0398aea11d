import { describe, expect, it } from 'vitest';
import { loadAssets, loadTargetTexts } from '../../compiler/cli/assets.ts';
import type { Graph } from '../../compiler/ir/index.ts';
import type { Objective } from '../../compiler/schedule/index.ts';
import { parseTarget } from '../../compiler/targets/index.ts';
import { hasEmulator } from '../support/firmware.ts';
import { compareWithReference, compileStreamed } from '../support/graph-batch.ts';
import { checkRandomGraphs } from '../support/random-graph.ts';

const assets = await loadAssets();
const texts = await loadTargetTexts();
const emulated = await hasEmulator();

/** `MSC_RANDOM_RUNS=100 MSC_RANDOM_SEED=7 npx vitest run test/random` looks at more and other graphs. */
const runs = Number(process.env.MSC_RANDOM_RUNS ?? 2);
const seed = Number(process.env.MSC_RANDOM_SEED ?? 1);

const ways: readonly {
  readonly targetName: string;
  readonly objective: Objective;
  readonly emulator: 'host' | 'qemu';
}[] = [
  { targetName: 'stm32f7', objective: 'balanced', emulator: 'host' },
  { targetName: 'stm32f7', objective: 'ram', emulator: 'host' },
  { targetName: 'host', objective: 'size', emulator: 'host' },
  { targetName: 'cortex-m0plus', objective: 'ram', emulator: 'qemu' },
];

describe.each(ways)('random graphs with a streamed input, $targetName for $objective', (way) => {
  const { targetName, objective, emulator } = way;
  it.skipIf(emulator === 'qemu' && !emulated)(
    'give the results of the references, or are refused',
    { timeout: 300_000 + runs * 60_000 },
    async () => {
      const target = parseTarget(texts, targetName);
      let seen = 0;
      let compared = 0;
      const check = async (graphs: readonly Graph[]) => {
        const found = compileStreamed(graphs, { target, assets, objective });
        seen += graphs.length;
        compared += found.length;
        const faults = await compareWithReference(
          found.map(({ graph }) => graph),
          found.map(({ compiled }) => compiled),
          target,
          emulator,
        );
        return graphs.map((graph) => faults[found.findIndex((each) => each.graph === graph)] ?? null);
      };
      await checkRandomGraphs({ batches: runs, seed: seed + ways.indexOf(way) }, check);
      expect(compared).toBeGreaterThan(seen / 5);
    },
  );
});
