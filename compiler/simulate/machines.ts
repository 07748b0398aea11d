import { fail } from '../diagnostics/index.ts';
import type { Target } from '../targets/index.ts';

/** A board that an emulator has: where things lie on it. Sizes in bytes. */
export interface Machine {
  readonly name: string;
  /** File of `templates/harness/machines/` with its UART and timer. */
  readonly header: string;
  readonly flash: { readonly originAddress: number; readonly sizeBytes: number };
  readonly ram: { readonly originAddress: number; readonly sizeBytes: number };
  /** Address space of the model's stack, at the bottom of the RAM; what is deeper faults. */
  readonly stackBytes: number;
  /** Where the test's input bytes are put, and its records come from in QEMU. */
  readonly data: { readonly originAddress: number; readonly sizeBytes: number };
  /** Sections that lie where they do on the target's chip; the firmware's own RAM is then elsewhere. */
  readonly sections?: readonly PlacedSection[];
  /** At the end of `data`: what its start is not allowed to use. */
  readonly reservedBytes?: number;
}

/** A section of a model, and the memory of the chip that it belongs to. */
export interface PlacedSection {
  readonly section: string;
  readonly originAddress: number;
  /** Of the memory. */
  readonly sizeBytes: number;
}

const KiB = 1024;
const MiB = 1024 * KiB;

/** Timer ticks of one instruction on the MPS2 boards with `-icount shift=8`: 256 ns of a 25 MHz clock. */
export const icountShift = 8;
export const ticksPerInstruction = (2 ** icountShift * 25) / 1000;

// Arm MPS2 application notes AN385, AN386, AN500: ZBT SSRAM 1 at 0, SSRAM 2 and 3 at 0x20000000, PSRAM
const mps2 = (name: string, dataAddress: number): Machine => ({
  name,
  header: 'mps2.h',
  flash: { originAddress: 0, sizeBytes: 4 * MiB },
  ram: { originAddress: 0x20000000, sizeBytes: 4 * MiB },
  stackBytes: 64 * KiB,
  data: { originAddress: dataAddress, sizeBytes: 16 * MiB },
});

const qemuMachines: readonly Machine[] = [
  mps2('mps2-an385', 0x21000000),
  mps2('mps2-an386', 0x21000000),
  mps2('mps2-an500', 0x60000000),
];

// the chips' own memories; the test's data lies where an external memory would, and the stack is what fits beside an arena
const stm32 = (name: string, flashBytes: number, ramBytes: number): Machine => ({
  name,
  header: `${name}.h`,
  flash: { originAddress: 0x08000000, sizeBytes: flashBytes },
  ram: { originAddress: 0x20000000, sizeBytes: ramBytes },
  stackBytes: 8 * KiB,
  data: { originAddress: 0x60000000, sizeBytes: 16 * MiB },
});

const renodeMachines: readonly Machine[] = [stm32('stm32f4', 2 * MiB, 192 * KiB), stm32('stm32f7', MiB, 320 * KiB)];

function machineOf(target: Target, emulator: 'qemu' | 'renode', machines: readonly Machine[]): Machine {
  const wanted = target.emulators[emulator];
  return (
    machines.find((candidate) => candidate.name === wanted) ??
    fail('no-emulator', {
      where: `target '${target.name}'`,
      found:
        wanted === undefined ? `nothing in ${emulator} stands for it` : `msc does not know ${emulator}'s '${wanted}'`,
      requires: `one of ${machines.map((candidate) => candidate.name).join(', ')}`,
    })
  );
}

/** The board that stands for `target` in QEMU. */
export function qemuMachine(target: Target): Machine {
  return machineOf(target, 'qemu', qemuMachines);
}

/** The chip that stands for `target` in Renode. */
export function renodeMachine(target: Target): Machine {
  return machineOf(target, 'renode', renodeMachines);
}

const guardBytes = MiB;
const ownRamBytes = 4 * MiB;

/**
 * The board with those of the sections at their addresses that its RAM covers. The firmware's RAM, stack at the bottom, then is
 * the end of the memory for the test's data, with bytes before it that nothing may touch. Other sections lie in that RAM.
 */
export function withSections(machine: Machine, sections: readonly PlacedSection[]): Machine {
  const { ram, data } = machine;
  const covered = sections.filter(
    ({ originAddress, sizeBytes }) =>
      originAddress >= ram.originAddress && originAddress + sizeBytes <= ram.originAddress + ram.sizeBytes,
  );
  return covered.length === 0
    ? machine
    : {
        ...machine,
        ram: { originAddress: data.originAddress + data.sizeBytes - ownRamBytes, sizeBytes: ownRamBytes },
        sections: covered,
        reservedBytes: guardBytes + ownRamBytes,
      };
}

/** Where the bytes before the firmware's own RAM are, which nothing may touch; null where there are none. */
export function guardAddressOf({ ram, sections = [] }: Machine): number | null {
  return sections.length === 0 ? null : ram.originAddress - guardBytes;
}

/** Linker commands for the sections at addresses of their own. */
export function sectionScript({ sections = [] }: Machine): string {
  const hex = (value: number) => `0x${value.toString(16).padStart(8, '0')}`;
  return sections
    .map(
      ({ section, originAddress, sizeBytes }, i) =>
        `MEMORY { CHIP_${i} : ORIGIN = ${hex(originAddress)}, LENGTH = ${sizeBytes} }\n` +
        `SECTIONS { .arena_${i} (NOLOAD) : { *(${section}) } > CHIP_${i} }\n`,
    )
    .join('');
}

/** Linker flags that place a firmware on `machine`. */
export function memoryFlags(machine: Machine, script: string): readonly string[] {
  const symbols = {
    machine_flash_origin: machine.flash.originAddress,
    machine_flash_length: machine.flash.sizeBytes,
    machine_ram_origin: machine.ram.originAddress,
    machine_ram_length: machine.ram.sizeBytes,
    machine_data_origin: machine.data.originAddress,
    machine_data_length: machine.data.sizeBytes - (machine.reservedBytes ?? 0),
    machine_stack_length: machine.stackBytes,
  };
  return [`-T${script}`, ...Object.entries(symbols).map(([name, value]) => `-Wl,--defsym=${name}=${value}`)];
}
