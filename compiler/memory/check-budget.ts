import { type Diagnostic, diagnostic } from '../diagnostics/index.ts';
import { excessBytes } from './plan-in-memories.ts';
import type { ArenaPlan } from './plan-program.ts';

/** What the user allows; absent where there is no limit. */
export interface Budgets {
  readonly ramBytes?: number;
  readonly flashBytes?: number;
}

/** Holds what was found against the user's budgets; `flash` is modelled as far as the code goes. */
export function checkBudgets(
  { ramBytes, flashBytes }: Budgets,
  plan: Pick<ArenaPlan, 'sizeBytes' | 'lowerBoundBytes' | 'parts'>,
  flash: { readonly weightBytes: number; readonly codeBytes: number },
): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  if (ramBytes !== undefined && plan.sizeBytes > ramBytes) {
    diagnostics.push(
      diagnostic('over-ram-budget', {
        where: '--ram',
        found:
          `the smallest arena found has ${plan.sizeBytes} bytes, ${plan.sizeBytes - ramBytes} more than allowed ` +
          `(no plan of its schedule is below ${plan.lowerBoundBytes})`,
        requires: `at most ${ramBytes} bytes`,
      }),
    );
  }
  if (excessBytes(plan) > 0) {
    const parts = plan.parts.map(({ memory, sizeBytes }) => `${sizeBytes} bytes of ${memory.name}`).join(' and ');
    const limits = plan.parts.map(({ memory }) => `${memory.capacityBytes} of ${memory.name}`).join(', ');
    diagnostics.push(
      diagnostic('over-ram-budget', {
        where: '--ram',
        found:
          `the best plan found takes ${parts}, ${excessBytes(plan)} more than allowed ` +
          `(no plan of its schedule is below ${plan.lowerBoundBytes} bytes in all)`,
        requires: `at most ${limits}`,
      }),
    );
  }
  const total = flash.weightBytes + flash.codeBytes;
  if (flashBytes !== undefined && total > flashBytes) {
    diagnostics.push(
      diagnostic('over-flash-budget', {
        where: '--flash',
        found:
          `${flash.weightBytes} bytes of weights and tables and about ${flash.codeBytes} of code, ` +
          `${total - flashBytes} more than allowed`,
        requires: `at most ${flashBytes} bytes`,
      }),
    );
  }
  return diagnostics;
}
