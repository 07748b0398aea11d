import type { Placement } from '../memory/place.ts';
import type { ArenaPlan } from '../memory/plan-program.ts';

/** The section macros of a generated file: what they are unless the user sets them. */
export interface SectionView {
  /** Behind the macro's name: nothing, or a space and an attribute. */
  readonly arena: string;
  readonly code: string;
  readonly weights: string;
  /** A macro for every memory that holds weights of single layers. */
  readonly single: readonly { readonly macro: string; readonly value: string }[];
  /** Whether the linker script has to load something into a RAM. */
  readonly isLoaded: boolean;
}

export function sectionViewOf(upper: string, placement: Placement): SectionView {
  const sections = [...new Set(placement.weightsOfStep.values())].sort();
  return {
    arena: attribute(placement.arena),
    code: attribute(placement.code),
    weights: attribute(placement.weights),
    single: sections.map((section) => ({ macro: macroOf(upper, section), value: attribute(section) })),
    isLoaded: placement.code !== null || placement.weights !== null || sections.length > 0,
  };
}

/** The macro in front of the constants of a step; `owner` is its index, or the name of something that no step owns. */
export function weightsMacro(upper: string, placement: Placement, owner: string): string {
  const section = placement.weightsOfStep.get(Number(owner));
  return section === undefined ? `${upper}_SECTION_WEIGHTS` : macroOf(upper, section);
}

/** `.rodata.dtcm`: `KWS_SECTION_WEIGHTS_DTCM` */
function macroOf(upper: string, section: string): string {
  const memory = section.slice(section.lastIndexOf('.') + 1).replace(/\W/g, '_');
  return `${upper}_SECTION_WEIGHTS_${memory.toUpperCase()}`;
}

function attribute(section: string | null): string {
  return section === null ? '' : ` __attribute__((section("${section}")))`;
}

/** One of the arrays of an arena that lies in several memories. */
export interface ArenaArrayView {
  /** `SRAM1+SRAM2` */
  readonly memory: string;
  readonly symbol: string;
  readonly sizeMacro: string;
  readonly sizeBytes: number;
  /** Macro of its section, and what it is unless the user sets it. */
  readonly section: string;
  readonly sectionValue: string;
  /** Macro that gives the address of an offset in the array. */
  readonly at: string;
}

/** The arrays of the arena, one for each memory; null if it is one array. */
export function arenaArraysOf(cName: string, { parts }: ArenaPlan): readonly ArenaArrayView[] | null {
  const upper = cName.toUpperCase();
  return parts.length < 2
    ? null
    : parts.map(({ memory, sizeBytes }) => {
        const name = memory.symbol.toUpperCase();
        return {
          memory: memory.name,
          symbol: `${cName}_arena_${memory.symbol}`,
          sizeMacro: `${upper}_ARENA_${name}_SIZE`,
          sizeBytes,
          section: `${upper}_SECTION_ARENA_${name}`,
          sectionValue: attribute(memory.section),
          at: `${upper}_AT_${name}`,
        };
      });
}

/** Which array an offset of the plan lies in, and where in it. */
export function placeInArrays(
  { parts }: ArenaPlan,
  offset: number,
): { readonly index: number; readonly offset: number } {
  const index = Math.max(
    0,
    parts.findLastIndex(({ baseOffset }) => baseOffset <= offset),
  );
  return { index, offset: offset - (parts[index]?.baseOffset ?? 0) };
}
