import { fail } from '../diagnostics/index.ts';
import type { MemoryBudget } from '../memory/arena-memories.ts';
import type { PlacementRequest } from '../memory/place.ts';
import { bytesOption } from './options.ts';

/** The help of `--ram`. */
export const ramHelp =
  'take the fastest schedule whose arena has at most so many bytes (64k is 65536); fails with 3 beyond. MEMORY=BYTES lays it into ' +
  'memories of the target, each within its own limit; repeated, or separated by commas';

/** Gathers the values of an option that may be repeated. */
export const repeated = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** What `--ram` allows: of the whole arena, or of each of some memories. */
export interface RamLimits {
  readonly ramBytes?: number;
  readonly memoryBudgets?: readonly MemoryBudget[];
}

/** The values of `--ram`: one number, or a number for each of some memories. */
export function ramOption(values: readonly string[] = []): RamLimits {
  const parts = values.flatMap((value) => value.split(','));
  const budgets = parts.flatMap((part): readonly MemoryBudget[] => {
    const [, memory, bytes] = /^([^=]*)=(.*)$/.exec(part) ?? [];
    if (memory === '') {
      fail('invalid-option', { where: '--ram', found: `'${part}'`, requires: 'a memory in front of the =: DTCM=48k' });
    }
    return memory === undefined ? [] : [{ memory, bytes: bytesOption(`--ram ${memory}`, bytes!) }];
  });
  if (parts.length > 1 && budgets.length < parts.length) {
    fail('invalid-option', {
      where: '--ram',
      found: `'${parts.join(',')}'`,
      requires: 'one number for the whole arena, or MEMORY=BYTES for every memory that it may use',
    });
  }
  if (budgets.length > 0) {
    return { memoryBudgets: budgets };
  }
  return parts.length === 0 ? {} : { ramBytes: bytesOption('--ram', parts[0]!) };
}

/** Limits of single memories are for one model with an arena of its own, whose place nothing else says. */
export function checkRam(
  { memoryBudgets }: RamLimits,
  flags: { readonly arena?: string; readonly sharedArena?: boolean; readonly place: readonly PlacementRequest[] },
): void {
  const refuse = (found: string, requires: string) => fail('invalid-option', { where: '--ram', found, requires });
  if (memoryBudgets === undefined) {
    return;
  }
  if (flags.arena === 'caller') {
    refuse(
      'limits of single memories together with --arena caller',
      'a static arena: that of a caller is one array; --ram BYTES limits it, and it lies where the caller puts it',
    );
  }
  if (flags.sharedArena === true) {
    refuse(
      'limits of single memories together with --shared-arena',
      '--ram BYTES for the arena of all, and the macro <NAME>_SECTION_ARENA for its place; or models compiled one by one',
    );
  }
  if (flags.place.some(({ what }) => what === 'arena')) {
    refuse('limits of single memories together with --place arena', 'one of the two: the limits say where it may lie');
  }
}
