import { describe, expect, it, test } from 'vitest';
import { type Graph, sizeBytesOf, tensorOf } from '../../compiler/ir/index.ts';
import { describeViolation, type MemoryBuffer, validatePlan } from '../../compiler/memory/index.ts';
import { type ArenaPlan, planArena } from '../../compiler/memory/plan-program.ts';
import { planLive, planShared, type SharedPlan, withPersistentPorts } from '../../compiler/memory/plan-shared.ts';
import { assignBuffers, chooseKernels, type Program } from '../../compiler/schedule/index.ts';
import { svdfCases } from '../ops/svdf.cases.ts';
import { graphOf as caseGraph } from '../support/node-case.ts';
import { randomGraph } from '../support/random-graphs.ts';

const alignment = 8;

function programOf(graph: Graph): Program {
  const lowering = { rounding: 'double' } as const;
  return assignBuffers(graph, chooseKernels(graph, { isas: ['portable'], objective: 'balanced', lowering }));
}

/** Three random programs, and one with a state in between. */
function graphsOf(seed: number): readonly Graph[] {
  const random = [0, 1, 2].map((i) => randomGraph({ nodes: 3 + 5 * i, reach: 4, anything: false }, 3 * seed + i));
  return [random[0]!, caseGraph(svdfCases[seed % 5]!), random[1]!, random[2]!];
}

/** What a program uses during a run, at its places. */
function placedBuffers(program: Program, plan: ArenaPlan): readonly (MemoryBuffer & { readonly offset: number })[] {
  return [
    ...program.buffers.map((buffer) => ({
      id: `buffer ${buffer.id}`,
      firstStep: buffer.firstTime,
      lastStep: buffer.lastTime,
      sizeBytes: buffer.sizeBytes,
      alignmentBytes: buffer.alignmentBytes,
      offset: plan.bufferOffsets.get(buffer.id)!,
    })),
    ...program.scratches.map(({ step, sizeBytes }) => ({
      id: `scratch ${step}`,
      firstStep: step + 1,
      lastStep: step + 1,
      sizeBytes,
      alignmentBytes: 8,
      offset: plan.scratchOffsets.get(step)!,
    })),
  ];
}

/** Each program's own plan is right, and no program touches bytes that another one keeps. */
function expectSound({ programs, plans, sizeBytes }: SharedPlan, graphs: readonly Graph[], live: boolean): void {
  const buffers = programs.map((program, i) => placedBuffers(program, plans[i]!));
  buffers.forEach((list) => {
    const offsets = new Map(list.map(({ id, offset }) => [id, offset]));
    expect(validatePlan({ buffers: list, capacityBytes: sizeBytes }, offsets).map(describeViolation)).toEqual([]);
  });
  graphs.forEach((graph, i) => {
    const variables = [...graph.tensors.values()].filter(({ kind }) => kind === 'variable').map(({ id }) => id);
    for (const id of [...variables, ...(live ? [...graph.inputs, ...graph.outputs] : [])]) {
      const buffer = programs[i]!.bufferOfTensor.get(id)!;
      const start = plans[i]!.bufferOffsets.get(buffer.id)! + programs[i]!.offsetInBuffer.get(id)!;
      const end = start + sizeBytesOf(tensorOf(graph, id));
      for (const [j, list] of buffers.entries()) {
        const touching = list.filter(({ offset, sizeBytes: size }) => offset < end && start < offset + size);
        expect(j === i ? [] : touching.map((other) => other.id)).toEqual([]);
      }
    }
  });
}

describe('one arena for several programs', () => {
  it('without live ports: as large as the largest, and the states', () => {
    for (let seed = 0; seed < 40; seed++) {
      const graphs = graphsOf(seed);
      const programs = graphs.map(programOf);
      const plan = planShared(
        programs.map((program) => ({ program, kept: [] })),
        alignment,
      );
      expectSound(plan, graphs, false);
      const alone = programs.map((program) => planArena(program, alignment).sizeBytes);
      const states = sizeBytesOf([...graphs[1]!.tensors.values()].find(({ kind }) => kind === 'variable')!);
      const stateless = Math.max(alone[0]!, alone[2]!, alone[3]!);
      expect(plan.sizeBytes).toBeGreaterThanOrEqual(Math.max(...alone));
      expect(plan.sizeBytes).toBeLessThanOrEqual(Math.max(stateless, alone[1]! - states) + states + alignment);
      expect(plan.ownBytes.filter((_, i) => i !== 1)).toEqual(alone.filter((_, i) => i !== 1));
    }
  });

  it('with live ports: nobody touches inputs and outputs of another one, and fewer bytes than in arenas of their own', () => {
    let mixed = 0;
    for (let seed = 0; seed < 40; seed++) {
      const graphs = graphsOf(seed);
      const live = graphs.map((graph) => ({ apart: programOf(withPersistentPorts(graph)), mixed: programOf(graph) }));
      const plan = planLive(live, alignment);
      expectSound(plan, graphs, true);
      const apart = planShared(
        live.map(({ apart: program }) => ({ program, kept: [] })),
        alignment,
      );
      expectSound(apart, graphs, true);
      expect(plan.sizeBytes).toBeLessThanOrEqual(apart.sizeBytes);
      expect(plan.sizeBytes).toBeGreaterThanOrEqual(
        Math.max(...live.map((p) => planArena(p.mixed, 1).lowerBoundBytes)),
      );
      mixed += plan.sizeBytes < apart.sizeBytes ? 1 : 0;
    }
    expect(mixed).toBeGreaterThan(0);
  });
});

test('a program alone has its ordinary plan', () => {
  const program = programOf(randomGraph({ nodes: 12, reach: 4, anything: false }, 7));
  const plan = planShared([{ program, kept: [] }], alignment);
  expect(plan.plans).toEqual([planArena(program, alignment)]);
  expect(plan.ownBytes).toEqual([plan.sizeBytes]);
});
