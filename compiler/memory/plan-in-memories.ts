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
  wordBytes,
} from './plan-program.ts';
import { provePlacement } from './prove-placement.ts';

/** Parts start at multiples of this: every alignment that an item asks for divides it. */
const partAlignmentBytes = 8;

/** For one question of whether items fit a memory: orders that are tried, and bounds that the proof may compare. */
const [orders, proofEffort] = [60, 20_000];

/** Such questions for one plan. */
const questions = 1500;

/** What decides between places in several memories. */
export interface MemoriesOptions extends ArenaOptions {
  /** Inputs and outputs may lie where DMA does not reach them. */
  readonly portsAnywhere?: boolean;
  /** Gives null, without placing anything, if no plan can take fewer bytes than this beyond what the memories have. */
  readonly belowExcess?: number;
}

/**
 * A plan of `program` in these memories, in the order of their waits. Items of different memories never share a byte, whatever
 * their distances. Inputs and outputs stay out of memories that DMA does not reach unless `portsAnywhere`, or where it reaches none.
 * What fits nowhere lies in the largest memory that it may lie in, beyond its capacity: `excessBytes` says by how much.
 */
export function planInMemories(
  program: Program,
  memories: readonly ArenaMemory[],
  options: MemoriesOptions & { readonly belowExcess: number },
): ArenaPlan | null;
export function planInMemories(program: Program, memories: readonly ArenaMemory[], options: MemoriesOptions): ArenaPlan;
export function planInMemories(
  program: Program,
  memories: readonly ArenaMemory[],
  options: MemoriesOptions,
): ArenaPlan | null {
  const items = itemsOf(program);
  const problem = problemOf(program, items);
  const bound = placementBound(program, problem);
  const room = memories.reduce((sum, { capacityBytes }) => sum + capacityBytes, 0);
  if (bound - room >= (options.belowExcess ?? Number.POSITIVE_INFINITY)) {
    return null;
  }
  const context: Context = {
    program,
    memories,
    options,
    items,
    problem,
    bound,
    heats: heatOf(program, items),
    largest: memories.reduce(
      (most, { capacityBytes }, k) => (capacityBytes > memories[most]!.capacityBytes ? k : most),
      0,
    ),
  };
  const contents = contentsOf(context, 0);
  if (!program.segments.some(({ input }) => input !== undefined)) {
    return planOf(context, contents, null);
  }
  const holder = contents.findIndex(
    ({ members, heightBytes }, k) => members.length > 0 && withProgress(heightBytes) <= memories[k]!.capacityBytes,
  );
  return holder >= 0
    ? planOf(context, contents, holder)
    : planOf(context, contentsOf(context, withProgress(0) + wordBytes - 1), context.largest);
}

/** Bytes that a plan takes beyond what its memories have, and beyond `ramBytes` in all. */
export function excessBytes({ parts, sizeBytes }: Pick<ArenaPlan, 'parts' | 'sizeBytes'>, ramBytes?: number): number {
  const beyond = parts.reduce((sum, part) => sum + Math.max(0, part.sizeBytes - part.memory.capacityBytes), 0);
  return beyond + (ramBytes === undefined ? 0 : Math.max(0, sizeBytes - ramBytes));
}

interface Context {
  readonly program: Program;
  readonly memories: readonly ArenaMemory[];
  readonly options: MemoriesOptions;
  readonly items: readonly Item[];
  readonly problem: PlacementProblem;
  /** No placement of all items is lower, in whatever memories. */
  readonly bound: number;
  readonly heats: readonly number[];
  /** Index of the memory with the greatest capacity. */
  readonly largest: number;
}

/** What lies in a memory: items, ascending, and where each starts. */
interface Content extends Placement {
  readonly members: readonly number[];
  /** No placement of these items is lower; 0 if that was not asked. */
  readonly boundBytes: number;
}

