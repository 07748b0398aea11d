/** Lays an arena into several memories: what is read and written most into the fastest, each within its capacity. */
import type { Program } from '../schedule/index.ts';
import type { ArenaMemory } from './arena-memories.ts';
import { type AssignmentProblem, assignMemories, type FitAnswer } from './assign-memories.ts';
import type { Item } from './distances.ts';
import { heatOf } from './heat.ts';
import { type Placement, type PlacementProblem, placeItems } from './lay-out.ts';
import { placementBound } from './placement-bound.ts';
import {
  type ArenaOptions,
  type ArenaPart,
  type ArenaPlan,
  arenaPlan,
  itemsOf,
  placeLow,
  problemOf,
  progressBytes,
} from './plan-program.ts';
import { provePlacement } from './prove-placement.ts';

/** Parts start at multiples of this: every alignment that an item asks for divides it. */
const partAlignmentBytes = 8;

/** For one question of whether items fit a memory: orders that are tried, and bounds that the proof may compare. */
const [orders, proofEffort] = [60, 20_000];

/** Such questions for one plan. */
const questions = 1500;

/** Room for how far a streamed input has come, wherever the part before it ends. */
const progressRoom = progressBytes + 3;

/**
 * A plan of `program` in these memories, in the order of their waits. Items of different memories never share a byte, whatever
 * their distances. Inputs and outputs stay out of memories that DMA does not reach unless `portsAnywhere`, or where no memory is
 * reached. What fits nowhere lies in the largest memory all the same, beyond its capacity: `excessBytes` says by how much.
 */
export function planInMemories(
  program: Program,
  memories: readonly ArenaMemory[],
  options: ArenaOptions & { readonly portsAnywhere?: boolean },
): ArenaPlan {
  const isStreamed = program.segments.some(({ input }) => input !== undefined);
  const plan = planWithReserve(program, memories, options, 0);
  return plan ?? planWithReserve(program, memories, options, isStreamed ? progressRoom : 0)!;
}

/** Bytes that a plan takes beyond what its memories have, and beyond `ramBytes` in all. */
export function excessBytes({ parts, sizeBytes }: Pick<ArenaPlan, 'parts' | 'sizeBytes'>, ramBytes?: number): number {
  const beyond = parts.reduce((sum, part) => sum + Math.max(0, part.sizeBytes - part.memory.capacityBytes), 0);
  return beyond + (ramBytes === undefined ? 0 : Math.max(0, sizeBytes - ramBytes));
}

/** The plan with `reserve` bytes of the largest memory left; null if the state of a streamed input has no room without. */
function planWithReserve(
  program: Program,
  memories: readonly ArenaMemory[],
  options: ArenaOptions & { readonly portsAnywhere?: boolean },
  reserve: number,
): ArenaPlan | null {
  const items = itemsOf(program);
  const problem = problemOf(program, items);
  const heats = heatOf(program, items);
  const largest = memories.reduce(
    (most, { capacityBytes }, k) => (capacityBytes > memories[most]!.capacityBytes ? k : most),
    0,
  );
  const room = memories.map(({ capacityBytes }, k) => {
    const whole = memories.length === 1 ? 1 : partAlignmentBytes;
    return Math.floor((capacityBytes - (k === largest ? reserve : 0)) / whole) * whole;
  });
  const isPort = portItems(program, items);
  const isReached = options.portsAnywhere !== true && memories.some(({ dma }) => dma);
  const { ask, foundFor } = questionsOf(program, items, problem, room);
  const toAssign: AssignmentProblem = {
    sizes: problem.sizes,
    heats,
    waits: memories.map(({ waitCycles }) => waitCycles),
    mayLieIn: (item, memory) => !isReached || memories[memory]!.dma || !isPort[item],
    ask,
  };
  const bound = placementBound(program, problem);
  const isHopeless = bound > room.reduce((sum, bytes) => sum + bytes, 0);
  const { memoryOf, leftBytes } = assignMemories(toAssign, isHopeless ? 0 : questions);
  const starts = new Array<number>(items.length).fill(0);
  const parts: ArenaPart[] = [];
  let lowerBoundBytes = bound;
  let progressOffset: number | null = null;
  const isStreamed = program.segments.some(({ input }) => input !== undefined);
  const ends = memories.map((memory, k) => {
    const members = memoryOf.flatMap((where, item) => (where === k || (where < 0 && k === largest) ? [item] : []));
    const sub = subProblem(program, items, problem, members);
    const found = foundFor(k, members);
    const low = leftBytes > 0 ? null : placeLow(sub.program, sub.problem, options);
    const placed = pickLower(low, found) ?? placeItems(sub.problem, 0, orders);
    lowerBoundBytes = members.length === items.length && low !== null ? low.boundBytes : lowerBoundBytes;
    return { memory, members, ...placed };
  });
  const hasRoom = (k: number) => Math.ceil(ends[k]!.heightBytes / 4) * 4 + progressBytes <= memories[k]!.capacityBytes;
  const used = ends.flatMap(({ members }, k) => (members.length > 0 ? [k] : []));
  const holder = isStreamed ? (used.find(hasRoom) ?? (reserve > 0 || leftBytes > 0 ? largest : -1)) : null;
  if (holder === -1) {
    return null;
  }
  const filled = ends.flatMap((_, k) => (used.includes(k) || k === holder ? [k] : []));
  let base = 0;
  for (const k of filled) {
    const { memory, members, heightBytes, starts: own } = ends[k]!;
    members.forEach((item, i) => {
      starts[item] = base + own[i]!;
    });
    const end = k === holder ? Math.ceil(heightBytes / 4) * 4 + progressBytes : heightBytes;
    progressOffset = k === holder ? base + end - progressBytes : progressOffset;
    const isLast = k === filled.at(-1);
    const sizeBytes = isLast ? end : Math.ceil(end / partAlignmentBytes) * partAlignmentBytes;
    const accessBytes = members.reduce((sum, item) => sum + heats[item]!, 0);
    parts.push({ memory, baseOffset: base, sizeBytes, accessBytes });
    base += sizeBytes;
  }
  const plan = arenaPlan(program, items, problem, starts, base, lowerBoundBytes, options);
  const sizeBytes = base;
  return { ...plan, sizeBytes, progressOffset, parts, optimal: sizeBytes === plan.lowerBoundBytes };
}

