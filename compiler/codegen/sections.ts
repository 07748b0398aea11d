import type { Placement } from '../memory/place.ts';

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
