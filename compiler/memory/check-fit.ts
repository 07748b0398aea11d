import { type Diagnostic, diagnostic } from '../diagnostics/index.ts';
import { tensorOf } from '../ir/index.ts';
import type { Program } from '../schedule/index.ts';
import { contiguousRegions, type Target, totalBytes } from '../targets/index.ts';
import type { ArenaPlan } from './plan-program.ts';

/** Whether the arena may lie in several memories: it was told to, it may if it has to, or never. */
export type Division = 'asked' | 'possible' | 'never';

/**
 * Holds the sizes against the target's memories; a target without memories sets no limit. Notes what an arena in several memories
 * means for its user: that it is divided, unless that was asked for, and which inputs and outputs DMA does not reach.
 */
export function checkFit(
  target: Target,
  program: Program,
  plan: ArenaPlan,
  weightBytes: number,
  division: Division,
): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [
    ...(division === 'asked' ? [] : notesOfDivision(target, plan)),
    ...notesOfDma(program, plan),
  ];
  const [largest, ...others] = contiguousRegions(target, 'ram');
  if (plan.parts.length === 0 && largest !== undefined && plan.sizeBytes > largest.sizeBytes) {
    const names = largest.memories.map((memory) => memory.name).join('+');
    diagnostics.push(
      diagnostic('arena-too-large', {
        where: `target ${target.name}`,
        found: `the arena needs ${plan.sizeBytes} bytes, ${plan.sizeBytes - largest.sizeBytes} more than ${names} has`,
        requires: `at most ${largest.sizeBytes} bytes (no plan of this program is below ${plan.lowerBoundBytes})`,
        ...(others.length === 0 || division === 'never'
          ? {}
          : { hint: hintOfMemories(others.flatMap(({ memories }) => memories)) }),
      }),
    );
  }
  const flashBytes = totalBytes(target, 'flash');
  if (flashBytes !== null && weightBytes > flashBytes) {
    diagnostics.push(
      diagnostic('weights-too-large', {
        where: `target ${target.name}`,
        found: `weights and tables need ${weightBytes} bytes, ${weightBytes - flashBytes} more than the flash has`,
        requires: `at most ${flashBytes} bytes, and room for the code`,
      }),
    );
  }
  return diagnostics;
}

function hintOfMemories(memories: readonly { readonly name: string }[]): string {
  const names = memories.map(({ name }) => name).join(', ');
  return `Budgets with --ram MEMORY=BYTES take slower schedules to lay it into several memories (${names} too); or try \`--optimize ram\`.`;
}

function notesOfDivision(target: Target, { parts }: ArenaPlan): readonly Diagnostic[] {
  if (parts.length === 0) {
    return [];
  }
  const sizes = parts.map(({ memory, sizeBytes }) => `${sizeBytes} bytes in ${memory.name}`).join(', ');
  return [
    diagnostic('arena-divided', {
      severity: 'note',
      where: `target ${target.name}`,
      found: `the arena fits no RAM in one piece and is divided: ${sizes}`,
    }),
  ];
}

function notesOfDma({ graph, bufferOfTensor }: Program, { parts, bufferOffsets }: ArenaPlan): readonly Diagnostic[] {
  return [...new Set([...graph.inputs, ...graph.outputs])].flatMap((id) => {
    const offset = bufferOffsets.get(bufferOfTensor.get(id)?.id ?? -1);
    const part = offset === undefined ? undefined : parts.findLast(({ baseOffset }) => baseOffset <= offset);
    return part === undefined || part.memory.dma
      ? []
      : [
          diagnostic('port-without-dma', {
            severity: 'note',
            where: `tensor '${tensorOf(graph, id).name}'`,
            found: `it lies in ${part.memory.name}, which DMA does not reach`,
          }),
        ];
  });
}
