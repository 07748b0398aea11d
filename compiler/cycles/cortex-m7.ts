import { type Instruction, type InstructionKind, isBranch } from './instruction.ts';

/** Instructions that are issued alone, and for how many cycles they keep the next ones waiting. */
const alone: { readonly [kind in InstructionKind]?: (words: number) => number } = {
  // two words a cycle
  'load-several': (words) => Math.ceil(words / 2),
  'store-several': (words) => Math.ceil(words / 2),
  'float-load-several': (words) => Math.ceil(words / 2),
  'float-store-several': (words) => Math.ceil(words / 2),
  divide: () => 7,
};

const stores = new Set<InstructionKind>(['store', 'float-store']);
const floats = new Set<InstructionKind>(['float', 'float-multiply-add', 'float-divide']);

/** A branch that goes the way it goes less often was predicted wrongly. */
export const mispredictionCycles = 6;

/** A branch to a register: its target is predicted, but it ends the issue of instructions. */
const indirectCycles = 1;

/** Whether two neighbours go into one cycle, as far as the units and slots allow it. */
function canPair(older: Instruction, younger: Instruction): boolean {
  const both = (set: ReadonlySet<InstructionKind>) => set.has(older.kind) && set.has(younger.kind);
  const either = (kind: InstructionKind, other: ReadonlySet<InstructionKind>) =>
    (older.kind === kind && other.has(younger.kind)) || (younger.kind === kind && other.has(older.kind));
  if (alone[older.kind] !== undefined || alone[younger.kind] !== undefined || isBranch(older)) {
    return false;
  }
  if (older.kind === 'multiply' && younger.kind === 'multiply') {
    return false;
  }
  if (both(stores) || both(floats) || either('multiply', stores)) {
    return false;
  }
  if (younger.kind === 'simd' || younger.kind === 'if-then' || (older.isShifted && younger.isShifted)) {
    return false;
  }
  return (
    !younger.reads.some((register) => older.writes.includes(register)) &&
    !younger.writes.some((register) => older.writes.includes(register))
  );
}

/** Cycles from issue until a result can be used; `early` for factors, addresses and operands of SIMD instructions. */
function latencyOf(kind: InstructionKind, early: boolean): number {
  switch (kind) {
    case 'load':
    case 'load-several':
      return early ? 2 : 1;
    case 'multiply':
      return early ? 2 : 1;
    case 'divide':
      return 7;
    case 'float':
      return 3;
    case 'float-multiply-add':
      return 6;
    case 'float-divide':
      return 16;
    case 'float-load':
    case 'float-load-several':
      return 2;
    default:
      return 1;
  }
}

/**
 * Cycles of a block: two instructions a cycle, in order, each when its operands are there. Registers that come from elsewhere are
 * there at the start; what the last instructions leave late is not waited for.
 */
export function blockCyclesM7(block: readonly Instruction[]): number {
  const written = new Map<string, { readonly cycle: number; readonly kind: InstructionKind }>();
  const readyAt = (instruction: Instruction) =>
    instruction.reads.reduce((latest, register) => {
      const writer = written.get(register);
      const isEarly = instruction.readsEarly.includes(register);
      return writer === undefined ? latest : Math.max(latest, writer.cycle + latencyOf(writer.kind, isEarly));
    }, 0);
  let cycle = 0;
  let i = 0;
  while (i < block.length) {
    const older = block[i]!;
    const younger = block[i + 1];
    const start = Math.max(cycle, readyAt(older));
    const isPair = younger !== undefined && canPair(older, younger) && readyAt(younger) <= start;
    const issued = isPair ? [older, younger] : [older];
    for (const instruction of issued) {
      for (const register of instruction.writes) {
        written.set(register, { cycle: start, kind: instruction.kind });
      }
    }
    cycle = start + (alone[older.kind]?.(older.words) ?? 1);
    i += issued.length;
  }
  return cycle;
}

/** Cycles more where control does not fall through behind `last`. */
export function takenCyclesM7(last: Instruction): number {
  return isBranch(last) && last.target === null ? indirectCycles : 0;
}