/** By memory: what lies in it. `reserve` bytes of the largest stay free. */
function contentsOf(context: Context, reserve: number): readonly Content[] {
  const { program, memories, options, items, problem, bound, heats, largest } = context;
  const unit = memories.length === 1 ? 1 : partAlignmentBytes;
  const room = memories.map(
    ({ capacityBytes }, k) => Math.floor((capacityBytes - (k === largest ? reserve : 0)) / unit) * unit,
  );
  const isPort = portItems(program, items);
  const isReached = options.portsAnywhere !== true && memories.some(({ dma }) => dma);
  const { ask, foundFor } = questionsOf(context, room);
  const assignment: AssignmentProblem = {
    sizes: problem.sizes,
    heats,
    waits: memories.map(({ waitCycles }) => waitCycles),
    mayLieIn: (item, memory) => !isReached || memories[memory]!.dma || !isPort[item],
    ask,
  };
  const isHopeless = bound > room.reduce((sum, bytes) => sum + bytes, 0);
  const { memoryOf, leftBytes } = assignMemories(assignment, isHopeless ? 0 : questions);
  const bySize = memories.map((_, k) => k).sort((a, b) => memories[b]!.capacityBytes - memories[a]!.capacityBytes);
  const whereOf = memoryOf.map((k, item) => (k >= 0 ? k : bySize.find((memory) => assignment.mayLieIn(item, memory))!));
  return memories.map((_, k) => {
    const members = whereOf.flatMap((where, item) => (where === k ? [item] : []));
    const sub = subProblem(context, members);
    const found = foundFor(k, members);
    if (leftBytes > 0) {
      return { members, boundBytes: 0, ...(found ?? placeItems(sub.problem, 0, orders)) };
    }
    const low = placeLow(sub.problem, placementBound(sub.program, sub.problem), options);
    return { members, ...low, ...(found !== null && found.heightBytes < low.heightBytes ? found : {}) };
  });
}

/** Height of an array with the state of a streamed input above what else lies in it. */
function withProgress(heightBytes: number): number {
  return Math.ceil(heightBytes / wordBytes) * wordBytes + progressBytes;
}

/** The plan: arrays one after another, without those that hold nothing. `holder` is where the state of a streamed input lies. */
function planOf(context: Context, contents: readonly Content[], holder: number | null): ArenaPlan {
  const { program, memories, options, items, problem, heats } = context;
  const used = contents.flatMap(({ members }, k) => (members.length > 0 || k === holder ? [k] : []));
  const starts = new Array<number>(items.length).fill(0);
  const parts: ArenaPart[] = [];
  let progressOffset: number | null = null;
  let base = 0;
  for (const k of used) {
    const { members, heightBytes, starts: own } = contents[k]!;
    members.forEach((item, i) => {
      starts[item] = base + own[i]!;
    });
    const end = k === holder ? withProgress(heightBytes) : heightBytes;
    progressOffset = k === holder ? base + end - progressBytes : progressOffset;
    const unit = k === used.at(-1) ? 1 : partAlignmentBytes;
    const sizeBytes = Math.ceil(end / unit) * unit;
    const accessBytes = members.reduce((sum, item) => sum + heats[item]!, 0);
    parts.push({ memory: memories[k]!, baseOffset: base, sizeBytes, accessBytes });
    base += sizeBytes;
  }
  // Arrays above one another are a placement in one memory too: what none of those is below holds here.
  const bound = used.length === 1 ? contents[used[0]!]!.boundBytes : context.bound;
  const plan = arenaPlan(program, items, problem, starts, base, bound, options);
  return { ...plan, sizeBytes: base, progressOffset, parts, optimal: base === plan.lowerBoundBytes };
}

/** By item: whether it holds an input or an output of the graph. */
function portItems({ graph }: Program, items: readonly Item[]): readonly boolean[] {
  const ports = new Set([...graph.inputs, ...graph.outputs]);
  return items.map((item) => item.kind === 'buffer' && item.buffer.tensors.some((id) => ports.has(id)));
}

/** Some of the items, as a problem of their own. */
function subProblem(
  { program, items, problem: { sizes, alignments, distances } }: Context,
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
function questionsOf(context: Context, room: readonly number[]) {
  const known = new Map<string, { readonly answer: FitAnswer; readonly placement: Placement | null }>();
  const answerTo = (memory: number, members: readonly number[]) => {
    const capacity = room[memory]!;
    const sub = subProblem(context, members);
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
