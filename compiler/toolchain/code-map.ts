import type { Elf } from './elf.ts';

/** A function of an image. Names of one address are one function. */
export interface CodeFunction {
  readonly name: string;
  readonly address: number;
  /** Address behind its last byte. */
  readonly end: number;
}

/** The code of a linked Arm image. */
export interface CodeMap {
  /** The function that starts at an address, or what is left of the one that it lies in. */
  readonly functionFrom: (address: number) => CodeFunction | undefined;
  /** The halfword at an address; undefined outside of the contents. */
  readonly halfwordAt: (address: number) => number | undefined;
  /** Whether constants lie at an address of a function, instead of instructions (ELF for the Arm Architecture, 5.5.5). */
  readonly isData: (address: number) => boolean;
}

const SHF_EXECUTABLE = 4;

/** Finds the functions of an image and what of them is code. */
export function mapCode(elf: Elf): CodeMap {
  const sections = elf.sections.filter((section) => (section.flags & SHF_EXECUTABLE) !== 0 && section.bytes.length > 0);
  const sectionAt = (address: number) =>
    sections.find((section) => address >= section.address && address < section.address + section.bytes.length);
  const symbols = elf.symbols
    .filter((symbol) => symbol.kind === 'function' && sectionAt(symbol.address) !== undefined)
    .toSorted((a, b) => a.address - b.address);
  const starts = [...new Set(symbols.map((symbol) => symbol.address))];
  const functions = new Map<number, CodeFunction>();
  for (const { name, address, sizeBytes } of symbols) {
    const known = functions.get(address);
    const section = sectionAt(address)!;
    const following = starts[starts.indexOf(address) + 1] ?? Number.POSITIVE_INFINITY;
    // assembly does not always state a size
    const end = sizeBytes > 0 ? address + sizeBytes : Math.min(following, section.address + section.bytes.length);
    functions.set(address, { name: known?.name ?? name, address, end: Math.max(known?.end ?? 0, end) });
  }
  const marks = elf.symbols
    .filter((symbol) => /^\$[adt](\.|$)/.test(symbol.name))
    .toSorted((a, b) => a.address - b.address);
  return {
    functionFrom: (address) => {
      const around =
        functions.get(address) ?? [...functions.values()].find((f) => f.address < address && address < f.end);
      return around === undefined || around.address === address
        ? around
        : { ...around, name: `${around.name}+${address - around.address}`, address };
    },
    halfwordAt: (address) => {
      const section = sectionAt(address);
      const at = address - (section?.address ?? 0);
      return section === undefined || at + 2 > section.bytes.length
        ? undefined
        : section.bytes[at]! | (section.bytes[at + 1]! << 8);
    },
    isData: (address) => marks.findLast((mark) => mark.address <= address)?.name.startsWith('$d') === true,
  };
}
