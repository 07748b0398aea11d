import { describe, expect, it, test } from 'vitest';
import { type Graph, sizeBytesOf, tensorOf } from '../../compiler/ir/index.ts';
import { type ArenaPlan, planArena } from '../../compiler/memory/plan-program.ts';
import { planLive, planShared, type SharedPlan, withPersistentPorts } from '../../compiler/memory/plan-shared.ts';
import {
  chooseKernels,
  type Program,
  programOf,
  rowCountOf,
  sizeOfBuffer,
  viewsOf,
  wholeSegment,
} from '../../compiler/schedule/index.ts';
import { svdfCases } from '../ops/svdf.cases.ts';
import { graphOf as caseGraph } from '../support/node-case.ts';
import { randomGraph } from '../support/random-graphs.ts';

const alignment = 8;

function programFor(graph: Graph): Program {
  const lowering = { rounding: 'double' } as const;
  const steps = chooseKernels(graph, { isas: ['portable'], objective: 'balanced', lowering });
  const segments = steps.map((step, index) => wholeSegment(index, rowCountOf(step)));
  return programOf(graph, steps, segments, viewsOf(graph));
}

/** Three random programs, and one with a state in between. */
function graphsOf(seed: number): readonly Graph[] {
  const random = [0, 1, 2].map((i) => randomGraph({ nodes: 3 + 5 * i, reach: 4, anything: false }, 3 * seed + i));
  return [random[0]!, caseGraph(svdfCases[seed % 5]!), random[1]!, random[2]!];
}

interface Placed {
  readonly id: string;
  readonly start: number;
  readonly end: number;
  readonly holdsVariable: boolean;
}

/** What a program uses during a run, at its places. */
function placedBuffers(program: Program, plan: ArenaPlan): readonly Placed[] {
  const placed = (id: string, start: number, sizeBytes: number, holdsVariable: boolean) => {
    expect(Number.isInteger(start)).toBe(true);
    return { id, start, end: start + sizeBytes, holdsVariable };
  };
  return [
    ...program.buffers.map((buffer) => {
      const start = plan.bufferOffsets.get(buffer.id)!;
      expect(start % buffer.alignmentBytes).toBe(0);
      const holdsVariable = buffer.tensors.some((id) => tensorOf(program.graph, id).kind === 'variable');
      return placed(`buffer ${buffer.id}`, start, sizeOfBuffer(buffer), holdsVariable);
    }),
    ...program.scratches.map(({ step, sizeBytes }) =>
      placed(`scratch ${step}`, plan.scratchOffsets.get(step)!, sizeBytes, false),
    ),
  ];
}

/** All is in the arena, variables have bytes of their own, and no program touches bytes that another one keeps. */
function expectSound({ programs, plans, sizeBytes }: SharedPlan, graphs: readonly Graph[], live: boolean): void {
  const buffers = programs.map((program, i) => placedBuffers(program, plans[i]!));
  const meeting = (a: Pick<Placed, 'start' | 'end'>, list: readonly Placed[]) =>
    list.filter((b) => Math.max(a.start, b.start) < Math.min(a.end, b.end)).map(({ id }) => id);
  for (const list of buffers) {
    expect(list.every(({ start, end }) => start >= 0 && end <= sizeBytes)).toBe(true);
    for (const buffer of list.filter(({ holdsVariable }) => holdsVariable)) {
      expect(meeting(buffer, list)).toEqual([buffer.id]);
    }
  }
  graphs.forEach((graph, i) => {
    const variables = [...graph.tensors.values()].filter(({ kind }) => kind === 'variable').map(({ id }) => id);
    for (const id of [...variables, ...(live ? [...graph.inputs, ...graph.outputs] : [])]) {
      const start = plans[i]!.bufferOffsets.get(programs[i]!.bufferOfTensor.get(id)!.id)!;
      const kept = { start, end: start + sizeBytesOf(tensorOf(graph, id)) };
      for (const [j, list] of buffers.entries()) {
        expect(j === i ? [] : meeting(kept, list)).toEqual([]);
      }
    }
  });
}

describe('one arena for several programs', () => {
  it('without live ports: as large as the largest, and the states', () => {
    for (let seed = 0; seed < 12; seed++) {
      const graphs = graphsOf(seed);
      const programs = graphs.map(programFor);
      const plan = planShared(
        programs.map((program) => ({ program, kept: [] })),
        alignment,
      );
      expectSound(plan, graphs, false);
      const alone = programs.map((program) => planArena(program, { alignmentBytes: alignment }).sizeBytes);
      const states = sizeBytesOf([...graphs[1]!.tensors.values()].find(({ kind }) => kind === 'variable')!);
      const stateless = Math.max(alone[0]!, alone[2]!, alone[3]!);
      expect(plan.sizeBytes).toBeGreaterThanOrEqual(Math.max(...alone));
      expect(plan.sizeBytes).toBeLessThanOrEqual(Math.max(stateless, alone[1]! - states) + states + alignment);
      expect(plan.ownBytes.filter((_, i) => i !== 1)).toEqual(alone.filter((_, i) => i !== 1));
    }
  });

  it('with live ports: nobody touches inputs and outputs of another one, and fewer bytes than in arenas of their own', () => {
    let mixed = 0;
    for (let seed = 0; seed < 12; seed++) {
      const graphs = graphsOf(seed);
      const live = graphs.map((graph) => ({ apart: programFor(withPersistentPorts(graph)), mixed: programFor(graph) }));
      const plan = planLive(live, alignment);
      expectSound(plan, graphs, true);
      const apart = planShared(
        live.map(({ apart: program }) => ({ program, kept: [] })),
        alignment,
      );
      expectSound(apart, graphs, true);
      expect(plan.sizeBytes).toBeLessThanOrEqual(apart.sizeBytes);
      expect(plan.sizeBytes).toBeGreaterThanOrEqual(
        Math.max(...live.map((p) => planArena(p.mixed, { alignmentBytes: alignment }).lowerBoundBytes)),
      );
      mixed += plan.sizeBytes < apart.sizeBytes ? 1 : 0;
    }
    expect(mixed).toBeGreaterThan(0);
  });
});

test('a program alone has its ordinary plan', () => {
  const program = programFor(randomGraph({ nodes: 12, reach: 4, anything: false }, 7));
  const plan = planShared([{ program, kept: [] }], alignment);
  expect(plan.plans).toEqual([planArena(program, { alignmentBytes: alignment })]);
  expect(plan.ownBytes).toEqual([plan.sizeBytes]);
});
