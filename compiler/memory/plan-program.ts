import { type Program, sizeOfBuffer } from '../schedule/index.ts';
import { distancesOf, type Item } from './distances.ts';
import { type PlacementProblem, placeItems } from './lay-out.ts';
import { placementBound } from './placement-bound.ts';
import { type ProvenPlacement, provePlacement } from './prove-placement.ts';

const scratchAlignmentBytes = 8;
const wordBytes = 4;

/** Where everything that a program stores stands in its arena. */
export interface ArenaPlan {
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
}

/** How far a streamed input has come: rows, and ticks. Lives as long as the arena, beside everything else. */
const progressBytes = 8;

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

/** Every plan of the zoo but one is proven with this, within half a second of processor time. */
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
  const { iterations = defaultIterations, effort = defaultEffort } = options;
  const few = effort > 0 ? Math.min(firstIterations, iterations) : iterations;
  const quick = provePlacement(problem, placeItems(problem, bound, few), bound, effort);
  const isDone = quick.heightBytes <= quick.boundBytes || few === iterations;
  const { starts, heightBytes, boundBytes } = isDone ? quick : improved(problem, quick, iterations, effort);
  return arenaPlan(program, items, problem, starts, heightBytes, boundBytes, options);
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

function itemsOf(program: Program): readonly Item[] {
  return [
    ...program.buffers.map((buffer): Item => ({ kind: 'buffer', buffer })),
    ...program.scratches.map((scratch): Item => ({ kind: 'scratch', scratch })),
  ];
}

function problemOf(program: Program, items: readonly Item[]): PlacementProblem {
  return {
    sizes: items.map((item) => (item.kind === 'buffer' ? sizeOfBuffer(item.buffer) : item.scratch.sizeBytes)),
    alignments: items.map((item) => (item.kind === 'buffer' ? item.buffer.alignmentBytes : scratchAlignmentBytes)),
    distances: distancesOf(program, items),
  };
}

function arenaPlan(
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
  };
}
