import { describe, expect, it } from 'vitest';
import { loadAssets, loadTargetTexts } from '../../compiler/cli/assets.ts';
import { sizeBytesOf, tensorOf } from '../../compiler/ir/index.ts';
import { parseTarget } from '../../compiler/targets/index.ts';
import { svdfCases } from '../ops/svdf.cases.ts';
import { placementFaults } from '../support/check-placement.ts';
import { graphFrom } from '../support/graphs.ts';
import { graphOf } from '../support/node-case.ts';
import {
  bufferOf,
  offsetOf,
  type Placement,
  placementOf,
  withArenaOf,
  withRing,
  withScratchAt,
  withTensorAt,
} from '../support/trace/placements.ts';
import { canTrace, tracePlacements } from '../support/trace/trace.ts';

const assets = await loadAssets();
const target = parseTarget(await loadTargetTexts(), 'stm32f7');

const scale = 'scale [0.05] zero [3]';
const window = (padding: number) =>
  `{"strides":[1,1],"dilations":[1,1],"padding":[${Array(4).fill(padding).join(',')}],"groups":1,"activation":"none"}`;

/** A convolution, a depthwise one whose operand stays for the sum, a mean. */
const residual = (outputs: string) =>
  graphFrom(
    `graph "residual" (%0) -> (${outputs})
tensor %0 "image" computed int8 [1, 8, 8, 4] ${scale}
tensor %1 "filter" constant int8 [4, 3, 3, 4] scale [0.02] zero [0] data random.
tensor %2 "first" computed int8 [1, 8, 8, 4] ${scale}
tensor %3 "planes" constant int8 [1, 3, 3, 4] scale [0.02] zero [0] data random.
tensor %4 "second" computed int8 [1, 8, 8, 4] ${scale}
tensor %5 "sum" computed int8 [1, 8, 8, 4] ${scale}
tensor %6 "third" computed int8 [1, 6, 6, 4] ${scale}
tensor %7 "mean" computed int8 [1, 1, 1, 4] ${scale}
node conv2d "conv" (%0, %1, _) -> (%2) ${window(1)} from "CONV" 0
node depthwise_conv2d "depthwise" (%2, %3, _) -> (%4) ${window(1).replace('"groups":1,', '')} from "DEPTHWISE" 1
node add "add" (%4, %2) -> (%5) {"activation":"none"} from "ADD" 2
node conv2d "valid" (%5, %1, _) -> (%6) ${window(0)} from "CONV" 3
node mean "mean" (%6) -> (%7) {"axes":[1,2],"keepDimensions":true} from "MEAN" 4`,
  );

const good = placementOf(residual('%2, %7'), target);
const behind = (placement: Placement, id: number) =>
  offsetOf(placement, id) + sizeBytesOf(tensorOf(placement.program.graph, id));
const image = offsetOf(good, 0);
const first = offsetOf(good, 2);
const sum = offsetOf(good, 5);

const state = placementOf(graphOf(svdfCases.find((nodeCase) => nodeCase.name.startsWith('int8'))!), target);
const variable = [...state.program.graph.tensors.values()].find((tensor) => tensor.kind === 'variable')!.id;

/** Row by row up to the last convolution: what is between is in rings, and one of them in the dead rows of the image. */
const streamed = placementOf(residual('%7'), target, [{ first: 0, end: 4, rows: 1 }]);
const { slots, phase } = bufferOf(streamed, 5);

