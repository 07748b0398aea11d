import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/**
 * Puts the input bytes into the board's memory behind their length, runs the image and reads its records from the
 * UART. The firmware ends by a system reset, on which QEMU exits. Never throws for what the firmware does.
 */
export async function runQemu(run: QemuRun): Promise<QemuResult> {
  const length = new DataView(new ArrayBuffer(4));
  length.setUint32(0, run.input.byteLength, true);
  writeFileSync(join(run.folder, 'input.bin'), Buffer.concat([new Uint8Array(length.buffer), run.input]));
  const records = join(run.folder, 'records.bin');
  rmSync(records, { force: true });
  const result = await runTool({
    command: run.qemu.path,
    args: [
      ...['-M', run.machine.name, '-display', 'none', '-monitor', 'none', '-nic', 'none', '-no-reboot'],
      ...['-serial', 'file:records.bin', '-kernel', run.image],
      ...['-device', `loader,file=input.bin,addr=${run.machine.data.originAddress},force-raw=on`],
      ...run.extraArgs,
    ],
    cwd: run.folder,
    timeoutSeconds: run.timeoutSeconds,
  });
  const words = result.stderr
    .split('\n')
    .filter((line) => line !== '' && !line.includes('has no peer'))
    .slice(0, 8);
  return {
    records: readRecords(existsSync(records) ? readFileSync(records) : new Uint8Array(0)),
    ending: [
      result.timedOut ? `no end within ${run.timeoutSeconds} s` : `QEMU ended early (${endOf(result)})`,
      ...words,
    ].join('\n'),
    stderr: result.stderr,
  };
}
