import { expect, test } from 'vitest';
import type { Graph } from '../../compiler/ir/index.ts';
import { chooseSchedule, type PlannedSchedule } from '../../compiler/memory/choose-schedule.ts';
import { contextOf, type PlanningOptions, planInBestOrder } from '../../compiler/memory/plan-in-best-order.ts';
import { chooseKernels } from '../../compiler/schedule/index.ts';
import { graphFrom, sampleOutputs } from '../support/graphs.ts';
import { randomGraph } from '../support/random-graphs.ts';

const options: PlanningOptions = { objective: 'balanced', lowering: { rounding: 'double' }, alignmentBytes: 8 };

const stepsOf = (graph: Graph) =>
  chooseKernels(graph, { isas: ['portable'], objective: 'balanced', lowering: options.lowering });

const inFileOrder = (graph: Graph): PlannedSchedule =>
  chooseSchedule(contextOf(graph, stepsOf(graph), options), { slowdown: 1.02 }, options);

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
  const { program, plan } = planInBestOrder(diamond, stepsOf(diamond), options);
  expect(program.steps.map(({ node }) => node.name)).toEqual(['fc1', 'fc4', 'fc2', 'fc5', 'fc3', 'fc6']);
  expect([inFileOrder(diamond).plan.sizeBytes, plan.sizeBytes]).toEqual([800, 352]);
  expect(sampleOutputs(program.graph, 1)).toEqual(sampleOutputs(diamond, 1));
});

test.each([
  [300, 352],
  [352, 352],
  [400, 352],
  [1000, 800],
])('of %d bytes of RAM, %d are used: what fits is not reordered', (ramBytes, expected) => {
  const { plan } = planInBestOrder(diamond, stepsOf(diamond), { ...options, ramBytes });
  expect(plan.sizeBytes).toBe(expected);
});

test('the arena is never larger than in the order of the file, and the outputs are the same', () => {
  let smaller = 0;
  for (let seed = 0; seed < 20; seed++) {
    const graph = randomGraph({ nodes: 12, reach: 8, anything: false }, seed);
    const inFile = inFileOrder(graph).plan.sizeBytes;
    const { program, plan } = planInBestOrder(graph, stepsOf(graph), options);
    expect(plan.sizeBytes).toBeLessThanOrEqual(inFile);
    smaller += plan.sizeBytes < inFile ? 1 : 0;
    expect(sampleOutputs(program.graph, seed)).toEqual(sampleOutputs(graph, seed));
  }
  expect(smaller).toBeGreaterThan(1);
});
