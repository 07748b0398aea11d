import { expect, it } from 'vitest';
import { chooseKernels, segmentOf, viewsOf } from '../../compiler/schedule/index.ts';
import { graphFrom } from '../support/graphs.ts';

it('a step that reads an image of several rows as a view of one row waits for all of them', () => {
  const graph = graphFrom(
    `graph "view" (%0) -> (%3)
tensor %0 "image" computed int8 [1, 4, 2, 1] scale [0.05] zero [3]
tensor %1 "rows" computed int8 [1, 4, 2, 1] scale [0.05] zero [3]
tensor %2 "row" computed int8 [1, 1, 8, 1] scale [0.05] zero [3]
tensor %3 "result" computed int8 [1, 1, 8, 1] scale [0.05] zero [3]
node relu "writer" (%0) -> (%1) {"activation":"relu"} from "RELU" 0
node reshape "view" (%1) -> (%2) {"shape":[1,1,8,1]} from "RESHAPE" 1
node relu "reader" (%2) -> (%3) {"activation":"relu"} from "RELU" 2`,
  );
  const steps = chooseKernels(graph, { isas: ['portable'], objective: 'balanced', lowering: { rounding: 'double' } });
  const segment = segmentOf(graph, steps, { first: 0, end: 2 }, { rows: 1, tapered: true }, viewsOf(graph));
  expect(segment).toMatchObject({ ticks: 4, paces: [{ lag: 0 }, { lag: 3 }] });
});
