import { expect, it } from 'vitest';
import { loadAssets, loadTargetTexts } from '../../compiler/cli/assets.ts';
import { DiagnosticError } from '../../compiler/diagnostics/index.ts';
import type { Graph } from '../../compiler/ir/index.ts';
import { compileGraph } from '../../compiler/pipeline.ts';
import { parseTarget } from '../../compiler/targets/index.ts';
import { lstmCases } from '../ops/lstm.cases.ts';
import { svdfCases } from '../ops/svdf.cases.ts';
import { compareWithReference, compileStreamed } from '../support/graph-batch.ts';
import { graphFrom } from '../support/graphs.ts';
import { graphOf } from '../support/node-case.ts';

const assets = await loadAssets();
const target = parseTarget(await loadTargetTexts(), 'stm32f7');
const image = 'computed int8 [1, 4, 2, 1] scale [0.05] zero [3]';
const relu = (name: string, from: number, to: number) =>
  `node relu "${name}" (%${from}) -> (%${to}) {"activation":"relu"} from "RELU" ${to}`;

/** What is refused, and why. */
function refusal(graph: Graph): string {
  try {
    compileGraph(graph, { target, assets, cName: 'm', modelName: 'm', sha256: '', streamInput: true });
  } catch (error) {
    if (error instanceof DiagnosticError) {
      return error.diagnostics.map(({ name, found }) => `${name}: ${found}`).join('; ');
    }
    throw error;
  }
  return 'nothing';
}

it.each([
  [
    'two inputs',
    graphFrom(
      [
        'graph "sum" (%0, %1) -> (%2)',
        ...[0, 1, 2].map((id) => `tensor %${id} "t${id}" ${image}`),
        'node add "sum" (%0, %1) -> (%2) {"activation":"none"} from "ADD" 0',
      ].join('\n'),
    ),
    '2 inputs',
  ],
  [
    'a flat input',
    graphFrom(
      [
        'graph "flat" (%0) -> (%1)',
        ...[0, 1].map((id) => `tensor %${id} "t${id}" computed int8 [1, 8] scale [0.05] zero [3]`),
        relu('r', 0, 1),
      ].join('\n'),
    ),
    'no image of several rows',
  ],
  [
    'an input of several images',
    graphFrom(
      [
        'graph "batch" (%0) -> (%1)',
        ...[0, 1].map((id) => `tensor %${id} "t${id}" computed int8 [2, 4, 2, 1] scale [0.05] zero [3]`),
        relu('r', 0, 1),
      ].join('\n'),
    ),
    'no image of several rows',
  ],
  [
    'an input that is an output too',
    graphFrom(
      [
        'graph "through" (%0) -> (%1, %0)',
        ...[0, 1].map((id) => `tensor %${id} "t${id}" ${image}`),
        relu('r', 0, 1),
      ].join('\n'),
    ),
    'an input that is an output too',
  ],
  [
    'an input of which a view is an output',
    graphFrom(
      [
        'graph "view" (%0) -> (%1, %2)',
        ...[0, 1].map((id) => `tensor %${id} "t${id}" ${image}`),
        'tensor %2 "flat" computed int8 [1, 8] scale [0.05] zero [3]',
        relu('r', 0, 1),
        'node reshape "flat" (%0) -> (%2) {"shape":[1,8]} from "RESHAPE" 2',
      ].join('\n'),
    ),
    'a layer that reads the input as a whole',
  ],
  [
    'a first layer that takes the image as a whole',
    graphFrom(
      [
        'graph "whole" (%0) -> (%1)',
        `tensor %0 "x" ${image}`,
        `tensor %1 "y" computed int8 [1, 2, 4, 1] scale [0.05] zero [3]`,
        'node transpose "t" (%0) -> (%1) {"permutation":[0,2,1,3]} from "TRANSPOSE" 0',
      ].join('\n'),
    ),
    'a layer that reads the input as a whole',
  ],
  ['a state, with a flat input: SVDF', graphOf(svdfCases[0]!), 'no image of several rows'],
  ['a state, with a flat input: LSTM', graphOf(lstmCases[0]!), 'no image of several rows'],
])('refuses %s', (_, graph, why) => {
  expect(refusal(graph)).toBe(`input-not-streamable: ${why}`);
});

it('a layer that reads the image as one row waits for all of it', async () => {
  const graph = graphFrom(
    [
      'graph "row" (%0) -> (%2)',
      `tensor %0 "image" ${image}`,
      ...[1, 2].map((id) => `tensor %${id} "t${id}" computed int8 [1, 1, 8, 1] scale [0.05] zero [3]`),
      'node reshape "row" (%0) -> (%1) {"shape":[1,1,8,1]} from "RESHAPE" 0',
      relu('reader', 1, 2),
    ].join('\n'),
  );
  const found = compileStreamed([graph], { target, assets });
  expect(found.map(({ compiled }) => compiled.view.stream?.neededRows)).toEqual([4]);
  expect(await compareWithReference([graph], [found[0]!.compiled], target)).toEqual([null]);
});
