/** Names a buffer of a problem; unique in it. */
export type BufferId = number | string;

/** A block of bytes that must stand in memory, unmoved, during an inclusive range of steps. */
export interface MemoryBuffer {
  readonly id: BufferId;
  /** First step during which the bytes are in use. */
  readonly firstStep: number;
  /** Last step during which the bytes are in use, inclusive: at least `firstStep`. */
  readonly lastStep: number;
  /** Zero is allowed: such a buffer occupies nothing and meets nobody. */
  readonly sizeBytes: number;
  /** The offset is a multiple of this; 1 or more, any integer. */
  readonly alignmentBytes: number;
  /** Where the buffer must stand, if that is already decided; a multiple of `alignmentBytes`. */
  readonly fixedOffset?: number;
}

/** Buffers that share one memory. */
export interface MemoryProblem {
  readonly buffers: readonly MemoryBuffer[];
  /** Bytes that the memory has; unlimited when absent. */
  readonly capacityBytes?: number;
}

/** Where each buffer stands. */
export interface MemoryPlan {
  /** Byte offset of every buffer of the problem. */
  readonly offsets: ReadonlyMap<BufferId, number>;
  /** One past the highest byte in use. */
  readonly heightBytes: number;
  /** No plan of the problem is lower than this. */
  readonly lowerBoundBytes: number;
  /** Proven: no plan is lower than `heightBytes`. */
  readonly optimal: boolean;
  /** Work spent: placements of the climb and of the exact search. */
  readonly iterations: number;
}

/** True when both buffers are in use during some common step. */
export function lifetimesMeet(a: MemoryBuffer, b: MemoryBuffer): boolean {
  return a.firstStep <= b.lastStep && b.firstStep <= a.lastStep;
}

/**
 * The inclusive lifetime of MiniMalloc's half-open one: in use from `lower` until just before `upper`.
 * `upper` must be greater than `lower`.
 */
export function inclusiveLifetime(lower: number, upper: number): { firstStep: number; lastStep: number } {
  if (upper <= lower) {
    throw new Error(`lifetime [${lower}, ${upper}) is empty`);
  }
  return { firstStep: lower, lastStep: upper - 1 };
}

/** The smallest multiple of `alignment` that is not less than `value`. */
export function alignUp(value: number, alignment: number): number {
  return Math.ceil(value / alignment) * alignment;
}

/** Greatest common divisor of two non-negative integers; of 0 and n it is n. */
export function greatestCommonDivisor(a: number, b: number): number {
  let x = a;
  let y = b;
  while (y !== 0) {
    [x, y] = [y, x % y];
  }
  return x;
}

/** One past the highest byte that `offsets` use; every buffer must have an offset. */
export function heightOf(buffers: readonly MemoryBuffer[], offsets: ReadonlyMap<BufferId, number>): number {
  let height = 0;
  for (const buffer of buffers) {
    const offset = offsets.get(buffer.id);
    if (offset === undefined) {
      throw new Error(`buffer ${buffer.id} has no offset`);
    }
    if (buffer.sizeBytes > 0) {
      height = Math.max(height, offset + buffer.sizeBytes);
    }
  }
  return height;
}

/**
 * Throws on a problem that no caller may hand over: a repeated id, an empty lifetime, a size, alignment or fixed
 * offset that is not a fitting integer, two fixed buffers that collide. Files are checked earlier, with diagnostics
 * (`csv.ts`).
 */
export function assertWellFormed(problem: MemoryProblem): void {
  const ids = new Set<BufferId>();
  for (const buffer of problem.buffers) {
    const { id, firstStep, lastStep, sizeBytes, alignmentBytes, fixedOffset } = buffer;
    const integers = [firstStep, lastStep, sizeBytes, alignmentBytes, fixedOffset ?? 0].every(Number.isSafeInteger);
    if (!integers || lastStep < firstStep || sizeBytes < 0 || alignmentBytes < 1 || (fixedOffset ?? 0) < 0) {
      throw new Error(`memory buffer ${id} is malformed: ${JSON.stringify(buffer)}`);
    }
    if (fixedOffset !== undefined && fixedOffset % alignmentBytes !== 0) {
      throw new Error(`memory buffer ${id}: fixed offset ${fixedOffset} is not a multiple of ${alignmentBytes}`);
    }
    if (ids.has(id)) {
      throw new Error(`memory buffer ${id} appears twice`);
    }
    ids.add(id);
  }
  const collision = fixedCollision(problem.buffers);
  if (collision !== undefined) {
    throw new Error(`memory buffers ${collision[0].id} and ${collision[1].id} are fixed onto the same bytes`);
  }
}

/** Two buffers whose fixed offsets cannot both be kept, or undefined. */
export function fixedCollision(buffers: readonly MemoryBuffer[]): readonly [MemoryBuffer, MemoryBuffer] | undefined {
  const fixed = buffers.filter((buffer) => buffer.fixedOffset !== undefined && buffer.sizeBytes > 0);
  for (let k = 1; k < fixed.length; k++) {
    const a = fixed[k]!;
    for (let earlier = 0; earlier < k; earlier++) {
      const b = fixed[earlier]!;
      const from = Math.max(a.fixedOffset!, b.fixedOffset!);
      const to = Math.min(a.fixedOffset! + a.sizeBytes, b.fixedOffset! + b.sizeBytes);
      if (from < to && lifetimesMeet(a, b)) {
        return [b, a];
      }
    }
  }
  return undefined;
}
