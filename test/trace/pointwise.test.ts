import { expect, it } from 'vitest';
import { loadAssets, loadTargetTexts } from '../../compiler/cli/assets.ts';
import { parseTarget } from '../../compiler/targets/index.ts';
import { compileGraphs } from '../support/graph-batch.ts';
import { q } from '../support/node-case.ts';
import { graphBuilder } from '../support/random-graph/builder.ts';
import { drawFrom } from '../support/random-graph/draw.ts';
import { pointwise } from '../support/random-graph/weighted.ts';
import { canTrace, tracePlacements } from '../support/trace/trace.ts';

const assets = await loadAssets();
const target = parseTarget(await loadTargetTexts(), 'stm32f7');

it.skipIf(!canTrace)('words that kernels read of few channels end within the input', { timeout: 300_000 }, async () => {
  const graphs = [1, 2, 3, 5, 6, 7].flatMap((channels) =>
    [1, 4, 7].flatMap((width) =>
      [1, 2, 3].map((seed) => {
        const builder = graphBuilder(`${channels} channels`);
        pointwise(builder, drawFrom(seed), builder.input('int8', [1, 2, width, channels], q(0.05, 3), 0));
        return builder.finish([]);
      }),
    ),
  );
  const compiled = compileGraphs(graphs, { target, assets }, false);
  const kernels = compiled.flatMap(({ program }) => program.steps.map(({ kernel }) => kernel.name));
  expect(new Set(kernels)).toContain('conv2d_1x1_wide_s8__dsp');
  const results = await tracePlacements(compiled, assets);
  expect(results.flatMap(({ violation }) => violation ?? [])).toEqual([]);
});
