import { type Graph, sizeBytesOf, type Tensor, type TensorId, tensorOf } from '../ir/index.ts';
import { type Buffer, type Program, sizeOfBuffer } from '../schedule/index.ts';
import { type ArenaPlan, planArena } from './plan-program.ts';
import { alignUp } from './problem.ts';

/** A program that shares its arena with others. */
export interface SharedProgram {
  readonly program: Program;
  /** Tensors whose bytes the other programs leave alone, beside the variables; the program itself may reuse them. */
  readonly kept: readonly TensorId[];
}

/** One arena for several programs, of which one runs at a time. */
export interface SharedPlan {
  readonly programs: readonly Program[];
  /** By program: where its buffers stand. All say the size and the bound of the whole. */
  readonly plans: readonly ArenaPlan[];
  readonly sizeBytes: number;
  /** By program: bytes that it would need alone, in the same layout. */
  readonly ownBytes: readonly number[];
}

/** Bytes from `start` to before `end`. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * Places the buffers of all programs. Below: what lives within a run, every program's where no other one keeps bytes. Above:
 * what holds variables, each in bytes of its own.
 */
export function planShared(shared: readonly SharedProgram[], minimumAlignmentBytes: number): SharedPlan {
  const programs = shared.map(({ program }) => program);
  const persistent = programs.map((program) => program.buffers.filter((buffer) => holdsVariable(program, buffer)));
  const passing = programs.map((program, i) => {
    const buffers = program.buffers.filter((buffer) => !persistent[i]!.includes(buffer));
    return planArena({ ...program, buffers }, { alignmentBytes: minimumAlignmentBytes });
  });
  const alignmentBytes = largest([
    ...passing.map((plan) => plan.alignmentBytes),
    ...persistent.flat().map((buffer) => buffer.alignmentBytes),
  ]);
  const bases = basesOf(
    passing.map((plan, i) => ({ sizeBytes: plan.sizeBytes, kept: rangesOf(shared[i]!, plan) })),
    alignmentBytes,
  );
  let end = largest(passing.map((plan, i) => bases[i]! + plan.sizeBytes));
  const offsets = persistent.map((buffers) => {
    const placed = new Map<number, number>();
    for (const buffer of buffers) {
      const offset = alignUp(end, buffer.alignmentBytes);
      placed.set(buffer.id, offset);
      end = offset + sizeOfBuffer(buffer);
    }
    return placed;
  });
  const lowerBoundBytes = largest(passing.map((plan) => plan.lowerBoundBytes)) + bytesOf(persistent.flat());
  return {
    programs,
    plans: passing.map((plan, i) => ({
      ...plan,
      sizeBytes: end,
      lowerBoundBytes,
      optimal: end === lowerBoundBytes,
      alignmentBytes,
      bufferOffsets: new Map([...shifted(plan.bufferOffsets, bases[i]!), ...offsets[i]!]),
      scratchOffsets: shifted(plan.scratchOffsets, bases[i]!),
    })),
    sizeBytes: end,
    ownBytes: passing.map((plan, i) => plan.sizeBytes + bytesOf(persistent[i]!)),
  };
}

/** Budgets of the models alone that are tried until the arena of all fits. */
const sharedTries = 6;

/**
 * The first plan of at most `ramBytes`, else the smallest one found: where all together need more than each alone may, each gets
 * as much less.
 */
export function planSharedWithin(ramBytes: number, planFor: (ramBytes: number) => SharedPlan): SharedPlan {
  let best: SharedPlan | null = null;
  for (let [allowed, tried] = [ramBytes, 0]; tried < sharedTries; tried++) {
    const plan = planFor(allowed);
    best = best === null || plan.sizeBytes < best.sizeBytes ? plan : best;
    if (best.sizeBytes <= ramBytes || allowed === 0) {
      break;
    }
    allowed = tried === sharedTries - 2 ? 0 : Math.max(0, allowed - Math.max(1, plan.sizeBytes - ramBytes));
  }
  return best!;
}

/** A program of which inputs and outputs keep their content while others run: in two forms, of which the planner takes one. */
export interface LiveProgram {
  /** Of the graph that {@link withPersistentPorts} gives. */
  readonly apart: Program;
  /** Of the graph itself, whose other tensors may reuse the bytes of inputs and outputs. */
  readonly mixed: Program;
}

