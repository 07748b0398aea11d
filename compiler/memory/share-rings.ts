import type { Buffer, Handover, Program } from '../schedule/index.ts';
import { distancesOf } from './distances.ts';
import { contains } from './interval-set.ts';

/**
 * The program with rings that turn together. Where a call may write a row over a row of its operand, both rings get the same
 * number of slots, and each row of the result the slot of the row that it replaces; so one ring can lie in the dead rows of the
 * other, at the same place. That is kept where nothing else stands against it.
 */
export function withSharedRings(program: Program): Program {
  let buffers = program.buffers;
  /** Rings that turn together already, by buffer. */
  const together = new Map<number, readonly number[]>();
  for (const { step, from, to } of firstOfPairs(program.handovers)) {
    const [a, b] = [buffers[from]!, buffers[to]!];
    const group = [together.get(from) ?? [from], together.get(to) ?? [to]] as const;
    if (!canTurnTogether(a, b) || group[0] === group[1]) {
      continue;
    }
    const { work } = program.steps[step]!.call;
    const back = work.kind === 'rows' ? work.window.padTop : 0;
    const slots = Math.max(a.slots, b.slots);
    const shift = a.phase - back - b.phase;
    const turned = turnsOf(group, buffers, shift);
    const members = [...group[0], ...group[1]];
    const isGrowable = members.every((id) => buffers[id]!.slots === slots || isRing(buffers[id]!));
    if (turned === null || !isGrowable || members.some((id) => buffers[id]!.height < slots)) {
      continue;
    }
    const next = buffers.map((buffer): Buffer => {
      const side = group.findIndex((ids) => ids.includes(buffer.id));
      return side < 0 ? buffer : { ...buffer, slots, phase: modulo(buffer.phase + turned[side]!, slots) };
    });
    if (fitTogether(program, next, group)) {
      buffers = next;
      for (const id of members) {
        together.set(id, members);
      }
    }
  }
  const bufferOfTensor = new Map(
    [...program.bufferOfTensor].map(([tensor, buffer]) => [tensor, buffers[buffer.id] ?? buffer] as const),
  );
  return { ...program, buffers, bufferOfTensor };
}

/** By how much the rings of both groups turn; null if a buffer that holds all its rows would have to: it starts with row 0. */
function turnsOf(
  group: readonly [readonly number[], readonly number[]],
  buffers: readonly Buffer[],
  shift: number,
): readonly [number, number] | null {
  const [firstIsFixed, secondIsFixed] = group.map((ids) => ids.some((id) => !isRing(buffers[id]!)));
  if (shift === 0 || !secondIsFixed) {
    return [0, shift];
  }
  return firstIsFixed ? null : [-shift, 0];
}

function isRing({ slots, height, sameRows }: Buffer): boolean {
  return sameRows && slots < height;
}

function canTurnTogether(a: Buffer, b: Buffer): boolean {
  return a.sameRows && b.sameRows && (isRing(a) || isRing(b)) && a.rowBytes === b.rowBytes;
}

/** True if every ring of one group may start where every ring of the other starts. */
function fitTogether(
  program: Program,
  buffers: readonly Buffer[],
  [ones, others]: readonly [readonly number[], readonly number[]],
): boolean {
  const items = [...ones, ...others].map((id) => ({ kind: 'buffer', buffer: buffers[id]! }) as const);
  const distances = distancesOf({ ...program, buffers }, items);
  return ones.every((_, i) => others.every((_, k) => !contains(distances[i]![ones.length + k]!, 0)));
}

function firstOfPairs(handovers: readonly Handover[]): readonly Handover[] {
  const byPair = new Map<string, Handover>();
  for (const handover of handovers) {
    const key = `${handover.from} ${handover.to}`;
    byPair.set(key, byPair.get(key) ?? handover);
  }
  return [...byPair.values()];
}

function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}
