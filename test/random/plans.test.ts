import fc from 'fast-check';
import { expect, it } from 'vitest';
import { loadTargetTexts } from '../../compiler/cli/assets.ts';
import { planInBestOrder } from '../../compiler/memory/plan-in-best-order.ts';
import { chooseKernels, isasOf } from '../../compiler/schedule/index.ts';
import { parseTarget } from '../../compiler/targets/index.ts';
import { checkPlacement } from '../support/check-placement.ts';
import { graphOfRecipe, graphRecipes } from '../support/random-graph.ts';

const target = parseTarget(await loadTargetTexts(), 'stm32f7');

/** `MSC_RANDOM_RUNS=100 MSC_RANDOM_SEED=7 npx vitest run test/random` looks at more and other graphs. */
const runs = Number(process.env.MSC_RANDOM_RUNS ?? 2);
const seed = Number(process.env.MSC_RANDOM_SEED ?? 1);

it('memory plans of random graphs keep live bytes apart, between the bounds', {
  timeout: 60_000 + runs * 60_000,
}, () => {
  fc.assert(
    fc.property(graphRecipes(), (recipe) => {
      const graph = graphOfRecipe(recipe);
      const lowering = { rounding: 'double' } as const;
      const steps = chooseKernels(graph, { isas: isasOf(target), objective: 'balanced', lowering });
      const { program, plan } = planInBestOrder(graph, steps, { objective: 'balanced', lowering, alignmentBytes: 32 });
      const { faults, neededBytes, apartBytes } = checkPlacement({ program, plan });
      expect(faults).toEqual([]);
      expect(plan.sizeBytes).toBeGreaterThanOrEqual(Math.max(plan.lowerBoundBytes, neededBytes));
      expect(plan.sizeBytes).toBeLessThanOrEqual(apartBytes);
    }),
    { numRuns: 100 * runs, seed },
  );
});
