import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { loadAssets, loadTargetTexts } from '../../compiler/cli/assets.ts';
import { execute, firmwareModelOf } from '../../compiler/cli/execute.ts';
import { sizeBytesOf, tensorOf } from '../../compiler/ir/index.ts';
import { type CompileOptions, compile } from '../../compiler/pipeline.ts';
import { compareOutputs, defaultTolerance, describeDifference } from '../../compiler/report/compare.ts';
import { buildModelFirmware } from '../../compiler/simulate/firmware.ts';
import { qemuMachine, withSections } from '../../compiler/simulate/machines.ts';
import { parseTarget } from '../../compiler/targets/index.ts';
import { findArmGcc } from '../../compiler/toolchain/index.ts';
import { zooModels } from '../support/zoo.ts';

const gcc = await findArmGcc();
const assets = await loadAssets();
const texts = await loadTargetTexts();
const KiB = 1024;

const digits = {
  fileName: 'digits.ms',
  path: fileURLToPath(new URL('../../examples/digits/digits.ms', import.meta.url)),
  cases: [],
};

/** A model, and where its arena is to lie. */
interface Divided {
  readonly name: string;
  readonly target: string;
  readonly options: Partial<CompileOptions>;
  /** Arrays that the linker puts at addresses of the chip: first byte of the memory, and one past the last. */
  readonly memories: Readonly<Record<string, readonly [number, number]>>;
}

const dtcm = [0x20000000, 0x20010000] as const;
const sram1 = [0x20010000, 0x2004c000] as const;
const models: readonly Divided[] = [
  {
    name: 'digits.ms',
    target: 'stm32f7',
    options: {
      objective: 'speed',
      memoryBudgets: [
        { memory: 'DTCM', bytes: KiB },
        { memory: 'SRAM1', bytes: 8 * KiB },
      ],
    },
    memories: { dtcm, sram1 },
  },
  {
    name: 'person_detect.tflite',
    target: 'stm32f7',
    options: {
      memoryBudgets: [
        { memory: 'DTCM', bytes: 8 * KiB },
        { memory: 'SRAM1', bytes: 32 * KiB },
      ],
    },
    memories: { dtcm, sram1 },
  },
  {
    name: 'vww_96_int8.tflite',
    target: 'stm32f7',
    options: {
      streamInput: true,
      memoryBudgets: [
        { memory: 'DTCM', bytes: 6 * KiB },
        { memory: 'SRAM2', bytes: 16 * KiB },
      ],
    },
    memories: { dtcm, sram2: [0x2004c000, 0x20050000] },
  },
  {
    // DMA does not reach the DTCM of this chip, and the board has no RAM at the address of the other memory
    name: 'resnet8_float.tflite',
    target: 'stm32h7',
    options: {
      objective: 'speed',
      memoryBudgets: [
        { memory: 'DTCM', bytes: 80 * KiB },
        { memory: 'AXI', bytes: 100 * KiB },
      ],
    },
    memories: { dtcm: [0x20000000, 0x20020000] },
  },
  {
    // more than the SRAM of the chip, so that it is divided without being asked
    name: 'resnet8_float.tflite',
    target: 'stm32f407',
    options: { objective: 'speed' },
    memories: { sram1: [0x20000000, 0x20020000] },
  },
];

describe.skipIf(gcc === undefined)('arenas in several memories', () => {
  const folder = mkdtempSync(join(tmpdir(), 'msc-memories-'));
  const all = [digits, ...zooModels()];

  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(models.filter(({ name }) => all.some(({ fileName }) => fileName === name)))(
    '$name on $target lies where the chip has its memories, and gives the golden bytes',
    { timeout: 120_000 },
    async ({ name, target: targetName, options, memories }) => {
      const { path, cases } = all.find(({ fileName }) => fileName === name)!;
      const target = parseTarget(texts, targetName);
      const result = compile(readFileSync(path), { fileName: name, target, assets, cName: 'net', ...options });
      expect(result.plan.parts.length).toBe(2);

      const model = firmwareModelOf(result);
      const machine = withSections(qemuMachine(target), model.sections!);
      const { plain } = await buildModelFirmware(gcc!, target, machine, folder, { model, sources: result.files });
      for (const { memory, sizeBytes } of result.plan.parts) {
        const symbol = plain.elf.symbols.find((one) => one.name === `net_arena_${memory.symbol}`)!;
        expect(symbol.sizeBytes).toBe(sizeBytes);
        expect(symbol.address % result.view.arenaAlignment).toBe(0);
        const range = memories[memory.symbol];
        if (range !== undefined) {
          expect(symbol.address).toBeGreaterThanOrEqual(range[0]);
          expect(symbol.address + sizeBytes).toBeLessThanOrEqual(range[1]);
        }
      }
      expect(result.plan.parts.map(({ memory }) => memory.symbol)).toEqual(
        expect.arrayContaining(Object.keys(memories)),
      );

      const inputs = cases.length > 0 ? cases.slice(0, 2).map(({ input }) => input) : [new Uint8Array(784).fill(77)];
      const run = (executor: 'qemu' | 'reference') =>
        execute({ result, target, executor, inputs, objective: result.objective });
      const { outputs, stackBound } = await run('qemu');
      const golden = cases.length > 0 ? cases.map(({ output }) => output) : (await run('reference')).outputs;
      const tensors = result.graph.outputs.map((id) => tensorOf(result.graph, id));
      const differences = outputs.flatMap((actual, k) =>
        compareOutputs(tensors, tensors.map(sizeBytesOf), actual, golden[k]!, defaultTolerance).map(describeDifference),
      );
      expect(differences).toEqual([]);
      expect(stackBound).toMatchObject({ kind: 'known' });
    },
  );

  it('leave the board as it is unless its RAM covers a memory', () => {
    const machine = qemuMachine(parseTarget(texts, 'stm32f7'));
    const section = (originAddress: number) => ({ section: '.bss.x', originAddress, sizeBytes: 4096 });
    expect(withSections(machine, [])).toBe(machine);
    expect(withSections(machine, [section(0x10000000)])).toBe(machine);
    const moved = withSections(machine, [section(0x20010000), section(0x10000000)]);
    expect(moved.sections).toEqual([section(0x20010000)]);
    expect(moved.ram.originAddress + moved.ram.sizeBytes).toBe(machine.data.originAddress + machine.data.sizeBytes);
  });
});
