import type { Program } from '../schedule/index.ts';
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
