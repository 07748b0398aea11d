import { type Instruction, isBranch } from './instruction.ts';

/** A division ends early for small quotients: 2 to 12 cycles, of which the middle is taken. */
const divideCycles = 7;

/** Cycles of a pipeline refill behind a register as branch target. */
const indirectRefillCycles = 2;

const floatArithmetic = new Set(['float', 'float-multiply-add', 'float-divide']);

/** Cycles of one instruction behind `before` in straight-line code, on memory without wait states. */
function cyclesOf(instruction: Instruction, before: Instruction | null): number {
  const { kind, words } = instruction;
  switch (kind) {
    case 'load':
      return isPipelined(instruction, before) ? 1 : 2;
    case 'store':
      return instruction.hasRegisterOffset ? 2 : 1;
    case 'load-several':
    case 'store-several':
    case 'float-load-several':
    case 'float-store-several':
      return 1 + words;
    case 'float-load':
    case 'float-store':
      return 2;
    case 'divide':
      return divideCycles;
    case 'float-multiply-add':
      return 3;
    case 'float-divide':
      return 14;
    default:
      return 1;
  }
}

/** A load behind a load or store shares a cycle with it, unless its address is what was loaded. */
function isPipelined(load: Instruction, before: Instruction | null): boolean {
  const isMemory = before?.kind === 'load' || (before?.kind === 'store' && !before.hasRegisterOffset);
  return isMemory && !load.readsEarly.some((register) => before.writes.includes(register));
}

/** A result of float arithmetic that the next instruction needs is a cycle late. */
function waitCycles(instruction: Instruction, before: Instruction | null): number {
  const isLate = before !== null && floatArithmetic.has(before.kind);
  return isLate && instruction.reads.some((register) => before.writes.includes(register)) ? 1 : 0;
}

/** Cycles of a block whose last branch is not taken. */
export function blockCyclesM4(block: readonly Instruction[]): number {
  return block.reduce((sum, instruction, i) => {
    const before = block[i - 1] ?? null;
    return sum + cyclesOf(instruction, before) + waitCycles(instruction, before);
  }, 0);
}

/**
 * Cycles more where control does not fall through behind `last`: a branch that is taken refills the pipeline in one cycle, in two
 * if a wide instruction stands there across two words.
 */
export function takenCyclesM4(last: Instruction, instructions: ReadonlyMap<number, Instruction>): number {
  if (!isBranch(last)) {
    return 0;
  }
  if (last.target === null) {
    return indirectRefillCycles;
  }
  return last.target % 4 !== 0 && instructions.get(last.target)?.sizeBytes === 4 ? 2 : 1;
}
