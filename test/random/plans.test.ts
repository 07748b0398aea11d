import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadTargetTexts } from '../../compiler/cli/assets.ts';
import { chooseSchedule } from '../../compiler/memory/choose-schedule.ts';
import { contextOf } from '../../compiler/memory/plan-in-best-order.ts';
import { chooseKernels, isasOf } from '../../compiler/schedule/index.ts';
import { parseTarget } from '../../compiler/targets/index.ts';
import { checkPlacement } from '../support/check-placement.ts';
import { drawFrom } from '../support/random-graph/draw.ts';
import { graphOfRecipe, graphRecipes } from '../support/random-graph.ts';
import { randomSchedule } from '../support/random-schedule.ts';
import type { Placement } from '../support/trace/placements.ts';

const target = parseTarget(await loadTargetTexts(), 'stm32f7');
const isas = isasOf(target);
const lowering = { rounding: 'double' } as const;
const alignmentBytes = target.features.cacheLineBytes;

/** `MSC_RANDOM_RUNS=100 MSC_RANDOM_SEED=7 npx vitest run test/random` looks at more and other graphs. */
const runs = Number(process.env.MSC_RANDOM_RUNS ?? 2);
const seed = Number(process.env.MSC_RANDOM_SEED ?? 1);

/** No live byte is written over, and the plan is between what is needed at a time and what all of it takes apart. */
function expectSound(placement: Placement): void {
  const { faults, neededBytes, apartBytes } = checkPlacement(placement);
  const { sizeBytes, lowerBoundBytes } = placement.plan;
  expect(faults).toEqual([]);
  expect(sizeBytes).toBeGreaterThanOrEqual(Math.max(lowerBoundBytes, neededBytes));
  expect(sizeBytes).toBeLessThanOrEqual(apartBytes);
}

describe('plans of random graphs keep live bytes apart, between the bounds', () => {
  it('for the schedules that are chosen', { timeout: 60_000 + runs * 60_000 }, () => {
    const goals = fc.record({
      slowdown: fc.constantFrom(1, 1.02, 1.05, 1.5, 4),
      /** RAM that there is, of what the arena of the fastest schedule takes. */
      part: fc.option(fc.integer({ min: 0, max: 110 }), { nil: null }),
      objective: fc.constantFrom('balanced', 'speed', 'size', 'ram'),
    });
    fc.assert(
      fc.property(graphRecipes(), goals, (recipe, { slowdown, part, objective }) => {
        const graph = graphOfRecipe(recipe);
        const steps = chooseKernels(graph, { isas, objective, lowering });
        const context = contextOf(graph, steps, { objective, lowering, alignmentBytes });
        const arena = { alignmentBytes, iterations: 30 };
        const fastest = chooseSchedule(context, { slowdown: 1 }, arena);
        const ramBytes = part === null ? null : Math.floor((fastest.plan.sizeBytes * part) / 100);
        const chosen = chooseSchedule(context, { slowdown, ...(ramBytes === null ? {} : { ramBytes }) }, arena);
        expectSound(fastest);
        expectSound(chosen);
        expect(chosen.instructions).toBeGreaterThan(0);
      }),
      { numRuns: 100 * runs, seed },
    );
  });

  it.each([
    ['any graph', { maxSize: 24 }],
    ['graphs that mostly go row by row', { rowByRow: true }],
  ])('for any schedule of %s', { timeout: 60_000 + runs * 60_000 }, (_, shape) => {
    let rings = 0;
    let turned = 0;
    let parts = 0;
    let apart = 0;
    fc.assert(
      fc.property(graphRecipes(shape), fc.nat(0x7fffffff), (recipe, schedule) => {
        const options = { isas, lowering, alignmentBytes, iterations: 30 };
        const placement = randomSchedule(graphOfRecipe(recipe), drawFrom(schedule), options);
        const buffers = placement.program.buffers.filter(({ slots, height }) => slots < height);
        rings += buffers.length;
        turned += buffers.filter(({ phase }) => phase > 0).length;
        const views = [...placement.program.views.byTensor.values()];
        parts += views.filter(({ offsetBytes, pitchBytes }) => offsetBytes > 0 && pitchBytes === null).length;
        apart += views.filter(({ pitchBytes }) => pitchBytes !== null).length;
        expectSound(placement);
      }),
      { numRuns: 450 * runs, seed },
    );
    expect([rings, turned, parts, apart].map((count) => count > 2 * runs)).toEqual([true, true, true, true]);
  });
});
