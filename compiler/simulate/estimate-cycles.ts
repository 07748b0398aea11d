import { type BlockCount, type CycleCount, countCycles, type ModelledCore, parseDisassembly } from '../cycles/index.ts';
import type { Target } from '../targets/index.ts';
import { disassemble, type Tool } from '../toolchain/index.ts';

const cores: readonly ModelledCore[] = ['cortex-m4', 'cortex-m7'];

/** Cycles of the counted blocks of an image; null where the core has no model, nothing was counted or nothing disassembles. */
export async function estimateCycles(
  gcc: Tool,
  target: Target,
  folder: string,
  image: string,
  blocks: readonly BlockCount[],
): Promise<CycleCount | null> {
  const core = cores.find((modelled) => modelled === target.core);
  if (core === undefined || blocks.length === 0) {
    return null;
  }
  // Constants lie behind the code: they are no instructions.
  const first = blocks.reduce((lowest, { address }) => Math.min(lowest, address), Number.POSITIVE_INFINITY);
  const end = blocks.reduce((highest, block) => Math.max(highest, block.address + 4 * block.instructions), 0);
  const text = await disassemble(gcc, folder, image, [first, end]);
  return text === null ? null : countCycles(blocks, parseDisassembly(text), core);
}
