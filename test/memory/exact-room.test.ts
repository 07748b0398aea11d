import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { leastRoomForCliques } from '../../compiler/memory/clique-bound.ts';
import { essentialItems, withFollowers } from '../../compiler/memory/essential-items.ts';
import { searchOf } from '../../compiler/memory/exact-room.ts';
import { contains, type Interval, type IntervalSet, intervalSet } from '../../compiler/memory/interval-set.ts';
import { type PlacementProblem, placeItems } from '../../compiler/memory/lay-out.ts';
import { provePlacement } from '../../compiler/memory/prove-placement.ts';

/** Problems of a few items, each two with up to three forbidden intervals of any kind. */
function problems(items: number, largest: number): fc.Arbitrary<PlacementProblem> {
  const interval = fc
    .tuple(fc.integer({ min: -largest, max: largest }), fc.integer({ min: 1, max: 2 * largest }))
    .map(([from, length]): Interval => [from, Math.min(largest, from + length)]);
  const pairs = (items * (items - 1)) / 2;
  return fc
    .record({
      sizes: fc.array(fc.integer({ min: 0, max: largest }), { minLength: items, maxLength: items }),
      alignments: fc.array(fc.constantFrom(1, 1, 2, 3, 4), { minLength: items, maxLength: items }),
      sets: fc.array(fc.array(interval, { maxLength: 3 }).map(intervalSet), { minLength: pairs, maxLength: pairs }),
    })
    .map(({ sizes, alignments, sets }) => {
      const distances: IntervalSet[][] = sizes.map(() => sizes.map((): IntervalSet => []));
      let next = 0;
      for (let i = 0; i < items; i++) {
        for (let j = 0; j < i; j++) {
          const set = sets[next++]!;
          distances[i]![j] = set;
          distances[j]![i] = intervalSet(set.map(([from, to]): Interval => [-to, -from]));
        }
      }
      return { sizes, alignments, distances };
    });
}

function isPlacement({ sizes, alignments, distances }: PlacementProblem, starts: readonly number[], height: number) {
  return starts.every(
    (at, i) =>
      at >= 0 &&
      at % alignments[i]! === 0 &&
      at + sizes[i]! <= height &&
      starts.every((other, j) => i === j || !contains(distances[i]![j]!, other - at)),
  );
}

/** Tries all starts. */
function fitsByTrying(problem: PlacementProblem, height: number): boolean {
  const { sizes, alignments, distances } = problem;
  const starts: number[] = [];
  const place = (i: number): boolean => {
    if (i === sizes.length) {
      return true;
    }
    for (let at = 0; at + sizes[i]! <= height; at += alignments[i]!) {
      if (starts.every((other, j) => !contains(distances[j]![i]!, at - other))) {
        starts.push(at);
        if (place(i + 1)) {
          return true;
        }
        starts.pop();
      }
    }
    return false;
  };
  return place(0);
}

const all = ({ sizes }: PlacementProblem) => sizes.map((_, i) => i);

