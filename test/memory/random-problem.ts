import fc from 'fast-check';
import type { MemoryProblem } from '../../compiler/memory/index.ts';
import { fixedCollision } from '../../compiler/memory/problem.ts';

/** What the random problems of a test look like. */
export interface ProblemShape {
  readonly maxBuffers: number;
  readonly maxStep: number;
  readonly maxSize: number;
  readonly alignments?: readonly number[];
  /** Some buffers have fixed offsets (never colliding). */
  readonly fixed?: boolean;
}

/** Random planning problems of a shape. */
export function problems(shape: ProblemShape): fc.Arbitrary<MemoryProblem> {
  const buffer = fc.record({
    from: fc.nat(shape.maxStep),
    length: fc.nat(shape.maxStep),
    sizeBytes: fc.integer({ min: shape.maxSize > 20 ? 0 : 1, max: shape.maxSize }),
    alignmentBytes: fc.constantFrom(...(shape.alignments ?? [1])),
    slot: fc.option(fc.nat(6), { nil: undefined, freq: 4 }),
  });
  return fc.array(buffer, { maxLength: shape.maxBuffers }).map((drawn) => {
    const buffers: MemoryProblem['buffers'][number][] = [];
    for (const [id, { from, length, sizeBytes, alignmentBytes, slot }] of drawn.entries()) {
      const lastStep = Math.min(shape.maxStep, from + (length % 5));
      const free = { id, firstStep: from, lastStep, sizeBytes, alignmentBytes };
      const fixed = slot === undefined ? free : { ...free, fixedOffset: slot * alignmentBytes };
      const wanted = shape.fixed === true && fixedCollision([...buffers, fixed]) === undefined ? fixed : free;
      buffers.push(wanted);
    }
    return { buffers };
  });
}