/** By item: whether it holds an input or an output of the graph. */
function portItems({ graph }: Program, items: readonly Item[]): readonly boolean[] {
  const ports = new Set([...graph.inputs, ...graph.outputs]);
  return items.map((item) => item.kind === 'buffer' && item.buffer.tensors.some((id) => ports.has(id)));
}

function pickLower(one: Placement | null, other: Placement | null): Placement | null {
  return one === null || (other !== null && other.heightBytes < one.heightBytes) ? other : one;
}

/** Some of the items, as a problem of their own. */
function subProblem(
  program: Program,
  items: readonly Item[],
  { sizes, alignments, distances }: PlacementProblem,
  members: readonly number[],
): { readonly program: Program; readonly problem: PlacementProblem } {
  const some = members.map((item) => items[item]!);
  return {
    program: {
      ...program,
      buffers: some.flatMap((item) => (item.kind === 'buffer' ? [item.buffer] : [])),
      scratches: some.flatMap((item) => (item.kind === 'scratch' ? [item.scratch] : [])),
    },
    problem: {
      sizes: members.map((item) => sizes[item]!),
      alignments: members.map((item) => alignments[item]!),
      distances: members.map((item) => members.map((other) => distances[item]![other]!)),
    },
  };
}

/** Answers whether items fit a memory, each question once, and remembers the places that were found. */
function questionsOf(program: Program, items: readonly Item[], problem: PlacementProblem, room: readonly number[]) {
  const known = new Map<string, { readonly answer: FitAnswer; readonly placement: Placement | null }>();
  const answerTo = (memory: number, members: readonly number[]) => {
    const capacity = room[memory]!;
    const sub = subProblem(program, items, problem, members);
    if (placementBound(sub.program, sub.problem) > capacity) {
      return { answer: 'impossible', placement: null } as const;
    }
    const placed = placeItems(sub.problem, capacity, orders);
    const { boundBytes, ...placement } = provePlacement(sub.problem, placed, capacity, proofEffort);
    const fits = placement.heightBytes <= capacity;
    const answer: FitAnswer = fits ? 'fits' : boundBytes > capacity ? 'impossible' : 'unknown';
    return { answer, placement: fits ? placement : null };
  };
  const find = (memory: number, members: readonly number[]) => {
    const key = `${room[memory]!}: ${members.join(' ')}`;
    const found = known.get(key) ?? answerTo(memory, members);
    known.set(key, found);
    return found;
  };
  return {
    ask: (memory: number, members: readonly number[]) => find(memory, members).answer,
    foundFor: (memory: number, members: readonly number[]) => find(memory, members).placement,
  };
}
