/** What a catalogue entry says of one kind of failure; `docs/diagnostics.md` and the messages are both made from it. */
export interface CatalogueEntry {
  /** Four digits; the thousands name the phase. */
  readonly code: number;
  /** What happened, one sentence, for the documentation. */
  readonly summary: string;
  /** What usually helps; a diagnostic may give a more specific one. */
  readonly hint: string;
}

/** Gives a table of entries its precise keys. */
export function catalogueSection<const Names extends string>(
  section: Record<Names, CatalogueEntry>,
): Record<Names, CatalogueEntry> {
  return section;
}
