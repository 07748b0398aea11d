import { describe, expect, it } from 'vitest';
import { chooseKernels, viewOfRows } from '../../compiler/schedule/index.ts';
import { graphFrom } from '../support/graphs.ts';

/** A convolution of a 4x1 window over 8 rows. */
const convolution = (stride: number, [top, bottom]: readonly [number, number], height: number) =>
  chooseKernels(
    graphFrom(
      `graph "rows" (%0) -> (%2)
tensor %0 "image" computed int8 [1, 8, 3, 2] scale [0.05] zero [3]
tensor %1 "filter" constant int8 [2, 4, 1, 2] scale [0.02] zero [0] data random.
tensor %2 "result" computed int8 [1, ${height}, 3, 2] scale [0.05] zero [3]
node conv2d "conv" (%0, %1, _) -> (%2) {"strides":[${stride},1],"dilations":[1,1],"padding":[${top},${bottom},0,0],"groups":1,"activation":"none"} from "CONV" 0`,
    ),
    { isas: ['portable'], objective: 'balanced', lowering: { rounding: 'double' } },
  )[0]!;

describe('a call of a few rows is costed as a node on as many rows as its windows reach', () => {
  it.each([
    ['without padding', 1, [0, 0], 5, [4, 5, 6]],
    ['without padding, stride 2', 2, [0, 0], 3, [4, 6, 8]],
    ['with padding that keeps the height', 1, [1, 2], 8, [1, 2, 3]],
    ['with padding that keeps half of the height', 2, [1, 1], 4, [2, 4, 6]],
  ] as const)('%s', (_, stride, padding, height, expected) => {
    const step = convolution(stride, padding, height);
    expect([1, 2, 3].map((rows) => viewOfRows(step, rows).inputs[0]!.shape[1])).toEqual(expected);
    for (const kernel of step.alternatives) {
      const [one, two, all] = [1, 2, height].map((rows) => kernel.cost(viewOfRows(step, rows)).instructions);
      expect([one! > 0, two! > one!, all]).toEqual([true, true, kernel.cost(step.view).instructions]);
    }
  });
});
