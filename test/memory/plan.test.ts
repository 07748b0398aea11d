import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { greedyPlacement } from '../../compiler/memory/greedy.ts';
import { lowerBound, type MemoryProblem, planMemory, validatePlan } from '../../compiler/memory/index.ts';
import { instanceOf } from '../../compiler/memory/instance.ts';
import { problems } from './random-problem.ts';

const shapes = {
  plain: { maxBuffers: 14, maxStep: 12, maxSize: 60 },
  aligned: { maxBuffers: 12, maxStep: 10, maxSize: 60, alignments: [1, 4, 8, 16] },
  'oddly aligned': { maxBuffers: 10, maxStep: 8, maxSize: 30, alignments: [1, 2, 3, 6, 10] },
  fixed: { maxBuffers: 12, maxStep: 8, maxSize: 40, alignments: [1, 4, 8], fixed: true },
};

describe.each(Object.entries(shapes))('planMemory, %s buffers', (_, shape) => {
  it('keeps every rule, stays between the bound and the greedy, and repeats itself', () => {
    fc.assert(
      fc.property(problems(shape), (problem) => {
        const plan = planMemory(problem, { maxIterations: 3000 });
        expect(validatePlan(problem, plan.offsets)).toEqual([]);
        expect(plan.heightBytes).toBeGreaterThanOrEqual(lowerBound(problem));
        expect(plan.lowerBoundBytes).toBeGreaterThanOrEqual(lowerBound(problem));
        expect(plan.lowerBoundBytes).toBeLessThanOrEqual(plan.heightBytes);
        expect(plan.optimal).toBe(plan.lowerBoundBytes === plan.heightBytes);
        const instance = instanceOf(problem.buffers.filter((b) => b.sizeBytes > 0));
        expect(plan.heightBytes).toBeLessThanOrEqual(greedyPlacement(instance).height * instance.unitBytes);
        expect(planMemory(problem, { maxIterations: 3000 })).toEqual(plan);
      }),
      { numRuns: 1000, seed: 1 },
    );
  });
});

const buffer = (id: number, firstStep: number, lastStep: number, sizeBytes: number) => ({
  id,
  firstStep,
  lastStep,
  sizeBytes,
  alignmentBytes: 1,
});

describe('planMemory', () => {
  it('plans nothing', () => {
    expect(planMemory({ buffers: [] })).toMatchObject({ heightBytes: 0, lowerBoundBytes: 0, optimal: true });
  });

  it('lets buffers that never meet share their bytes', () => {
    const plan = planMemory({ buffers: [buffer(1, 0, 1, 100), buffer(2, 2, 3, 100)] });
    expect(plan.heightBytes).toBe(100);
  });

  it('keeps buffers apart that meet in one step', () => {
    const plan = planMemory({ buffers: [buffer(1, 0, 1, 100), buffer(2, 1, 3, 100)] });
    expect(plan.heightBytes).toBe(200);
  });

  it('gives a buffer of no bytes an offset and no room', () => {
    const problem: MemoryProblem = { buffers: [buffer(1, 0, 5, 0), buffer(2, 0, 5, 7)] };
    const plan = planMemory(problem);
    expect(plan.heightBytes).toBe(7);
    expect(validatePlan(problem, plan.offsets)).toEqual([]);
  });

  it('refuses what only a bug could hand over', () => {
    expect(() => planMemory({ buffers: [buffer(1, 1, 0, 4)] })).toThrow(/malformed/);
    expect(() => planMemory({ buffers: [buffer(1, 0, 0, 4), buffer(1, 0, 0, 4)] })).toThrow(/twice/);
    expect(() => planMemory({ buffers: [{ ...buffer(1, 0, 0, 4), alignmentBytes: 8, fixedOffset: 4 }] })).toThrow(
      /multiple/,
    );
    const fixed = [0, 2].map((fixedOffset) => ({ ...buffer(fixedOffset, 0, 0, 4), fixedOffset }));
    expect(() => planMemory({ buffers: fixed })).toThrow(/same bytes/);
  });
});
