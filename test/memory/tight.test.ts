import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MemoryBuffer, parseBufferTable, planMemory, validatePlan } from '../../compiler/memory/index.ts';
import { instanceOf } from '../../compiler/memory/instance.ts';
import { searchPlacement } from '../../compiler/memory/search.ts';
import { skylineOf } from '../../compiler/memory/skyline.ts';

/** A rectangle of time and memory cut into pieces: a problem that fills `height` in every step. */
const cutRectangles = fc
  .record({
    steps: fc.integer({ min: 4, max: 16 }),
    height: fc.integer({ min: 6, max: 60 }),
    cuts: fc.array(fc.tuple(fc.nat(), fc.nat(2), fc.nat(), fc.nat()), { minLength: 4, maxLength: 24 }),
  })
  .map(({ steps, height, cuts }) => {
    let pieces = [{ x: 0, y: 0, w: steps, h: height }];
    for (const [which, kind, a, b] of cuts) {
      const k = which % pieces.length;
      const { x, y, w, h } = pieces[k]!;
      let parts = [{ x, y, w, h }];
      if (kind === 0 && w > 1) {
        const cut = 1 + (a % (w - 1));
        parts = [
          { x, y, w: cut, h },
          { x: x + cut, y, w: w - cut, h },
        ];
      } else if (kind === 1 && h > 1) {
        const cut = 1 + (a % (h - 1));
        parts = [
          { x, y, w, h: cut },
          { x, y: y + cut, w, h: h - cut },
        ];
      } else if (w > 2 && h > 2) {
        // A pinwheel: no straight cut goes through it.
        const left = 1 + (a % (w - 2));
        const low = 1 + (b % (h - 2));
        parts = [
          { x, y, w: left + 1, h: low },
          { x: x + left + 1, y, w: w - left - 1, h: low + 1 },
          { x: x + left, y: y + low + 1, w: w - left, h: h - low - 1 },
          { x, y: y + low, w: left, h: h - low },
          { x: x + left, y: y + low, w: 1, h: 1 },
        ];
      }
      pieces = [...pieces.slice(0, k), ...parts, ...pieces.slice(k + 1)];
    }
    const buffers = pieces.map(
      ({ x, w, h }, id): MemoryBuffer => ({ id, firstStep: x, lastStep: x + w - 1, sizeBytes: h, alignmentBytes: 1 }),
    );
    return { buffers, height };
  });

describe('problems without a byte to waste', () => {
  it('are never called impossible, whatever is tried first, also with buffers taken out', () => {
    fc.assert(
      fc.property(cutRectangles, fc.nat(3), fc.nat(), ({ buffers, height }, missing, turn) => {
        const some = buffers.filter(({ id }) => Number(id) >= missing);
        const instance = instanceOf(some);
        const rank = Int32Array.from(some, (_, i) => (i + turn) % some.length);
        const capacity = Math.floor(height / instance.unitBytes);
        const { outcome } = searchPlacement(instance, skylineOf(instance), capacity, rank, 2000);
        expect(outcome).not.toBe('impossible');
      }),
      { numRuns: 1500, seed: 5 },
    );
  });

  it('are planned without waste', () => {
    fc.assert(
      fc.property(cutRectangles, ({ buffers, height }) => {
        expect(planMemory({ buffers })).toMatchObject({ heightBytes: height, lowerBoundBytes: height, optimal: true });
      }),
      { numRuns: 300, seed: 6 },
    );
  });
});

const challenge = new URL('../../../shared/planner/', import.meta.url);
const names = existsSync(challenge) ? readdirSync(challenge).filter((name) => /^[A-CF-H]\.\d+\.csv$/.test(name)) : [];

describe.skipIf(names.length === 0)('the challenge set (skipped where ../shared/planner is absent)', () => {
  it.each(names)('%s fits its capacity', (name) => {
    const capacityBytes = Number(name.split('.')[1]);
    const problem = { buffers: parseBufferTable(readFileSync(new URL(name, challenge), 'utf8'), name), capacityBytes };
    const plan = planMemory(problem, { goal: 'fits' });
    expect(validatePlan(problem, plan.offsets)).toEqual([]);
    expect(plan.optimal).toBe(true);
  });
});

describe('stopping short', () => {
  const buffers = [7, 5, 4, 3, 6, 2, 5, 4].map(
    (sizeBytes, id): MemoryBuffer => ({
      id,
      firstStep: id % 4,
      lastStep: (id % 4) + 2,
      sizeBytes,
      alignmentBytes: 1,
    }),
  );

  it('fits: is content with the capacity', () => {
    const roomy = planMemory({ buffers, capacityBytes: 1000 }, { goal: 'fits' });
    expect(roomy.heightBytes).toBeLessThanOrEqual(1000);
    expect(validatePlan({ buffers, capacityBytes: 1000 }, roomy.offsets)).toEqual([]);
  });

  it('gives the best it can where the capacity is too small', () => {
    const problem = { buffers, capacityBytes: 1 };
    const plan = planMemory(problem, { goal: 'fits' });
    expect(plan.heightBytes).toBe(planMemory({ buffers }).heightBytes);
    expect(validatePlan(problem, plan.offsets).every(({ kind }) => kind === 'beyond-capacity')).toBe(true);
  });

  it('says so when the budget ends before the proof', () => {
    const plan = planMemory({ buffers }, { maxIterations: 0 });
    expect(plan.iterations).toBe(0);
    expect(plan.optimal).toBe(plan.heightBytes === plan.lowerBoundBytes);
    expect(validatePlan({ buffers }, plan.offsets)).toEqual([]);
  });
});
