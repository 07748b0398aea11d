import { expect, test } from 'vitest';
import type { Graph } from '../../compiler/ir/index.ts';
import { planInBestOrder } from '../../compiler/memory/plan-in-best-order.ts';
import { planWithOverlaps } from '../../compiler/memory/plan-program.ts';
import { chooseKernels } from '../../compiler/schedule/index.ts';
import { graphFrom, sampleOutputs } from '../support/graphs.ts';
import { randomGraph } from '../support/random-graphs.ts';

const stepsOf = (graph: Graph) =>
  chooseKernels(graph, { isas: ['portable'], objective: 'balanced', lowering: { rounding: 'double' } });

/** Three branches that swell and shrink again, as a file may list them: level by level. */
const diamond = graphFrom(
  [
    'graph "diamond" (%0) -> (%7)',
    'tensor %0 "x" computed float32 [1, 8]',
    ...[1, 2, 3].map((id) => `tensor %${id} "wide${id}" computed float32 [1, 64]`),
    ...[4, 5, 6].map((id) => `tensor %${id} "narrow${id}" computed float32 [1, 8]`),
    'tensor %7 "y" computed float32 [1, 24]',
    ...[1, 2, 3].map((id) => `tensor %${id + 7} "up${id}" constant float32 [64, 8] data random.`),
    ...[4, 5, 6].map((id) => `tensor %${id + 7} "down${id}" constant float32 [8, 64] data random.`),
    ...[1, 2, 3].map((id) => fullyConnected(0, id + 7, id)),
    ...[4, 5, 6].map((id) => fullyConnected(id - 3, id + 7, id)),
    'node concat "y" (%4, %5, %6) -> (%7) {"axis":1} from "CONCATENATION" 6',
  ].join('\n'),
);

function fullyConnected(input: number, weights: number, output: number): string {
  const attributes = '{"activation":"none","keepDimensions":false}';
  return `node fully_connected "fc${output}" (%${input}, %${weights}) -> (%${output}) ${attributes} from "FC" ${output}`;
}

test('a diamond is walked branch by branch, with the same outputs', () => {
  const steps = stepsOf(diamond);
  const { program, plan } = planInBestOrder(diamond, steps, 8);
  expect(program.steps.map(({ node }) => node.name)).toEqual(['fc1', 'fc4', 'fc2', 'fc5', 'fc3', 'fc6', 'y']);
  expect(new Set(program.steps)).toEqual(new Set(steps));
  expect([planWithOverlaps(diamond, steps, 8).plan.sizeBytes, plan.sizeBytes]).toEqual([800, 352]);
  expect(sampleOutputs(program.graph, 1)).toEqual(sampleOutputs(diamond, 1));
});

test('the arena is never larger than in the order of the file, and the outputs are the same', () => {
  let smaller = 0;
  for (let seed = 0; seed < 60; seed++) {
    const graph = randomGraph({ nodes: 14, reach: 8, anything: false }, seed);
    const steps = stepsOf(graph);
    const inFile = planWithOverlaps(graph, steps, 4).plan.sizeBytes;
    const { program, plan } = planInBestOrder(graph, steps, 4);
    expect(plan.sizeBytes).toBeLessThanOrEqual(inFile);
    smaller += plan.sizeBytes < inFile ? 1 : 0;
    expect(sampleOutputs(program.graph, seed)).toEqual(sampleOutputs(graph, seed));
  }
  expect(smaller).toBeGreaterThan(5);
});