/** The smallest of the arenas that are tried for programs with live ports: none, the largest or all of them mixed. */
export function planLive(programs: readonly LiveProgram[], minimumAlignmentBytes: number): SharedPlan {
  const planOf = (isMixed: (index: number) => boolean) =>
    planShared(
      programs.map(({ apart, mixed }, i) =>
        isMixed(i)
          ? { program: mixed, kept: [...mixed.graph.inputs, ...mixed.graph.outputs] }
          : { program: apart, kept: [] },
      ),
      minimumAlignmentBytes,
    );
  const apart = planOf(() => false);
  const most = apart.ownBytes.indexOf(largest(apart.ownBytes));
  return [planOf((i) => i === most), planOf(() => true)].reduce(
    (best, next) => (next.sizeBytes < best.sizeBytes ? next : best),
    apart,
  );
}

/**
 * The graph with its inputs and outputs marked as variables: to the planner that is what keeps its bytes at all times, whoever
 * else runs. For planning and the choice of kernels only; it is no valid graph.
 */
export function withPersistentPorts(graph: Graph): Graph {
  const ports = new Set([...graph.inputs, ...graph.outputs]);
  const mark = (tensor: Tensor): Tensor =>
    ports.has(tensor.id) && tensor.kind === 'computed' ? { ...tensor, kind: 'variable' } : tensor;
  return { ...graph, tensors: new Map([...graph.tensors].map(([id, tensor]) => [id, mark(tensor)])) };
}

function holdsVariable({ graph }: Program, buffer: Buffer): boolean {
  return buffer.tensors.some((id) => tensorOf(graph, id).kind === 'variable');
}

/** Where the kept tensors of a program stand. */
function rangesOf({ program, kept }: SharedProgram, plan: ArenaPlan): readonly Range[] {
  return kept.flatMap((id) => {
    const buffer = program.bufferOfTensor.get(id);
    const offset = buffer === undefined ? undefined : plan.bufferOffsets.get(buffer.id);
    if (offset === undefined) {
      return [];
    }
    return [{ start: offset, end: offset + sizeBytesOf(tensorOf(program.graph, id)) }];
  });
}

/** How far each plan is moved up, so that none uses bytes that another one keeps; the largest first, each as low as it can. */
function basesOf(
  plans: readonly { readonly sizeBytes: number; readonly kept: readonly Range[] }[],
  alignmentBytes: number,
): readonly number[] {
  const order = [...plans.keys()].sort(
    (a, b) =>
      Number(plans[b]!.kept.length > 0) - Number(plans[a]!.kept.length > 0) ||
      plans[b]!.sizeBytes - plans[a]!.sizeBytes ||
      a - b,
  );
  const bases = new Map<number, number>();
  for (const i of order) {
    const { sizeBytes, kept } = plans[i]!;
    const fits = (base: number) =>
      [...bases].every(([other, otherBase]) => {
        const mine = { start: base, end: base + sizeBytes };
        const theirs = { start: otherBase, end: otherBase + plans[other]!.sizeBytes };
        return (
          !plans[other]!.kept.some((range) => meet(moved(range, otherBase), mine)) &&
          !kept.some((range) => meet(moved(range, base), theirs))
        );
      });
    const candidates = [...bases].flatMap(([other, otherBase]) => {
      const end = otherBase + plans[other]!.sizeBytes;
      return [
        end,
        ...plans[other]!.kept.map((range) => range.end + otherBase),
        ...kept.map((range) => Math.max(end - range.start, 0)),
      ];
    });
    const usable = [0, ...candidates].map((base) => alignUp(base, alignmentBytes)).filter(fits);
    bases.set(
      i,
      usable.reduce((a, b) => Math.min(a, b)),
    );
  }
  return plans.map((_, i) => bases.get(i)!);
}

function meet(a: Range, b: Range): boolean {
  return Math.max(a.start, b.start) < Math.min(a.end, b.end);
}

function moved({ start, end }: Range, by: number): Range {
  return { start: start + by, end: end + by };
}

function shifted(offsets: ReadonlyMap<number, number>, by: number): ReadonlyMap<number, number> {
  return new Map([...offsets].map(([id, offset]) => [id, offset + by]));
}

function bytesOf(buffers: readonly Buffer[]): number {
  return buffers.reduce((sum, buffer) => sum + sizeOfBuffer(buffer), 0);
}

function largest(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => Math.max(a, b), 0);
}
