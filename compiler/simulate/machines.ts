import { fail } from '../diagnostics/index.ts';
import type { Target } from '../targets/index.ts';

/** A board that an emulator has: where things lie on it. Sizes in bytes. */
export interface Machine {
  readonly name: string;
  /** File of `templates/harness/machines/` with its UART and timer. */
  readonly header: string;
  readonly flash: { readonly originAddress: number; readonly sizeBytes: number };
  readonly ram: { readonly originAddress: number; readonly sizeBytes: number };
  /** Where the test's input bytes are put, and its records come from. The board's main memory in QEMU. */
  readonly data: { readonly originAddress: number; readonly sizeBytes: number };
}

const MiB = 1 << 20;

/** Address space that the model's stack gets at the bottom of the RAM; what is deeper faults. */
export const stackSpaceBytes = 64 * 1024;

/** Timer ticks of one instruction on the MPS2 boards with `-icount shift=8`: 256 ns of a 25 MHz clock. */
export const icountShift = 8;
export const ticksPerInstruction = (2 ** icountShift * 25) / 1000;

// Arm MPS2 application notes AN385, AN386, AN500: ZBT SSRAM 1 at 0, SSRAM 2 and 3 at 0x20000000, PSRAM
const mps2 = (name: string, dataAddress: number): Machine => ({
  name,
  header: 'mps2.h',
  flash: { originAddress: 0, sizeBytes: 4 * MiB },
  ram: { originAddress: 0x20000000, sizeBytes: 4 * MiB },
  data: { originAddress: dataAddress, sizeBytes: 16 * MiB },
});

const qemuMachines: readonly Machine[] = [
  mps2('mps2-an385', 0x21000000),
  mps2('mps2-an386', 0x21000000),
  mps2('mps2-an500', 0x60000000),
];

/** The board that stands for `target` in QEMU. */
export function qemuMachine(target: Target): Machine {
  const machine = qemuMachines.find((candidate) => candidate.name === target.emulators.qemu);
  return (
    machine ??
    fail('no-emulator', {
      where: `target '${target.name}'`,
      found:
        target.emulators.qemu === undefined
          ? 'QEMU has no machine for it'
          : `msc has no memory map of QEMU's machine '${target.emulators.qemu}'`,
      requires: `one of ${qemuMachines.map((candidate) => candidate.name).join(', ')}`,
    })
  );
}

/** Linker flags that place a firmware on `machine`. */
export function memoryFlags(machine: Machine, script: string): readonly string[] {
  const symbols = {
    machine_flash_origin: machine.flash.originAddress,
    machine_flash_length: machine.flash.sizeBytes,
    machine_ram_origin: machine.ram.originAddress,
    machine_ram_length: machine.ram.sizeBytes,
    machine_data_origin: machine.data.originAddress,
    machine_data_length: machine.data.sizeBytes,
    machine_stack_length: stackSpaceBytes,
  };
  return [`-T${script}`, ...Object.entries(symbols).map(([name, value]) => `-Wl,--defsym=${name}=${value}`)];
}
