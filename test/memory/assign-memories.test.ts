import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  type AssignmentProblem,
  assignMemories,
  costOf,
  greedyAssignment,
} from '../../compiler/memory/assign-memories.ts';

/** Buffers with lifetimes; a memory holds those of which at no time more bytes live than it has. */
const problems = fc
  .record({
    items: fc.array(
      fc.record({
        size: fc.integer({ min: 1, max: 9 }),
        heat: fc.integer({ min: 0, max: 40 }),
        from: fc.integer({ min: 0, max: 5 }),
        length: fc.integer({ min: 0, max: 4 }),
        isBarred: fc.boolean(),
      }),
      { minLength: 1, maxLength: 7 },
    ),
    capacities: fc.array(fc.integer({ min: 1, max: 24 }), { minLength: 1, maxLength: 3 }),
    waits: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 3, maxLength: 3 }),
    barred: fc.nat(3),
  })
  .map(({ items, capacities, waits, barred }) => {
    let asked = 0;
    const problem: AssignmentProblem = {
      sizes: items.map(({ size }) => size),
      heats: items.map(({ heat }) => heat),
      waits: waits.slice(0, capacities.length).sort((a, b) => a - b),
      mayLieIn: (item, memory) => memory !== barred || !items[item]!.isBarred,
      ask: (memory, members) => {
        asked++;
        const most = Math.max(
          0,
          ...Array.from({ length: 10 }, (_, time) =>
            members
              .map((item) => items[item]!)
              .filter(({ from, length }) => from <= time && time <= from + length)
              .reduce((sum, { size }) => sum + size, 0),
          ),
        );
        return most <= capacities[memory]! ? 'fits' : 'impossible';
      },
    };
    return { problem, askedSoFar: () => asked };
  });

/** Every way to give each item a memory that it may lie in and that holds all that it is given. */
function* allAssignments(problem: AssignmentProblem, chosen: readonly number[] = []): Generator<readonly number[]> {
  if (chosen.length === problem.sizes.length) {
    const fits = problem.waits.every(
      (_, memory) =>
        problem.ask(
          memory,
          chosen.flatMap((where, item) => (where === memory ? [item] : [])),
        ) === 'fits',
    );
    if (fits) {
      yield chosen;
    }
    return;
  }
  for (let memory = 0; memory < problem.waits.length; memory++) {
    if (problem.mayLieIn(chosen.length, memory)) {
      yield* allAssignments(problem, [...chosen, memory]);
    }
  }
}

it('finds what trying all assignments finds', () => {
  fc.assert(
    fc.property(problems, ({ problem }) => {
      const { cost, leftBytes, memoryOf, isBest } = assignMemories(problem, 100_000);
      const costs = [...allAssignments(problem)].map((one) => costOf(problem, one).cost);
      expect(costOf(problem, memoryOf)).toEqual({ cost, leftBytes });
      expect(leftBytes === 0).toBe(costs.length > 0);
      if (costs.length > 0) {
        expect(cost).toBe(Math.min(...costs));
        expect(isBest).toBe(true);
      }
    }),
    { numRuns: 400, seed: 1 },
  );
});

it('is never worse than filling memories in order, however little may be asked', () => {
  fc.assert(
    fc.property(problems, fc.nat(30), ({ problem }, questions) => {
      const items = problem.sizes.map((_, item) => item);
      const byHeat = items.sort(
        (a, b) => problem.heats[b]! / problem.sizes[b]! - problem.heats[a]! / problem.sizes[a]!,
      );
      const greedy = costOf(problem, greedyAssignment(problem, byHeat));
      const found = assignMemories(problem, questions);
      expect(found.leftBytes).toBeLessThanOrEqual(greedy.leftBytes);
      if (found.leftBytes === greedy.leftBytes) {
        expect(found.cost).toBeLessThanOrEqual(greedy.cost);
      }
      expect(assignMemories(problem, questions)).toEqual(found);
    }),
    { numRuns: 300, seed: 2 },
  );
});

it('asks no more than it may, but for the first assignments', () => {
  fc.assert(
    fc.property(problems, ({ problem, askedSoFar }) => {
      const before = askedSoFar();
      assignMemories(problem, 0);
      const first = askedSoFar() - before;
      assignMemories(problem, 10);
      expect(askedSoFar() - before - first).toBeLessThanOrEqual(first + 12);
    }),
    { numRuns: 100, seed: 3 },
  );
});
