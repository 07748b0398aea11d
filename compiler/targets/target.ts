/** Cores that msc knows; `host` is whatever msc itself runs on. */
export const cores = ['cortex-m0plus', 'cortex-m3', 'cortex-m4', 'cortex-m7', 'host'] as const;

export type Core = (typeof cores)[number];

/** What a core can do, as far as the choice of kernels and the layout of memory depend on it. */
export interface CoreFeatures {
  /** Armv7E-M SIMD: SMLAD, SXTB16, PKHBT and their like. */
  readonly dsp: boolean;
  /** The widest float type computed in hardware. */
  readonly fpu: 'none' | 'single' | 'double';
  /** Armv8.1-M vector extension. */
  readonly mve: boolean;
  /** Whether a word may be loaded from any address. */
  readonly unalignedAccess: boolean;
  /** Line of the data cache; 0 where there is none. Buffers that DMA touches are aligned to it. */
  readonly cacheLineBytes: number;
}

/** `ram` holds data, `code-ram` is RAM that is better spent on code (an instruction TCM). */
export const memoryKinds = ['flash', 'ram', 'code-ram'] as const;

export type MemoryKind = (typeof memoryKinds)[number];

/** One memory of the chip. */
export interface Memory {
  /** As its manual calls it: `DTCM`. */
  readonly name: string;
  readonly kind: MemoryKind;
  readonly originAddress: number;
  readonly sizeBytes: number;
  /** Section name that the vendor's linker scripts usually place there; a value for the placement macros. */
  readonly section?: string;
  /** Cycles that an access takes beyond one of the fastest memory, about: arenas in several memories are weighed by it. */
  readonly waitCycles: number;
  /** Whether general-purpose DMA controllers reach it. */
  readonly dma: boolean;
}

/** What the code is compiled for: one file of `targets/`, with what it inherits. */
export interface Target {
  readonly name: string;
  /** One sentence for `msc targets`. */
  readonly description: string;
  readonly core: Core;
  /** `-mcpu`, `-mthumb`, `-mfpu`, `-mfloat-abi`; nothing about optimisation. */
  readonly gccFlags: readonly string[];
  readonly features: CoreFeatures;
  /** Clock for turning cycles into time; null where the target names a core, not a chip. */
  readonly clockHz: number | null;
  /** Empty where the target names a core, not a chip: then no size is enforced. */
  readonly memories: readonly Memory[];
  /** Machine that stands for the target, by emulator. */
  readonly emulators: { readonly qemu?: string; readonly renode?: string };
}

/** Bytes of all memories of `kind`; null when the target names none, that is, sets no limit. */
export function totalBytes(target: Target, kind: MemoryKind): number | null {
  const memories = target.memories.filter((memory) => memory.kind === kind);
  return memories.length === 0 ? null : memories.reduce((sum, memory) => sum + memory.sizeBytes, 0);
}

/** A run of memories of one kind without a gap between them: one array can lie across them. */
export interface MemoryRegion {
  readonly memories: readonly Memory[];
  readonly originAddress: number;
  readonly sizeBytes: number;
}

/** The target's memories of `kind`, adjacent ones joined, the largest first. */
export function contiguousRegions(target: Target, kind: MemoryKind): readonly MemoryRegion[] {
  const sorted = target.memories
    .filter((memory) => memory.kind === kind)
    .toSorted((a, b) => a.originAddress - b.originAddress);
  const regions: MemoryRegion[] = [];
  for (const memory of sorted) {
    const last = regions.at(-1);
    if (last !== undefined && last.originAddress + last.sizeBytes === memory.originAddress) {
      regions[regions.length - 1] = {
        memories: [...last.memories, memory],
        originAddress: last.originAddress,
        sizeBytes: last.sizeBytes + memory.sizeBytes,
      };
    } else {
      regions.push({ memories: [memory], originAddress: memory.originAddress, sizeBytes: memory.sizeBytes });
    }
  }
  return regions.toSorted((a, b) => b.sizeBytes - a.sizeBytes || a.originAddress - b.originAddress);
}
