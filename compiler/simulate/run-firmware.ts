import type { Target } from '../targets/index.ts';
import {
  compileFirmware,
  compileHost,
  findArmGcc,
  findTool,
  type OptimizeFlag,
  requireTool,
  type SourceFile,
  type ToolOptions,
} from '../toolchain/index.ts';
import { firmwareParts, hostParts, testParts } from './harness.ts';
import { memoryFlags, qemuMachine } from './machines.ts';
import { runQemu } from './qemu.ts';
import { checkEnd, describeFault, type Records } from './records.ts';
import { hostCompiler, runHostProgram } from './simulate-host.ts';
import { inWorkFolder } from './work-folder.ts';

/** C sources with a `void test_main(const uint8_t *input, uint32_t input_size, void (*emit)(const void *, uint32_t))`. */
export interface FirmwareRun {
  readonly sources: readonly SourceFile[];
  readonly includeDirs?: readonly string[];
  readonly target: Target;
  /** Starts on an 8-byte boundary. On a board it shares 16 MiB with what is emitted. */
  readonly inputBytes: Uint8Array;
  readonly emulator: 'qemu' | 'host';
  readonly optimize?: OptimizeFlag;
  readonly flags?: readonly string[];
  readonly timeoutSeconds?: number;
  readonly tools?: ToolOptions;
}

async function runOnQemu(run: FirmwareRun, folder: string): Promise<Records> {
  const machine = qemuMachine(run.target);
  const [gcc, qemu] = await Promise.all([findArmGcc(run.tools), findTool('qemu-system-arm', run.tools)]);
  const { elf } = await compileFirmware(
    requireTool(gcc, 'arm-none-eabi-gcc', 'to build firmware'),
    run.target,
    folder,
    {
      sources: [...run.sources, ...testParts(), ...firmwareParts(machine, run.target)],
      includeDirs: run.includeDirs ?? [],
      optimize: run.optimize ?? '-O2',
      flags: run.flags ?? [],
      linkFlags: memoryFlags(machine, 'harness/firmware.ld'),
    },
  );
  const { records, ending } = await runQemu({
    qemu: requireTool(qemu, 'qemu-system-arm', 'to run firmware'),
    machine,
    folder,
    image: 'firmware.elf',
    input: run.inputBytes,
    timeoutSeconds: run.timeoutSeconds ?? 300,
    extraArgs: [],
  });
  checkEnd(
    records,
    {
      where: `test on ${machine.name}`,
      describeFault: (words) => describeFault(words, elf, machine.ram.originAddress),
      ending,
    },
    null,
  );
  return records;
}

async function runOnHost(run: FirmwareRun, folder: string): Promise<Records> {
  const { path } = await compileHost(await hostCompiler(run), folder, {
    sources: [...run.sources, ...testParts(), ...hostParts()],
    includeDirs: run.includeDirs ?? [],
    optimize: run.optimize ?? '-O2',
    flags: run.flags ?? [],
  });
  return runHostProgram(path, folder, run.inputBytes, null, 'test on the host', run.timeoutSeconds ?? 300);
}

/** Builds a test of any C sources, runs it over the input bytes and returns what it emitted, all in one. */
export async function runFirmware(run: FirmwareRun): Promise<Uint8Array> {
  const records = await inWorkFolder((folder) =>
    run.emulator === 'host' ? runOnHost(run, folder) : runOnQemu(run, folder),
  );
  return new Uint8Array(Buffer.concat(records.outputs));
}
