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

/** The value of `--io`; a streamed input has no buffer. */
export function ioOption(flags: { readonly io: string; readonly streamInput?: boolean }): IoMode {
  const io = oneOf('--io', flags.io, ioModes);
  if (io === 'caller' && flags.streamInput === true) {
    fail('invalid-option', {
      where: '--io',
      found: 'buffers of the caller together with --stream-input',
      requires: 'one of the two: rows that are handed over lie with the caller anyway',
    });
  }
  return io;
}

/** The help of `--optimize`. */
export const optimizeHelp =
  'balanced, size (small code), speed, or ram (the smallest arena for at most about 4 % more instructions than balanced)';

/** The help of `--flash`. */
export const flashHelp =
  'take the fastest kernels with which weights, tables and modelled code have at most so many bytes; fails with 3 beyond';

/** The value of `--flash`. */
export function flashOption(value: string | undefined): { readonly flashBytes?: number } {
  return value === undefined ? {} : { flashBytes: bytesOption('--flash', value) };
}

/** Bytes: a whole number, or one of kilobytes of 1024 bytes (`k`, `K`, `kB`, `KB`, `KiB`). */
export function bytesOption(option: string, text: string): number {
  const [, digits, kilo] = /^(\d+)(k|K|kB|KB|KiB)?$/.exec(text) ?? [];
  const bytes = Number(digits) * (kilo === undefined ? 1 : 1024);
  if (!Number.isSafeInteger(bytes) || bytes === 0) {
    fail('invalid-option', { where: option, found: `'${text}'`, requires: 'bytes above 0, such as 20480 or 20k' });
  }
  return bytes;
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
