/** The memories that an arena may lie in, and how much of each. */
import { type Diagnostic, diagnostic, stopOnErrors } from '../diagnostics/index.ts';
import { contiguousRegions, type Memory, type Target } from '../targets/index.ts';
import { sectionOf } from './place.ts';

/** A wish: at most so many bytes of the arena in this memory. */
export interface MemoryBudget {
  /** The memory's name, in any case; of adjacent ones, joined by `+`. */
  readonly memory: string;
  readonly bytes: number;
}

/** Where a part of an arena can lie: a memory of the target, or adjacent ones. */
export interface ArenaMemory {
  /** `SRAM1+SRAM2` */
  readonly name: string;
  /** In the names of arrays and macros: that of the first memory, a C identifier in lower case. */
  readonly symbol: string;
  readonly memories: readonly Memory[];
  readonly originAddress: number;
  /** Of the arena, at most so many bytes. */
  readonly capacityBytes: number;
  /** What linker scripts find it by. */
  readonly section: string;
  /** Of the slowest of the memories. */
  readonly waitCycles: number;
  readonly dma: boolean;
}

/**
 * The memories that the budgets name, the fastest first; equally fast ones in the order of the budgets. Fails with
 * `unknown-memory`, or `memory-budget-too-large`; both for all budgets at once.
 */
export function memoriesOfBudgets(target: Target, budgets: readonly MemoryBudget[]): readonly ArenaMemory[] {
  const diagnostics: Diagnostic[] = [];
  const taken = new Set<Memory>();
  const found = budgets.flatMap((budget): readonly ArenaMemory[] => {
    const where = `--ram ${budget.memory}=${budget.bytes}`;
    const memories = budget.memory.split('+').map((name) => ramNamed(target, name));
    const missing = memories.indexOf(undefined);
    if (missing >= 0) {
      diagnostics.push(noSuchRam(target, where, budget.memory.split('+')[missing]!));
      return [];
    }
    const joined = adjacent(memories as readonly Memory[]);
    if (joined === null) {
      diagnostics.push(
        diagnostic('unknown-memory', {
          where,
          found: `${budget.memory} are not adjacent`,
          requires: 'memories that follow one another, or a budget for each',
        }),
      );
      return [];
    }
    const again = joined.find((memory) => taken.has(memory));
    if (again !== undefined) {
      diagnostics.push(
        diagnostic('invalid-option', {
          where,
          found: `${again.name} a second time`,
          requires: 'one budget for a memory',
        }),
      );
      return [];
    }
    for (const memory of joined) {
      taken.add(memory);
    }
    const one = arenaMemory(joined, budget.bytes);
    const sizeBytes = joined.reduce((sum, memory) => sum + memory.sizeBytes, 0);
    if (budget.bytes > sizeBytes) {
      diagnostics.push(
        diagnostic('memory-budget-too-large', {
          where,
          found: `${budget.bytes - sizeBytes} bytes more than ${one.name} has`,
          requires: `at most ${sizeBytes} bytes`,
          ...hintOfNeighbours(target, joined),
        }),
      );
    }
    return [one];
  });
  stopOnErrors(diagnostics);
  return sorted(found);
}

/** All RAM of a target, adjacent memories joined: the fastest first, the larger one of equally fast ones. */
export function memoriesOfTarget(target: Target): readonly ArenaMemory[] {
  return sorted(contiguousRegions(target, 'ram').map(({ memories, sizeBytes }) => arenaMemory(memories, sizeBytes)));
}

function sorted(memories: readonly ArenaMemory[]): readonly ArenaMemory[] {
  return memories.toSorted((a, b) => a.waitCycles - b.waitCycles);
}

function arenaMemory(memories: readonly Memory[], capacityBytes: number): ArenaMemory {
  const [first] = memories as readonly [Memory, ...Memory[]];
  return {
    name: memories.map((memory) => memory.name).join('+'),
    symbol: first.name.toLowerCase().replace(/\W/g, '_'),
    memories,
    originAddress: first.originAddress,
    capacityBytes,
    section: sectionOf(first, 'bss'),
    waitCycles: memories.reduce((most, memory) => Math.max(most, memory.waitCycles), 0),
    dma: memories.every((memory) => memory.dma),
  };
}

function ramNamed(target: Target, name: string): Memory | undefined {
  return target.memories.find((one) => one.kind === 'ram' && one.name.toLowerCase() === name.trim().toLowerCase());
}

/** The memories in the order of their addresses; null if there is a gap between them. */
function adjacent(memories: readonly Memory[]): readonly Memory[] | null {
  const inOrder = memories.toSorted((a, b) => a.originAddress - b.originAddress);
  const follows = (memory: Memory, i: number) =>
    i === 0 || inOrder[i - 1]!.originAddress + inOrder[i - 1]!.sizeBytes === memory.originAddress;
  return inOrder.every(follows) ? inOrder : null;
}

function noSuchRam(target: Target, where: string, name: string): Diagnostic {
  const other = target.memories.find((one) => one.name.toLowerCase() === name.trim().toLowerCase());
  const names = target.memories.filter(({ kind }) => kind === 'ram').map((one) => `${one.name} (${one.sizeBytes})`);
  return diagnostic('unknown-memory', {
    where,
    found:
      other === undefined
        ? `target '${target.name}' has no memory '${name}'`
        : `${other.name} of target '${target.name}' is ${other.kind}, not RAM for data`,
    requires: names.length === 0 ? 'a target with memories: a chip, not a core' : `one of ${names.join(', ')}`,
  });
}

/** Where more room follows directly, how to ask for it. */
function hintOfNeighbours(target: Target, memories: readonly Memory[]): { readonly hint?: string } {
  const region = contiguousRegions(target, 'ram').find((one) => one.memories.includes(memories[0]!));
  return region === undefined || region.memories.length <= memories.length
    ? {}
    : {
        hint: `${region.memories.map(({ name }) => name).join(', ')} are adjacent: join names with +, or give each a budget.`,
      };
}
