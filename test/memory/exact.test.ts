import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MemoryBuffer, planMemory, validatePlan } from '../../compiler/memory/index.ts';
import { instanceOf } from '../../compiler/memory/instance.ts';
import { alignUp, heightOf, lifetimesMeet } from '../../compiler/memory/problem.ts';
import { searchPlacement } from '../../compiler/memory/search.ts';
import { skylineOf } from '../../compiler/memory/skyline.ts';
import { problems } from './random-problem.ts';

/** The lowest height over all orders of first fit, which reach every plan that is pushed down. */
function bruteForceHeight(buffers: readonly MemoryBuffer[]): number {
  const offsets = new Map(buffers.flatMap((b) => (b.fixedOffset === undefined ? [] : [[b, b.fixedOffset] as const])));
  const free = buffers.filter((buffer) => buffer.fixedOffset === undefined);
  let best = Number.POSITIVE_INFINITY;
  const visit = (height: number): void => {
    if (height >= best) {
      return;
    }
    if (offsets.size === buffers.length) {
      best = height;
    }
    for (const buffer of free.filter((b) => !offsets.has(b))) {
      const standing = [...offsets].filter(([other]) => lifetimesMeet(buffer, other));
      const places = [0, ...standing.map(([other, at]) => alignUp(at + other.sizeBytes, buffer.alignmentBytes))];
      const isFree = (place: number) =>
        standing.every(([other, at]) => place + buffer.sizeBytes <= at || at + other.sizeBytes <= place);
      const place = Math.min(...places.filter(isFree));
      offsets.set(buffer, place);
      visit(Math.max(height, place + buffer.sizeBytes));
      offsets.delete(buffer);
    }
  };
  visit(Math.max(0, ...[...offsets].map(([b, at]) => at + b.sizeBytes)));
  return best;
}

const tiny = {
  plain: { maxBuffers: 6, maxStep: 5, maxSize: 9 },
  'of few sizes': { maxBuffers: 6, maxStep: 6, maxSize: 3 },
  aligned: { maxBuffers: 6, maxStep: 4, maxSize: 12, alignments: [1, 2, 4, 8] },
  'oddly aligned': { maxBuffers: 6, maxStep: 4, maxSize: 12, alignments: [1, 2, 3, 5] },
  fixed: { maxBuffers: 6, maxStep: 4, maxSize: 9, alignments: [1, 2, 4], fixed: true },
};

describe.each(Object.entries(tiny))('the exact search, tiny problems, %s', (_, shape) => {
  it('finds the height that brute force finds, and proves it', () => {
    fc.assert(
      fc.property(problems(shape), (problem) => {
        const plan = planMemory(problem);
        expect(validatePlan(problem, plan.offsets)).toEqual([]);
        expect(plan.heightBytes).toBe(bruteForceHeight(problem.buffers));
        expect(plan.optimal).toBe(true);
      }),
      { numRuns: 600, seed: 7 },
    );
  });

  it('decides every capacity alone, without greedy, bound and halving, whatever is tried first', () => {
    fc.assert(
      fc.property(problems(shape), fc.infiniteStream(fc.nat()), (problem, keys) => {
        const buffers = problem.buffers.filter((buffer) => buffer.sizeBytes > 0);
        const instance = instanceOf(buffers);
        const skyline = skylineOf(instance);
        const drawn = buffers.map(() => keys.next().value);
        const rank = new Int32Array(buffers.length);
        for (const [position, i] of [...drawn.keys()].sort((a, b) => drawn[a]! - drawn[b]! || a - b).entries()) {
          rank[i] = position;
        }
        const lowest = bruteForceHeight(buffers) / instance.unitBytes;
        const outcome = (capacity: number) => searchPlacement(instance, skyline, capacity, rank, 1e6).outcome;
        expect(outcome(lowest - 1)).toBe(lowest === 0 ? outcome(-1) : 'impossible');
        expect(outcome(lowest)).toBe('found');
        const offsets = new Map(buffers.map(({ id }, i) => [id, skyline.support[i]! * instance.unitBytes]));
        expect(validatePlan({ buffers }, offsets)).toEqual([]);
        expect(heightOf(buffers, offsets)).toBe(lowest * instance.unitBytes);
      }),
      { numRuns: 600, seed: 8, endOnFailure: true },
    );
  });
});

describe('the exact search', () => {
  it('keeps the supports that a raised floor rose to among its reasons', () => {
    // Found by the property above: wrongly impossible when a failure skipped the decision that lifted buffer 5.
    const sizes = [2, 5, 1, 5, 5, 1];
    const alignments = [1, 1, 2, 5, 1, 3];
    const spans = [
      [3, 3],
      [0, 1],
      [0, 0],
      [1, 1],
      [3, 3],
      [0, 3],
    ] as const;
    const buffers = spans.map(([firstStep, lastStep], id) => {
      return { id, firstStep, lastStep, sizeBytes: sizes[id]!, alignmentBytes: alignments[id]! };
    });
    const instance = instanceOf(buffers);
    const rank = Int32Array.from([3, 5, 2, 0, 4, 1]);
    expect(searchPlacement(instance, skylineOf(instance), 12, rank, 1e6).outcome).toBe('found');
  });
});