describe('whether items fit below a height', () => {
  test('is what trying all starts says, for every height', () => {
    fc.assert(
      fc.property(problems(4, 6), (problem) => {
        const fits = searchOf(problem, all(problem), { left: 1e6 });
        for (let height = 0; height <= 14; height++) {
          const answer = fits(height);
          expect(answer.outcome).toBe(fitsByTrying(problem, height) ? 'fits' : 'impossible');
          expect(answer.outcome !== 'fits' || isPlacement(problem, answer.starts, height)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('is unknown once the work is spent', () => {
    const apart: IntervalSet = [[-3, 3]];
    const sizes = Array.from({ length: 12 }, () => 3);
    const problem = {
      sizes,
      alignments: sizes.map(() => 1),
      distances: sizes.map((_, i) => sizes.map((_, j) => (i === j ? [] : apart))),
    };
    const work = { left: 1000 };
    expect(searchOf(problem, all(problem), work)(35)).toEqual({ outcome: 'unknown' });
    expect(work.left).toBeLessThanOrEqual(0);
    expect(work.left).toBeGreaterThan(-100_000);
    expect(searchOf(problem, all(problem), { left: 1e6 })(36).outcome).toBe('fits');
  });
});

test('items that follow others need no room of their own', () => {
  fc.assert(
    fc.property(problems(5, 6), fc.integer({ min: 4, max: 20 }), (problem, height) => {
      const { items, followers } = essentialItems(problem);
      expect([...items, ...followers.map(({ item }) => item)].sort()).toEqual(all(problem));
      const answer = searchOf(problem, items, { left: 1e6 })(height);
      expect(answer.outcome).toBe(searchOf(problem, all(problem), { left: 1e6 })(height).outcome);
      if (answer.outcome === 'fits') {
        const starts = withFollowers(new Map(items.map((item, i) => [item, answer.starts[i]!])), followers);
        expect(
          isPlacement(
            problem,
            all(problem).map((i) => starts.get(i)!),
            height,
          ),
        ).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});

describe('the least room for cliques', () => {
  test('is no more than what items need', () => {
    fc.assert(
      fc.property(problems(4, 6), (problem) => {
        expect(fitsByTrying(problem, leastRoomForCliques(problem) - 1)).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  const apart = (a: number, b: number): IntervalSet => [[-b, a]];
  const problemOf = (sizes: readonly number[], special: ReadonlyMap<string, IntervalSet>): PlacementProblem => ({
    sizes,
    alignments: sizes.map(() => 1),
    distances: sizes.map((a, i) =>
      sizes.map((b, j): IntervalSet => {
        const turned = special.get(`${j} ${i}`)?.map(([from, to]): Interval => [-to, -from]);
        return i === j ? [] : (special.get(`${i} ${j}`) ?? turned ?? apart(a, b));
      }),
    ),
  });

  test('is the sum of the sizes where no two may share a byte', () => {
    expect(leastRoomForCliques(problemOf([5, 7, 11, 2], new Map()))).toBe(25);
  });

  test('leaves out what may stand in the place of others', () => {
    expect(leastRoomForCliques(problemOf([5, 7, 11], new Map([['0 2', []]])))).toBe(18);
  });

  test.each([
    ['behind the start', [[2, 10]] as IntervalSet, 8 + 8 + 8],
    ['before the start', [[-8, 4]] as IntervalSet, 8 + 8 + 8 + 4],
    ['at a little of it', [[-5, 10]] as IntervalSet, 8 + 8 + 8 + 10 - 3],
  ])('adds what an item needs that overlaps them only %s', (_, forbidden, bytes) => {
    const special = new Map([1, 2, 3].map((item) => [`0 ${item}`, forbidden] as const));
    expect(leastRoomForCliques(problemOf([10, 8, 8, 8], special))).toBe(bytes);
    expect(fitsByTrying(problemOf([10, 8, 8, 8], special), bytes)).toBe(true);
  });
});

describe('a proven placement', () => {
  test('is as low as any, its bound tight', () => {
    fc.assert(
      fc.property(problems(4, 6), (problem) => {
        const start = placeItems(problem, 0, 3);
        const proven = provePlacement(problem, start, 0, 1e6);
        expect(proven.heightBytes).toBeLessThanOrEqual(start.heightBytes);
        expect(proven.boundBytes).toBe(proven.heightBytes);
        expect(isPlacement(problem, proven.starts, proven.heightBytes)).toBe(true);
        expect(fitsByTrying(problem, proven.heightBytes - 1)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  test('with little effort is no worse than before, its bound no higher than the least height', () => {
    fc.assert(
      fc.property(problems(5, 9), fc.integer({ min: 0, max: 300 }), (problem, effort) => {
        const start = placeItems(problem, 0, 0);
        const some = provePlacement(problem, start, 0, effort);
        const least = provePlacement(problem, start, 0, 1e7).heightBytes;
        expect(some.heightBytes).toBeLessThanOrEqual(start.heightBytes);
        expect(isPlacement(problem, some.starts, some.heightBytes)).toBe(true);
        expect(some.boundBytes).toBeLessThanOrEqual(least);
        expect(provePlacement(problem, start, 0, effort)).toEqual(some);
      }),
      { numRuns: 300 },
    );
  });
});
