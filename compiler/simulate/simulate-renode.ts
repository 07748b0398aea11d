import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findArmGcc, findTool, packageText, requireTool, runTool, type Tool } from '../toolchain/index.ts';
import { buildModelFirmware } from './firmware.ts';
import { groupInputs, inferenceCounts, joinOutputs, packSequences } from './inferences.ts';
import { type Machine, renodeMachine } from './machines.ts';
import { usableBytes, withHeader } from './qemu.ts';
import { checkEnd, describeFault, isComplete, type Records, readRecords } from './records.ts';
import type { SimulationRequest, SimulationResult } from './types.ts';
import { inWorkFolder } from './work-folder.ts';

function recordsIn(folder: string): Records {
  const file = join(folder, 'records.bin');
  return readRecords(existsSync(file) ? readFileSync(file) : new Uint8Array(0));
}

/** One start of Renode in `folder`, which holds `firmware.elf`; it is stopped when the firmware has ended. */
async function startRenode(
  renode: Tool,
  machine: Machine,
  folder: string,
  input: Uint8Array,
  timeoutSeconds: number,
): Promise<{ readonly records: Records; readonly ending: string }> {
  writeFileSync(join(folder, 'input.bin'), withHeader(input, 0));
  writeFileSync(join(folder, 'platform.repl'), packageText('renode', `${machine.name}.repl`));
  writeFileSync(join(folder, 'firmware.resc'), packageText('renode', 'firmware.resc'));
  const stop = new AbortController();
  const watch = setInterval(() => {
    if (isComplete(recordsIn(folder))) {
      stop.abort();
    }
  }, 200);
  const result = await runTool({
    command: renode.path,
    args: ['--console', '--disable-xwt', '--plain', '-e', 'include @firmware.resc'],
    cwd: folder,
    timeoutSeconds,
    cancelSignal: stop.signal,
  }).finally(() => clearInterval(watch));
  const words = `${result.stdout}\n${result.stderr}`.split('\n').filter((line) => /error|exception/i.test(line));
  const early = result.timedOut ? `no end within ${timeoutSeconds} s` : 'Renode ended early';
  return { records: recordsIn(folder), ending: [early, ...words.slice(0, 8)].join('\n') };
}

/**
 * Builds the model into a firmware for the chip's own memories and runs all inputs in Renode. Instructions are not
 * counted. Written from Renode's documentation; where Renode is not installed its tests are skipped.
 */
export async function simulateRenode(request: SimulationRequest): Promise<SimulationResult> {
  const machine = renodeMachine(request.target);
  const counts = inferenceCounts(request.model, request.inputs);
  const [foundGcc, foundRenode] = await Promise.all([findArmGcc(request.tools), findTool('renode', request.tools)]);
  const gcc = requireTool(foundGcc, 'arm-none-eabi-gcc', 'to build firmware');
  const renode = requireTool(foundRenode, 'renode', 'to run firmware on the whole chip');
  return inWorkFolder(async (folder) => {
    const unmarked = { ...request, model: { ...request.model, stepCount: 0 } };
    const firmware = await buildModelFirmware(gcc, request.target, machine, folder, unmarked);
    const starts: Records[] = [];
    for (const group of groupInputs(request.model, request.inputs, counts, usableBytes(machine))) {
      const sequences = group.map((i) => counts[i]!);
      const input = packSequences(
        group.map((i) => request.inputs[i]!),
        sequences,
      );
      const run = await startRenode(renode, machine, folder, input, request.timeoutSeconds ?? 300);
      const limit = machine.ram.originAddress;
      checkEnd(
        run.records,
        {
          where: `${request.model.cName}_run() on ${machine.name} in Renode`,
          describeFault: (words) => describeFault(words, firmware.plain.elf, limit),
          ending: run.ending,
        },
        sequences.reduce((a, b) => a + b, 0),
      );
      starts.push(run.records);
    }
    return {
      outputs: joinOutputs(
        starts.flatMap((records) => records.outputs),
        counts,
      ),
      instructions: null,
      cycles: null,
      stackBytes: starts.reduce((most, records) => Math.max(most, records.end?.stackBytes ?? 0), 0),
      stackBound: firmware.stackBound,
      sizes: firmware.sizes,
      emptySizes: firmware.emptySizes,
      modelSizes: firmware.modelSizes,
      emulator: { name: 'renode', version: renode.version },
      compiler: { name: gcc.name, version: gcc.version },
      notes: ['Renode does not count instructions: `--emulator qemu` does'],
    };
  });
}
