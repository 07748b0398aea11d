import { type IoMode, isCName } from '../codegen/index.ts';
import { fail } from '../diagnostics/index.ts';
import type { Objective } from '../schedule/index.ts';
import { parseTarget, type Target } from '../targets/index.ts';
import { loadTargetTexts } from './assets.ts';

const objectives: readonly Objective[] = ['balanced', 'size', 'speed', 'ram'];

/** The target of `--target`. */
export async function targetOption(name: string): Promise<Target> {
  return parseTarget(await loadTargetTexts(), name);
}

/** The value of `--optimize`. */
export function objectiveOption(value: string): Objective {
  return oneOf('--optimize', value, objectives);
}

const ioModes: readonly IoMode[] = ['arena', 'caller'];

/** The help of `--io`. */
export const ioHelp =
  'where inputs and outputs lie: arena (accessors), or caller (arguments of run, nothing is copied)';

/** The value of `--io`. */
export function ioOption(value: string): IoMode {
  return oneOf('--io', value, ioModes);
}

/** The value of `--name`: a C identifier that can stand in front of symbols. */
export function nameOption(value: string): string {
  if (!isCName(value)) {
    fail('invalid-option', {
      where: '--name',
      found: `'${value}'`,
      requires: 'a C identifier: a letter, then letters, digits and single underscores; not a keyword',
    });
  }
  return value;
}

/** A value that is one of a list. */
export function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  if (!(allowed as readonly string[]).includes(value)) {
    fail('invalid-option', { where: option, found: `'${value}'`, requires: `one of ${allowed.join(', ')}` });
  }
  return value as T;
}
