import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadAssets, loadTargetTexts } from '../../compiler/cli/assets.ts';
import { compile } from '../../compiler/pipeline.ts';
import { parseTarget } from '../../compiler/targets/index.ts';
import { canTrace, tracePlacements } from '../support/trace/trace.ts';
import { zooFolder, zooModels } from '../support/zoo.ts';

const assets = await loadAssets();
const texts = await loadTargetTexts();

describe.skipIf(zooFolder === null || !canTrace)('memory plans of the zoo', () => {
  it.each(zooModels())(
    'of $fileName give every read the byte that was meant',
    { timeout: 300_000 },
    async ({ path, fileName }) => {
      // the networks of the .ms files are among the others
      const targets = fileName.endsWith('.ms') ? ['stm32f7'] : ['stm32f7', 'host'];
      const placements = targets.map((name) =>
        compile(readFileSync(path), { fileName, target: parseTarget(texts, name), assets }),
      );
      const results = await tracePlacements(placements, assets);
      expect(results.map((result) => result.violation)).toEqual(targets.map(() => null));
      expect(Math.min(...results.map((result) => result.accesses))).toBeGreaterThan(50);
    },
  );
});
