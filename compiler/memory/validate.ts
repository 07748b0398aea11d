import { type BufferId, lifetimesMeet, type MemoryProblem } from './problem.ts';

/** One way in which a plan breaks its problem. */
export type Violation =
  | { readonly kind: 'missing'; readonly id: BufferId }
  | { readonly kind: 'not-an-offset'; readonly id: BufferId; readonly offset: number }
  | { readonly kind: 'misaligned'; readonly id: BufferId; readonly offset: number; readonly alignmentBytes: number }
  | { readonly kind: 'moved'; readonly id: BufferId; readonly offset: number; readonly fixedOffset: number }
  | { readonly kind: 'beyond-capacity'; readonly id: BufferId; readonly end: number; readonly capacityBytes: number }
  | { readonly kind: 'overlap'; readonly id: BufferId; readonly other: BufferId };

/**
 * Checks a plan against the definition alone, pair by pair, sharing nothing with the solvers.
 * Returns every violation; an empty list means that the plan is right.
 */
export function validatePlan(problem: MemoryProblem, offsets: ReadonlyMap<BufferId, number>): readonly Violation[] {
  const violations: Violation[] = [];
  const placed: { readonly buffer: MemoryProblem['buffers'][number]; readonly offset: number }[] = [];
  for (const buffer of problem.buffers) {
    const { id, alignmentBytes, fixedOffset } = buffer;
    const offset = offsets.get(id);
    if (offset === undefined) {
      violations.push({ kind: 'missing', id });
      continue;
    }
    if (!Number.isSafeInteger(offset) || offset < 0) {
      violations.push({ kind: 'not-an-offset', id, offset });
      continue;
    }
    if (offset % alignmentBytes !== 0) {
      violations.push({ kind: 'misaligned', id, offset, alignmentBytes });
    }
    if (fixedOffset !== undefined && offset !== fixedOffset) {
      violations.push({ kind: 'moved', id, offset, fixedOffset });
    }
    const end = offset + buffer.sizeBytes;
    if (problem.capacityBytes !== undefined && end > problem.capacityBytes) {
      violations.push({ kind: 'beyond-capacity', id, end, capacityBytes: problem.capacityBytes });
    }
    for (const before of placed) {
      const bytesMeet = Math.max(offset, before.offset) < Math.min(end, before.offset + before.buffer.sizeBytes);
      if (bytesMeet && lifetimesMeet(buffer, before.buffer)) {
        violations.push({ kind: 'overlap', id: before.buffer.id, other: id });
      }
    }
    placed.push({ buffer, offset });
  }
  return violations;
}

/** The violation in one line of English. */
export function describeViolation(violation: Violation): string {
  switch (violation.kind) {
    case 'missing':
      return `buffer ${violation.id} has no offset`;
    case 'not-an-offset':
      return `buffer ${violation.id} stands at ${violation.offset}`;
    case 'misaligned':
      return `buffer ${violation.id} stands at ${violation.offset}, not a multiple of ${violation.alignmentBytes}`;
    case 'moved':
      return `buffer ${violation.id} stands at ${violation.offset}, but is fixed at ${violation.fixedOffset}`;
    case 'beyond-capacity':
      return `buffer ${violation.id} ends at ${violation.end}, beyond the capacity ${violation.capacityBytes}`;
    case 'overlap':
      return `buffers ${violation.id} and ${violation.other} are in use together and share bytes`;
  }
}
