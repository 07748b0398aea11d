import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileHost, endOf, findTool, requireTool, runTool, type Tool } from '../toolchain/index.ts';
import { hostParts, modelParts } from './harness.ts';
import { inferenceCounts, joinOutputs, packSequences } from './inferences.ts';
import { checkEnd, type Records, readRecords } from './records.ts';
import type { SimulationRequest, SimulationResult } from './types.ts';
import { inWorkFolder } from './work-folder.ts';

/** Runs a built harness over `input`; what sanitizers or the system say of an early end is in the diagnostic. */
export async function runHostProgram(
  program: string,
  folder: string,
  input: Uint8Array,
  expected: number | null,
  where: string,
  timeoutSeconds: number,
): Promise<Records> {
  const inputFile = join(folder, 'input.bin');
  const outputFile = join(folder, 'records.bin');
  writeFileSync(inputFile, input);
  const result = await runTool({ command: program, args: [inputFile, outputFile], cwd: folder, timeoutSeconds });
  const records = readRecords(existsSync(outputFile) ? readFileSync(outputFile) : new Uint8Array(0));
  checkEnd(
    // a sanitizer that reports and goes on has found something all the same
    result.exitCode === 0 && result.stderr === '' ? records : { ...records, end: null },
    {
      where,
      describeFault: () => 'fault',
      ending: [`${program.split(/[\\/]/).at(-1)}: ${endOf(result)}`, result.stderr.slice(0, 4000)].join('\n').trimEnd(),
    },
    expected,
  );
  return records;
}

/** The host's C compiler, or `tool-not-found`. */
export async function hostCompiler(request: Pick<SimulationRequest, 'tools'>): Promise<Tool> {
  return requireTool(await findTool('cc', request.tools), 'cc', 'to run generated code on this computer');
}

/** Builds the model into a program of this computer and runs all inputs in one start. */
export async function simulateHost(request: SimulationRequest): Promise<SimulationResult> {
  const counts = inferenceCounts(request.model, request.inputs);
  const compiler = await hostCompiler(request);
  return inWorkFolder(async (folder) => {
    const { path } = await compileHost(compiler, folder, {
      sources: [...request.sources, ...modelParts(request.model, true), ...hostParts()],
      optimize: request.optimize ?? '-O2',
      ...(request.flags === undefined ? {} : { flags: request.flags }),
    });
    const records = await runHostProgram(
      path,
      folder,
      packSequences(request.inputs, counts),
      counts.reduce((a, b) => a + b, 0),
      `${request.model.cName}_run() on the host`,
      request.timeoutSeconds ?? 300,
    );
    return {
      outputs: joinOutputs(records.outputs, counts),
      instructions: null,
      cycles: null,
      stackBytes: null,
      stackBound: null,
      sizes: null,
      emptySizes: null,
      modelSizes: null,
      emulator: { name: 'host', version: compiler.version },
      compiler: { name: compiler.name, version: compiler.version },
      notes: [],
    };
  });
}
