/** A section of a linked or relocatable file. */
export interface ElfSection {
  readonly name: string;
  /** `SHT_` number: 1 contents, 8 none (`.bss`). */
  readonly type: number;
  /** `SHF_` bits. */
  readonly flags: number;
  readonly address: number;
  readonly sizeBytes: number;
  /** Empty for sections without contents. */
  readonly bytes: Uint8Array;
}

export interface ElfSymbol {
  readonly name: string;
  /** Without the Thumb bit. */
  readonly address: number;
  readonly sizeBytes: number;
  readonly kind: 'none' | 'object' | 'function' | 'other';
  /** Whether other files can name it. */
  readonly isGlobal: boolean;
}

/** What binutils' `size` prints: text is everything allocated that is not written, constants included. */
export interface ImageSizes {
  readonly text: number;
  readonly data: number;
  readonly bss: number;
}

/** What msc needs of an ELF32 little-endian file. */
export interface Elf {
  readonly sections: readonly ElfSection[];
  readonly symbols: readonly ElfSymbol[];
}

const SHT_SYMTAB = 2;
const SHT_NOBITS = 8;
const SHF_WRITE = 1;
const SHF_ALLOC = 2;
const STT_FUNCTION = 2;
const STB_LOCAL = 0;

const kinds = ['none', 'object', 'function'] as const;

function textAt(bytes: Uint8Array, offset: number): string {
  return Buffer.from(bytes.subarray(offset, bytes.indexOf(0, offset))).toString('latin1');
}

function readSymbols(table: Uint8Array, names: Uint8Array): ElfSymbol[] {
  const view = new DataView(table.buffer, table.byteOffset, table.byteLength);
  const symbols: ElfSymbol[] = [];
  for (let at = 16; at + 16 <= table.byteLength; at += 16) {
    const type = view.getUint8(at + 12) & 15;
    const value = view.getUint32(at + 4, true);
    symbols.push({
      name: textAt(names, view.getUint32(at, true)),
      address: type === STT_FUNCTION ? (value & ~1) >>> 0 : value,
      sizeBytes: view.getUint32(at + 8, true),
      kind: kinds[type] ?? 'other',
      isGlobal: view.getUint8(at + 12) >>> 4 !== STB_LOCAL,
    });
  }
  return symbols;
}

/**
 * Reads the sections and symbols of an ELF32 little-endian file that a compiler wrote (System V ABI, chapters 4 and 5).
 * Such a file is msc's own product: one that is not ELF32 is a bug.
 */
export function readElf(file: Uint8Array): Elf {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.byteLength < 52 || view.getUint32(0) !== 0x7f454c46 || file[4] !== 1 || file[5] !== 1) {
    throw new Error('not an ELF32 little-endian file');
  }
  const tableAt = view.getUint32(32, true);
  const entrySize = view.getUint16(46, true);
  const raw = Array.from({ length: view.getUint16(48, true) }, (_, i) => {
    const word = (field: number) => view.getUint32(tableAt + i * entrySize + 4 * field, true);
    const bytes = word(1) === SHT_NOBITS ? file.subarray(0, 0) : file.subarray(word(4), word(4) + word(5));
    return {
      nameAt: word(0),
      type: word(1),
      flags: word(2),
      address: word(3),
      sizeBytes: word(5),
      link: word(6),
      bytes,
    };
  });
  const names = raw[view.getUint16(50, true)]?.bytes ?? file.subarray(0, 0);
  return {
    sections: raw.map(({ nameAt, link: _, ...section }) => ({ name: textAt(names, nameAt), ...section })),
    symbols: raw
      .filter((section) => section.type === SHT_SYMTAB)
      .flatMap((section) => readSymbols(section.bytes, raw[section.link]?.bytes ?? file.subarray(0, 0))),
  };
}

/** Sizes as binutils' `size` counts them. */
export function imageSizes(elf: Elf): ImageSizes {
  const sizes = { text: 0, data: 0, bss: 0 };
  for (const section of elf.sections) {
    if ((section.flags & SHF_ALLOC) === 0) {
      continue;
    }
    if ((section.flags & SHF_WRITE) === 0) {
      sizes.text += section.sizeBytes;
    } else if (section.type === SHT_NOBITS) {
      sizes.bss += section.sizeBytes;
    } else {
      sizes.data += section.sizeBytes;
    }
  }
  return sizes;
}

/** Address of the symbol `name`; that it is missing is a bug, because msc named it. */
export function addressOf(elf: Elf, name: string): number {
  const symbol = elf.symbols.find((candidate) => candidate.name === name);
  if (symbol === undefined) {
    throw new Error(`the image has no symbol '${name}'`);
  }
  return symbol.address;
}

/** Name of the function that contains `address`. */
export function functionAt(elf: Elf, address: number): string | undefined {
  return elf.symbols.find(
    (symbol) =>
      symbol.kind === 'function' &&
      symbol.address <= address &&
      address < symbol.address + Math.max(symbol.sizeBytes, 2),
  )?.name;
}

/** Whether both files put the same bytes at the same addresses. */
export function sameImage(a: Elf, b: Elf): boolean {
  const loaded = (elf: Elf) => elf.sections.filter((s) => (s.flags & SHF_ALLOC) !== 0 && s.sizeBytes > 0);
  const left = loaded(a);
  const right = loaded(b);
  return (
    left.length === right.length &&
    left.every((section, i) => {
      const other = right[i]!;
      return (
        section.address === other.address &&
        section.sizeBytes === other.sizeBytes &&
        Buffer.compare(section.bytes, other.bytes) === 0
      );
    })
  );
}
