import { existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endOf, runTool, type Tool } from '../toolchain/index.ts';
import { icountShift, type Machine } from './machines.ts';
import { type Records, readRecords } from './records.ts';

/** One start of QEMU. */
export interface QemuRun {
  readonly qemu: Tool;
  readonly machine: Machine;
  /** Working folder; everything is named relative to it, so that no path needs quoting in QEMU's option lists. */
  readonly folder: string;
  /** Image, in the folder. */
  readonly image: string;
  readonly input: Uint8Array;
  readonly timeoutSeconds: number;
  /** `-plugin …`, `-icount …`. */
  readonly extraArgs: readonly string[];
}

export interface QemuResult {
  readonly records: Records;
  /** How QEMU ended, with its own words if it said any. */
  readonly ending: string;
  readonly stderr: string;
}

/** Arguments that make virtual time count instructions. */
export const icountArgs: readonly string[] = ['-icount', `shift=${icountShift},sleep=off`];

/** Bytes in front of the input: its size, and where the records go. */
const headerBytes = 8;

// a file that is the board's memory carries records faster than a UART (one system call a byte), but needs mmap
const sharedMemory = process.platform !== 'win32';

/** Input bytes as the firmware finds them; `records` is the offset of the memory for records, 0 for the UART. */
export function withHeader(input: Uint8Array, records: number): Uint8Array {
  const header = new DataView(new ArrayBuffer(headerBytes));
  header.setUint32(0, input.byteLength, true);
  header.setUint32(4, records, true);
  return Buffer.concat([new Uint8Array(header.buffer), input]);
}

function recordsAt(input: Uint8Array): number {
  return (headerBytes + input.byteLength + 7) & ~7;
}

/** Bytes of a board's memory that input and records of a start may take together. */
export function usableBytes(machine: Machine): number {
  return machine.data.sizeBytes - (machine.reservedBytes ?? 0) - headerBytes - 16;
}

function transferArgs(run: QemuRun): readonly string[] {
  const { machine, folder } = run;
  writeFileSync(join(folder, 'input.bin'), withHeader(run.input, sharedMemory ? recordsAt(run.input) : 0));
  rmSync(join(folder, 'records.bin'), { force: true });
  if (!sharedMemory) {
    return [
      ...['-M', machine.name, '-serial', 'file:records.bin'],
      ...['-device', `loader,file=input.bin,addr=${machine.data.originAddress},force-raw=on`],
    ];
  }
  truncateSync(join(folder, 'input.bin'), machine.data.sizeBytes);
  return [
    ...['-M', `${machine.name},memory-backend=data`, '-serial', 'none'],
    ...['-object', `memory-backend-file,id=data,size=${machine.data.sizeBytes},mem-path=input.bin,share=on`],
  ];
}

/** The records' bytes; null when they were more than the memory holds. */
function receive(run: QemuRun): Uint8Array | null {
  const file = join(run.folder, sharedMemory ? 'input.bin' : 'records.bin');
  if (!existsSync(file)) {
    return new Uint8Array(0);
  }
  const bytes = readFileSync(file);
  if (!sharedMemory) {
    return bytes;
  }
  const at = recordsAt(run.input);
  const size = bytes.readUInt32LE(at);
  return size === 0xffffffff ? null : bytes.subarray(at + 4, at + 4 + size);
}

/**
 * Gives the board the input bytes, runs the image and reads its records: both lie in a file that is the board's
 * memory; on Windows QEMU loads the one, and the other comes by the UART. The firmware ends by a system reset, on
 * which QEMU exits. Never throws for what the firmware does.
 */
export async function runQemu(run: QemuRun): Promise<QemuResult> {
  const transfer = transferArgs(run);
  const result = await runTool({
    command: run.qemu.path,
    args: [
      ...transfer,
      ...['-display', 'none', '-monitor', 'none', '-nic', 'none', '-no-reboot', '-kernel', run.image],
      ...run.extraArgs,
    ],
    cwd: run.folder,
    timeoutSeconds: run.timeoutSeconds,
  });
  const words = result.stderr
    .split('\n')
    .filter((line) => line !== '' && !line.includes('has no peer'))
    .slice(0, 8);
  const bytes = receive(run);
  const early =
    bytes === null ? "its results exceed the board's memory of 16 MiB" : `QEMU ended early (${endOf(result)})`;
  return {
    records: readRecords(bytes ?? new Uint8Array(0)),
    ending: [result.timedOut ? `no end within ${run.timeoutSeconds} s` : early, ...words].join('\n'),
    stderr: result.stderr,
  };
}
