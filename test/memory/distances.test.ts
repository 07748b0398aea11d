import { expect, it } from 'vitest';
import { distancesOf } from '../../compiler/memory/distances.ts';
import { contains } from '../../compiler/memory/interval-set.ts';
import { chooseKernels, programOf, segmentOf, viewsOf, wholeSegment } from '../../compiler/schedule/index.ts';
import { graphFrom } from '../support/graphs.ts';

it('a ring stands in the dying row of a result that others see in one row, not where that row is written first', () => {
  const graph = graphFrom(
    `graph "view" (%0) -> (%6)
tensor %0 "image" computed int8 [1, 3, 7, 1] scale [0.05] zero [3]
tensor %1 "thin" computed int8 [1, 3, 7, 1] scale [0.05] zero [3]
tensor %2 "filter" constant int8 [4, 1, 1, 1] scale [0.02] zero [0] data random.
tensor %3 "wide" computed int8 [1, 3, 7, 4] scale [0.05] zero [3]
tensor %4 "flat" computed int8 [1, 84] scale [0.05] zero [3]
tensor %5 "weights" constant int8 [2, 84] scale [0.02] zero [0] data random.
tensor %6 "result" computed int8 [1, 2] scale [0.05] zero [3]
node relu "first" (%0) -> (%1) {"activation":"relu"} from "RELU" 0
node conv2d "second" (%1, %2, _) -> (%3) {"strides":[1,1],"dilations":[1,1],"padding":[0,0,0,0],"groups":1,"activation":"none"} from "CONV" 1
node reshape "view" (%3) -> (%4) {"shape":[1,84]} from "RESHAPE" 2
node fully_connected "third" (%4, %5, _) -> (%6) {"activation":"none","keepDimensions":false} from "FC" 3`,
  );
  const steps = chooseKernels(graph, {
    isas: ['portable', 'dsp'],
    objective: 'speed',
    lowering: { rounding: 'double' },
  });
  expect(steps[1]!.call).toMatchObject({ work: { kind: 'run' }, inPlace: [0] });
  const sources = viewsOf(graph);
  const together = segmentOf(graph, steps, { first: 0, end: 2 }, { rows: 1, tapered: true }, sources)!;
  const program = programOf(graph, steps, [together, wholeSegment(2, 1)], sources);
  const [thin, wide] = [1, 3].map((id) => program.bufferOfTensor.get(id)!);
  expect([thin!.slots, wide!.slots, wide!.sameRows]).toEqual([1, 3, false]);
  const distances = distancesOf(program, [
    { kind: 'buffer', buffer: thin! },
    { kind: 'buffer', buffer: wide! },
  ])[0]![1]!;
  // its one row must end where the last row of the result ends, or behind: pixel q of four bytes is written after pixel q of one is read
  const ending = 7 - 84;
  expect([ending - 1, ending, ending + 1].map((distance) => contains(distances, distance))).toEqual([
    false,
    false,
    true,
  ]);
});
