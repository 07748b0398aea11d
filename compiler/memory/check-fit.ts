import { type Diagnostic, diagnostic } from '../diagnostics/index.ts';
import { contiguousRegions, type Target, totalBytes } from '../targets/index.ts';
import type { ArenaPlan } from './plan-program.ts';

/** Holds the sizes against the target's memories; a target without memories sets no limit. */
export function checkFit(target: Target, plan: ArenaPlan, weightBytes: number): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const [largest] = contiguousRegions(target, 'ram');
  if (largest !== undefined && plan.sizeBytes > largest.sizeBytes) {
    const names = largest.memories.map((memory) => memory.name).join('+');
    diagnostics.push(
      diagnostic('arena-too-large', {
        where: `target ${target.name}`,
        found: `the arena needs ${plan.sizeBytes} bytes, ${plan.sizeBytes - largest.sizeBytes} more than ${names} has`,
        requires: `at most ${largest.sizeBytes} bytes (no plan of this program is below ${plan.lowerBoundBytes})`,
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
