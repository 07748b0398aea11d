import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadAssets, loadTargetTexts } from '../../compiler/cli/assets.ts';
import { buildGraph } from '../../compiler/frontends/build-graph.ts';
import { readModel } from '../../compiler/frontends/index.ts';
import { runPasses } from '../../compiler/passes/index.ts';
import { compileGraph } from '../../compiler/pipeline.ts';
import { parseTarget } from '../../compiler/targets/index.ts';
import { msliteSample, tfliteSample } from '../frontends/sample-models.ts';
import { canTrace, tracePlacements } from '../support/trace/trace.ts';

const assets = await loadAssets();
const texts = await loadTargetTexts();
const digits = ['digits.ms', 'digits.tflite'].map((name) =>
  readModel(readFileSync(new URL(`../../examples/digits/${name}`, import.meta.url)), name),
);

it.skipIf(!canTrace)(
  'memory plans of the examples give every read the byte that was meant',
  { timeout: 300_000 },
  async () => {
    const placements = [...digits, msliteSample, tfliteSample].flatMap((imported) =>
      ['stm32f7', 'host'].map((name) =>
        compileGraph(runPasses(buildGraph(imported), {}), {
          target: parseTarget(texts, name),
          assets,
          cName: 'sample',
          modelName: 'sample',
          sha256: '',
        }),
      ),
    );
    const results = await tracePlacements(placements, assets);
    expect(results.filter(({ accesses, violation }) => violation !== null || accesses < 50)).toEqual([]);
  },
);
