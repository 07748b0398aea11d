import { type Program, sizeOfBuffer } from '../schedule/index.ts';
import type { ArenaMemory } from './arena-memories.ts';
import { distancesOf, type Item } from './distances.ts';
import { type PlacementProblem, placeItems } from './lay-out.ts';
import { placementBound } from './placement-bound.ts';
import { type ProvenPlacement, provePlacement } from './prove-placement.ts';

const scratchAlignmentBytes = 8;
/** What the state of a streamed input starts at a multiple of. */
export const wordBytes = 4;

/** A part of an arena that lies in several memories: an array. */
export interface ArenaPart {
  readonly memory: ArenaMemory;
  /** Where it starts, as the plan counts: parts follow one another. */
  readonly baseOffset: number;
  readonly sizeBytes: number;
  /** Bytes that an inference reads and writes in it, modelled (`heat.ts`). */
  readonly accessBytes: number;
}

/** Where everything that a program stores stands in its arena. */
export interface ArenaPlan {
  /** Of all parts together. */
  readonly sizeBytes: number;
  /** No plan of the same program is smaller. */
  readonly lowerBoundBytes: number;
  /** Proven: no plan of the same program is smaller than this one. */
  readonly optimal: boolean;
  readonly alignmentBytes: number;
  /** By buffer id. */
  readonly bufferOffsets: ReadonlyMap<number, number>;
  /** By step index. */
  readonly scratchOffsets: ReadonlyMap<number, number>;
  /** Largest scratch of a step. */
  readonly scratchBytes: number;
  /** Of the two words in which a streamed input keeps how far it has come; null if inputs are whole. */
  readonly progressOffset: number | null;
  /** Memories that the arena is divided among, in ascending order; empty where it is one array that lies anywhere. */
  readonly parts: readonly ArenaPart[];
}

/** How far a streamed input has come: rows, and ticks. Lives as long as the arena, beside everything else. */
export const progressBytes = 8;

/** How far the planner goes. */
export interface ArenaOptions {
  /** The arena starts at a multiple of this. */
  readonly alignmentBytes: number;
  /** Orders that are tried. */
  readonly iterations?: number;
  /** Bounds that the proof may compare (`prove-placement.ts`); 0 for none. */
  readonly effort?: number;
}

/** Enough for the proof to start from: it lowers what it can itself. The rest is tried where it comes to no end. */
const firstIterations = 300;
const defaultIterations = 3000;

/** Every plan of the zoo is proven with a fifth of this. */
const defaultEffort = 10_000_000;

/** Places every buffer and scratch of `program` in one arena: byte by byte as tight as the program's rows allow. */
export function planArena(program: Program, options: ArenaOptions): ArenaPlan {
  return planArenaWithin(program, options, Number.POSITIVE_INFINITY)!;
}

/** The same, or null if no plan of the program can be as small as `mostBytes`: found without placing anything. */
export function planArenaWithin(program: Program, options: ArenaOptions, mostBytes: number): ArenaPlan | null {
  const items = itemsOf(program);
  const problem = problemOf(program, items);
  const bound = placementBound(program, problem);
  if (bound > mostBytes) {
    return null;
  }
  const { starts, heightBytes, boundBytes } = placeLow(problem, bound, options);
  return arenaPlan(program, items, problem, starts, heightBytes, boundBytes, options);
}

/** The lowest placement that is found, and what none can be below: `bound` at least. */
export function placeLow(problem: PlacementProblem, bound: number, options: ArenaOptions): ProvenPlacement {
  const { iterations = defaultIterations, effort = defaultEffort } = options;
  const few = effort > 0 ? Math.min(firstIterations, iterations) : iterations;
  const quick = provePlacement(problem, placeItems(problem, bound, few), bound, effort);
  const isDone = quick.heightBytes <= quick.boundBytes || few === iterations;
  return isDone ? quick : improved(problem, quick, iterations, effort);
}

/** A placement that could not be proven, after more orders. */
function improved(
  problem: PlacementProblem,
  quick: ProvenPlacement,
  iterations: number,
  effort: number,
): ProvenPlacement {
  const placed = placeItems(problem, quick.boundBytes, iterations);
  return placed.heightBytes < quick.heightBytes ? provePlacement(problem, placed, quick.boundBytes, effort) : quick;
}

/** Buffers by id, then scratches. */
export function itemsOf(program: Program): readonly Item[] {
  return [
    ...program.buffers.map((buffer): Item => ({ kind: 'buffer', buffer })),
    ...program.scratches.map((scratch): Item => ({ kind: 'scratch', scratch })),
  ];
}

/** What has to hold of the places of the items. */
export function problemOf(program: Program, items: readonly Item[]): PlacementProblem {
  return {
    sizes: items.map((item) => (item.kind === 'buffer' ? sizeOfBuffer(item.buffer) : item.scratch.sizeBytes)),
    alignments: items.map((item) => (item.kind === 'buffer' ? item.buffer.alignmentBytes : scratchAlignmentBytes)),
    distances: distancesOf(program, items),
  };
}

/** The plan in which item i starts at `starts[i]`. */
export function arenaPlan(
  program: Program,
  items: readonly Item[],
  { alignments }: PlacementProblem,
  starts: readonly number[],
  sizeBytes: number,
  lowerBoundBytes: number,
  options: ArenaOptions,
): ArenaPlan {
  const bufferOffsets = new Map<number, number>();
  const scratchOffsets = new Map<number, number>();
  items.forEach((item, i) => {
    if (item.kind === 'buffer') {
      bufferOffsets.set(item.buffer.id, starts[i]!);
    } else {
      scratchOffsets.set(item.scratch.step, starts[i]!);
    }
  });
  const isStreamed = program.segments.some((segment) => segment.input !== undefined);
  const progressOffset = isStreamed ? Math.ceil(sizeBytes / wordBytes) * wordBytes : null;
  return {
    sizeBytes: progressOffset === null ? sizeBytes : progressOffset + progressBytes,
    lowerBoundBytes: lowerBoundBytes + (isStreamed ? progressBytes : 0),
    optimal: sizeBytes === lowerBoundBytes,
    alignmentBytes: alignments.reduce((most, next) => Math.max(most, next), options.alignmentBytes),
    bufferOffsets,
    scratchOffsets,
    scratchBytes: program.scratches.reduce((most, scratch) => Math.max(most, scratch.sizeBytes), 0),
    progressOffset,
    parts: [],
  };
}
