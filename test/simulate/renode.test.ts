import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { DiagnosticError } from '../../compiler/diagnostics/index.ts';
import { buildModelFirmware } from '../../compiler/simulate/firmware.ts';
import { simulate } from '../../compiler/simulate/index.ts';
import { packSequences } from '../../compiler/simulate/inferences.ts';
import { renodeMachine } from '../../compiler/simulate/machines.ts';
import { withHeader } from '../../compiler/simulate/qemu.ts';
import { findArmGcc, loadTarget, locateTool, packageRoot, runTool } from '../../compiler/toolchain/index.ts';
import { firmwareSources, gain } from '../support/firmware.ts';

const gcc = await findArmGcc();
const renode = locateTool('renode');
const renodeTest = locateTool('renode-test');
const chips = ['stm32f4', 'stm32f7'];
const input = new Uint8Array(16).fill(3);
const sources = firmwareSources('gain.c', 'gain.h');

if (renode === undefined || renodeTest === undefined) {
  console.log('renode or renode-test is not on the PATH: what needs them is skipped');
}

const folder = mkdtempSync(join(tmpdir(), 'msc-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

function build(chip: string) {
  const target = loadTarget(chip);
  return buildModelFirmware(gcc!, target, renodeMachine(target), folder, { model: gain, sources });
}

/** One record: tag, length, payload. */
function record(tag: string, payload: readonly number[]): Uint8Array {
  return Uint8Array.of(tag.charCodeAt(0), payload.length, 0, 0, 0, ...payload);
}

describe.skipIf(gcc === undefined)('the firmware for Renode', () => {
  it.each(chips)('%s: lies in the memories of the chip', async (chip) => {
    const { plain } = await build(chip);
    const addresses = plain.elf.sections
      .filter((section) => (section.flags & 2) !== 0)
      .map((section) => section.address);
    expect(addresses.every((address) => address >= 0x08000000)).toBe(true);
    expect(plain.elf.sections.find((section) => section.name === '.bss')?.address).toBe(0x20002000);
  });
});

describe.skipIf(gcc === undefined || renode === undefined)('renode', () => {
  it.each(chips)('%s: gives the outputs', async (chip) => {
    const request = { model: gain, sources, target: loadTarget(chip), inputs: [input], emulator: 'renode' } as const;
    const { outputs, instructions } = await simulate(request);
    expect(outputs).toEqual([new Uint8Array(16).fill(8)]);
    expect(instructions).toBeNull();
  });
});

describe.skipIf(gcc === undefined || renodeTest === undefined)('renode-test', () => {
  it.each(chips)('%s: the robot suite passes', { timeout: 300_000 }, async (chip) => {
    await build(chip);
    writeFileSync(join(folder, 'input.bin'), withHeader(packSequences([input], [1]), 0));
    const expected = [record('T', [0, 0, 0, 0]), record('O', Array(16).fill(8)), record('E', Array(8).fill(0))];
    writeFileSync(join(folder, 'expected.bin'), Buffer.concat(expected));
    const result = await runTool({
      command: renodeTest!.path,
      args: [
        join(packageRoot(), 'renode', 'firmware.robot'),
        ...[
          '--variable',
          `PLATFORM:${join(packageRoot(), 'renode', `${chip}.repl`)}`,
          '--variable',
          `FOLDER:${folder}`,
        ],
        ...['--results-dir', folder],
      ],
      cwd: folder,
      timeoutSeconds: 280,
    });
    expect(result.stdout + result.stderr).toContain('passed');
    expect(result.exitCode).toBe(0);
  });
});

describe.skipIf(renode !== undefined)('without renode', () => {
  it('asking for it says how to get it', async () => {
    const request = {
      model: gain,
      sources,
      target: loadTarget('stm32f7'),
      inputs: [input],
      emulator: 'renode',
    } as const;
    const error = await simulate(request).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DiagnosticError);
    expect((error as DiagnosticError).diagnostics[0]).toMatchObject({
      name: 'tool-not-found',
      hint: expect.stringContaining('renode'),
    });
  });
});
