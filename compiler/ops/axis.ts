import type { ImportedOperator } from '../frontends/imported-model.ts';
import { refuse } from './import-scope.ts';

/** `axis` counted from the front: -1 is the last of `rank`; refused if there is no such axis. */
export function normalAxis(operator: ImportedOperator, axis: number, rank: number): number {
  const normal = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || normal < 0 || normal >= rank) {
    refuse(operator, 'unsupported-attribute', { found: `axis ${axis}`, requires: `-${rank} to ${rank - 1}` });
  }
  return normal;
}