/** What must be found, and no more than the plan is wrong in. */
const mutations: readonly (readonly [title: string, placement: Placement, violation: RegExp])[] = [
  [
    'two live tensors share their last and first byte',
    withTensorAt(good, 4, behind(good, 2) - 1),
    /^step 1 \(depthwise_conv2d 'depthwise', .*byte 255 of tensor 'first', .*in its place byte 0 of tensor 'second'/,
  ],
  [
    'a result stands in the place of an operand that is read again',
    withTensorAt(good, 4, first),
    /^step 1 \(depthwise_conv2d 'depthwise', .*byte 0 of tensor 'first', .*in its place byte 0 of tensor 'second'/,
  ],
  [
    'a result is one byte too far inside its dying operand',
    withTensorAt(good, 6, sum + 1),
    /^step 3 \(conv2d 'valid', .*of tensor 'sum', .*in its place byte \d+ of tensor 'third'/,
  ],
  [
    'a result overlaps the last row of its operand',
    withTensorAt(withScratchAt(good, 0, 4096), 2, image + 7 * 32),
    /^step 0 \(conv2d 'conv', .*of tensor 'image', .*in its place byte \d+ of tensor 'first'/,
  ],
  [
    'a scratch overlaps the operand by one byte',
    withScratchAt(withTensorAt(good, 2, 2048), 0, behind(good, 0) - 1),
    /^step 0 \(conv2d 'conv', .*byte 255 of tensor 'image', .*in its place byte 0 of scratch of step 0/,
  ],
  [
    'a scratch overlaps a tensor that only a later step reads',
    withScratchAt(good, 3, behind(good, 2) - 8),
    /^the caller, after the last step, .*of tensor 'first', .*in its place byte \d+ of scratch of step 3/,
  ],
  [
    'an output is overwritten after its last use by a step',
    withTensorAt(good, 6, first),
    /^the caller, after the last step, reads 256 bytes; .*byte 0 of tensor 'first', .*in its place byte 0 of tensor 'third'/,
  ],
  [
    'the arena is one byte too small',
    withArenaOf(good, good.plan.sizeBytes - 1),
    /writes 1 bytes; this leaves the planned arena: byte 0 is byte 255 of tensor/,
  ],
  [
    'the state shares a byte with the input',
    withTensorAt(state, variable, offsetOf(state, 0)),
    /of tensor 'input\d', .*in its place byte \d+ of tensor 'input\d'/,
  ],
  [
    'a ring has a slot too few',
    withRing(streamed, 2, { slots: bufferOf(streamed, 2).slots - 1 }),
    /^step 1 \(depthwise_conv2d 'depthwise', .*byte \d+ of tensor 'first', .*in its place byte \d+ of tensor 'first'/,
  ],
  [
    'the ring of a sum has a slot too few',
    withRing(streamed, 5, { slots: slots - 1 }),
    /^step 3 \(conv2d 'valid', .*byte \d+ of tensor 'sum', .*in its place byte \d+ of tensor 'sum'/,
  ],
  [
    'a ring is turned by a slot',
    withRing(streamed, 5, { phase: (phase + 1) % slots }),
    /^step 0 \(conv2d 'conv', .*byte 32 of tensor 'image', .*in its place byte 24 of tensor 'sum'/,
  ],
  [
    'a ring reaches one byte too far',
    withTensorAt(streamed, 5, offsetOf(streamed, 5) + 1),
    /^step 3 \(conv2d 'valid', .*byte 95 of tensor 'sum', .*in its place byte 0 of tensor 'third'/,
  ],
  [
    'a ring stands one byte too far below, in the ring that it is added to',
    withTensorAt(streamed, 5, offsetOf(streamed, 5) - 1),
    /of tensor '(first|sum)', .*in its place byte \d+ of tensor '(first|sum)'/,
  ],
];

// what kernels promise allows no such place for shorter rows, but this one reads all its operand before it writes
const fine = [good, state, withTensorAt(good, 6, sum), streamed];
const traced = [...fine, ...mutations.map(([, placement]) => placement)];
const results = canTrace ? await tracePlacements(traced, assets) : [];

describe.skipIf(!canTrace)('the tracer', () => {
  it('finds nothing in good plans', () => {
    expect(results.slice(0, fine.length).map(({ violation }) => violation)).toEqual([null, null, null, null]);
    expect(offsetOf(good, 6)).toBe(sum - 24);
  });

  it.each(mutations.map(([title, , violation], i) => [title, violation, i + fine.length] as const))(
    'finds that %s',
    (_, violation, i) => {
      expect(results[i]!.violation).toMatch(violation);
    },
  );
});

describe('the validator of placements', () => {
  it('finds nothing in good plans', () => {
    expect([good, state, streamed].flatMap(placementFaults)).toEqual([]);
  });

  it.each(mutations)('finds that %s', (_, placement) => {
    expect(placementFaults(placement).filter((fault) => !fault.includes('aligned'))).not.toEqual([]);
  });
});
