import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadAssets, loadTargetTexts } from '../../compiler/cli/assets.ts';
import { compile } from '../../compiler/pipeline.ts';
import { parseTarget } from '../../compiler/targets/index.ts';
import { canTrace, tracePlacements } from '../support/trace/trace.ts';
import { zooFolder, zooModels } from '../support/zoo.ts';

const assets = await loadAssets();
const texts = await loadTargetTexts();

const ways = [
  { name: 'stm32f7', objective: 'balanced' },
  { name: 'stm32f7', objective: 'ram' },
  { name: 'host', objective: 'ram' },
] as const;

describe.skipIf(zooFolder === null || !canTrace)('memory plans of the zoo', () => {
  it.each(zooModels())(
    'of $fileName give every read the byte that was meant',
    { timeout: 600_000 },
    async ({ path, fileName }) => {
      // the networks of the .ms files are among the others
      const placements = (fileName.endsWith('.ms') ? ways.slice(1, 2) : ways).map(({ name, objective }) =>
        compile(readFileSync(path), { fileName, target: parseTarget(texts, name), assets, objective }),
      );
      const results = await tracePlacements(placements, assets);
      expect(results.map((result) => result.violation)).toEqual(placements.map(() => null));
      expect(Math.min(...results.map((result) => result.accesses))).toBeGreaterThan(50);
    },
  );
});
