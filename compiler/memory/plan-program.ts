import { type Graph, sizeBytesOf } from '../ir/index.ts';
import { assignBuffers, overlapDistance, type Program, type Step } from '../schedule/index.ts';
import { type MemoryBuffer, type MemoryPlan, planMemory } from './index.ts';

const scratchAlignmentBytes = 8;

/** Where everything that a program stores stands in its arena. */
export interface ArenaPlan {
  readonly sizeBytes: number;
  /** No plan of the same buffers is smaller. */
  readonly lowerBoundBytes: number;
  readonly alignmentBytes: number;
  /** By buffer id. */
  readonly bufferOffsets: ReadonlyMap<number, number>;
  /** By step index. */
  readonly scratchOffsets: ReadonlyMap<number, number>;
  /** Largest scratch of a step. */
  readonly scratchBytes: number;
}

/** Places every buffer and scratch of `program` in one arena. */
export function planArena(program: Program, minimumAlignmentBytes: number): ArenaPlan {
  const buffers: MemoryBuffer[] = program.buffers.map((buffer) => ({
    id: `buffer ${buffer.id}`,
    firstStep: buffer.firstTime,
    lastStep: buffer.lastTime,
    sizeBytes: buffer.sizeBytes,
    alignmentBytes: buffer.alignmentBytes,
  }));
  const scratches: MemoryBuffer[] = program.scratches.map((scratch) => ({
    id: `scratch ${scratch.step}`,
    firstStep: scratch.step + 1,
    lastStep: scratch.step + 1,
    sizeBytes: scratch.sizeBytes,
    alignmentBytes: scratchAlignmentBytes,
  }));
  const all = [...buffers, ...scratches];
  const plan: MemoryPlan = planMemory({ buffers: all });
  const offsetOf = (id: string) => plan.offsets.get(id)!;
  return {
    sizeBytes: plan.heightBytes,
    lowerBoundBytes: plan.lowerBoundBytes,
    alignmentBytes: all.reduce((most, buffer) => Math.max(most, buffer.alignmentBytes), minimumAlignmentBytes),
    bufferOffsets: new Map(program.buffers.map((buffer) => [buffer.id, offsetOf(`buffer ${buffer.id}`)])),
    scratchOffsets: new Map(program.scratches.map((scratch) => [scratch.step, offsetOf(`scratch ${scratch.step}`)])),
    scratchBytes: program.scratches.reduce((most, scratch) => Math.max(most, scratch.sizeBytes), 0),
  };
}

/** Overlaps that are tried, those of the largest tensors first: each costs a plan. */
const maximumOverlapTrials = 12;

/**
 * The smallest arena that is found by letting results overlap their dying operands, one step at a time: an overlap is kept if
 * the arena gets smaller. Overlaps only move data; they cost no instructions.
 */
export function planWithOverlaps(
  graph: Graph,
  steps: readonly Step[],
  minimumAlignmentBytes: number,
): { readonly program: Program; readonly plan: ArenaPlan } {
  const planOf = (overlapped: ReadonlySet<number>) => {
    const program = assignBuffers(graph, steps, overlapped);
    return { program, plan: planArena(program, minimumAlignmentBytes) };
  };
  const trials = steps
    .map((step, index) => ({ index, distance: overlapDistance(step), sizeBytes: bytesAt(step) }))
    .filter(({ distance }) => distance !== null)
    .sort((a, b) => b.sizeBytes - a.sizeBytes || a.index - b.index)
    .slice(0, maximumOverlapTrials);
  let overlapped: ReadonlySet<number> = new Set();
  let best = planOf(overlapped);
  for (const { index } of trials) {
    const more = new Set([...overlapped, index]);
    const next = planOf(more);
    if (next.plan.sizeBytes < best.plan.sizeBytes) {
      overlapped = more;
      best = next;
    }
  }
  return best;
}

/** Bytes of a step's operand and result. */
function bytesAt(step: Step): number {
  return sizeBytesOf(step.view.inputs[0]!) + sizeBytesOf(step.view.outputs[0]!);
}
