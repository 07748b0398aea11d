import { type Diagnostic, diagnostic, fail } from '../diagnostics/index.ts';
import { grouped } from '../report/text.ts';
import type { ExecutionResult } from './execute.ts';

/** The value of `--stack`: bytes. */
export function stackOption(text: string): number {
  const bytes = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(bytes)) {
    fail('invalid-option', { where: '--stack', found: `'${text}'`, requires: 'a number of bytes' });
  }
  return bytes;
}

/** What is to be said of a run that may take `budget` bytes of stack: nothing if both figures are within it. */
export function checkStack(execution: ExecutionResult, budget: number): readonly Diagnostic[] {
  const { stackBytes, stackBound, emulator } = execution;
  if (stackBytes === null) {
    fail('invalid-option', {
      where: '--stack',
      found: `${emulator.name} does not measure the stack`,
      requires: 'an emulated core: --emulator qemu or renode',
    });
  }
  const bound = stackBound?.kind === 'known' ? stackBound : null;
  const most = Math.max(stackBytes, bound?.bytes ?? 0);
  if (most <= budget) {
    return [];
  }
  const path = bound === null || bound.bytes < stackBytes ? '' : `: ${bound.path.join(' -> ')}`;
  return [
    diagnostic('stack-too-large', {
      where: '--stack',
      found: `${grouped(most)} bytes${path}`,
      requires: `at most ${grouped(budget)} bytes`,
    }),
  ];
}
