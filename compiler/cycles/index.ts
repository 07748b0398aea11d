/** Cycles of a program from how often its blocks ran: estimates, see docs/cycles.md. */
import { blockCyclesM4, takenCyclesM4 } from './cortex-m4.ts';
import { blockCyclesM7, mispredictionCycles, takenCyclesM7 } from './cortex-m7.ts';
import { type Instruction, parseDisassembly } from './instruction.ts';

export { parseDisassembly };

/** The cores that there is a model of. */
export type ModelledCore = 'cortex-m4' | 'cortex-m7';

/** A run of instructions without a branch but at its end, as an emulator counted it. */
export interface BlockCount {
  /** The step of the model that it belongs to; -1 for none. */
  readonly step: number;
  readonly address: number;
  readonly instructions: number;
  readonly times: number;
  /** How often the instruction behind it came next. */
  readonly fell: number;
}

/** Estimated cycles. */
export interface CycleCount {
  readonly total: number;
  /** By step. */
  readonly steps: ReadonlyMap<number, number>;
}

/** Cycles of all blocks on a core; null if a block is not in the disassembly. */
export function countCycles(
  blocks: readonly BlockCount[],
  instructions: ReadonlyMap<number, Instruction>,
  core: ModelledCore,
): CycleCount | null {
  const known = new Map<string, readonly Instruction[] | null>();
  const steps = new Map<number, number>();
  let total = 0;
  for (const block of blocks) {
    const key = `${block.address} ${block.instructions}`;
    const list = known.get(key) ?? instructionsOf(block, instructions);
    if (list === null) {
      return null;
    }
    known.set(key, list);
    const cycles = cyclesOfBlock(block, list, instructions, core);
    total += cycles;
    steps.set(block.step, (steps.get(block.step) ?? 0) + cycles);
  }
  return { total, steps };
}

function instructionsOf(
  { address, instructions: count }: BlockCount,
  instructions: ReadonlyMap<number, Instruction>,
): readonly Instruction[] | null {
  const list: Instruction[] = [];
  for (let at = address; list.length < count; ) {
    const instruction = instructions.get(at);
    if (instruction === undefined) {
      return null;
    }
    list.push(instruction);
    at += instruction.sizeBytes;
  }
  return list;
}

function cyclesOfBlock(
  { times, fell }: BlockCount,
  list: readonly Instruction[],
  instructions: ReadonlyMap<number, Instruction>,
  core: ModelledCore,
): number {
  const last = list.at(-1)!;
  const taken = Math.max(0, times - fell);
  if (core === 'cortex-m4') {
    return times * blockCyclesM4(list) + taken * takenCyclesM4(last, instructions);
  }
  const wrong = last.isConditional ? Math.min(taken, times - taken) : 0;
  return times * blockCyclesM7(list) + taken * takenCyclesM7(last) + wrong * mispredictionCycles;
}
