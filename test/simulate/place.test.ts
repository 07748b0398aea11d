import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { loadAssets, loadTargetTexts } from '../../compiler/cli/assets.ts';
import { execute, firmwareModelOf } from '../../compiler/cli/execute.ts';
import { placeOption } from '../../compiler/cli/place.ts';
import { compile } from '../../compiler/pipeline.ts';
import { buildModelFirmware } from '../../compiler/simulate/firmware.ts';
import { qemuMachine } from '../../compiler/simulate/machines.ts';
import { parseTarget } from '../../compiler/targets/index.ts';
import { findArmGcc, packageText, readElf } from '../../compiler/toolchain/index.ts';

const gcc = await findArmGcc();
const assets = await loadAssets();
const texts = await loadTargetTexts();
const model = readFileSync(fileURLToPath(new URL('../../examples/digits/digits.ms', import.meta.url)));
const input = Uint8Array.from({ length: 784 }, (_, i) => (i * 37) % 256);

function compiled(target: string, ...values: readonly string[]) {
  return compile(model, {
    fileName: 'digits.ms',
    target: parseTarget(texts, target),
    assets,
    place: placeOption(values),
  });
}

function outputs(target: string, result: ReturnType<typeof compiled>) {
  const request = { result, target: parseTarget(texts, target), inputs: [input], objective: 'balanced' } as const;
  return execute({ ...request, executor: 'qemu' });
}

const NOBITS = 8;
const WRITE = 1;
const ALLOC = 2;
const EXECUTE = 4;

describe('the test firmware', () => {
  it('has a place for every RAM of every target', () => {
    const script = packageText('templates', 'harness', 'firmware.ld');
    for (const name of texts.keys()) {
      for (const memory of parseTarget(texts, name).memories) {
        const section = { ram: '.rodata.', 'code-ram': '.text.', flash: '' }[memory.kind];
        expect(script).toContain(section === '' ? '' : `${section}${memory.name.toLowerCase()}`);
      }
    }
  });
});

describe.skipIf(gcc === undefined)('placed code, weights and arena', () => {
  const folder = mkdtempSync(join(tmpdir(), 'msc-place-'));

  afterAll(() => rmSync(folder, { recursive: true }));

  it('lie in their memories, and compute the same', async () => {
    const target = parseTarget(texts, 'stm32f7');
    const places = ['arena=dtcm', 'code=ITCM', 'weights=DTCM:0,3'];
    const result = compiled('stm32f7', ...places);
    const { plain } = await buildModelFirmware(gcc!, target, qemuMachine(target), folder, {
      model: firmwareModelOf(result),
      sources: result.files,
    });
    const sectionOf = (name: string) => {
      const { address } = plain.elf.symbols.find((symbol) => symbol.name === name)!;
      return plain.elf.sections.find(
        (section) =>
          (section.flags & ALLOC) !== 0 && section.address <= address && address < section.address + section.sizeBytes,
      )!.name;
    };
    expect(sectionOf('digits_run')).toBe('.placed');
    expect(sectionOf('digits_multiply_pixels_s8')).toBe('.placed');
    expect(sectionOf('digits_channels_0')).toBe('.placed');
    expect(sectionOf('digits_weights_3')).toBe('.placed');
    expect(sectionOf('digits_table_2')).toBe('.text');
    expect(sectionOf('digits_arena')).toBe('.bss');
    const placed = plain.elf.sections.find((section) => section.name === '.placed')!;
    expect(placed.address).toBeGreaterThanOrEqual(0x20000000);
    const code = plain.elf.symbols.filter(
      ({ kind, name, address }) => kind === 'function' && name.startsWith('digits_') && address < placed.address,
    );
    // only what the application calls before and after: the accessors
    expect(code.map(({ name }) => name).sort()).toEqual(['digits_input', 'digits_output']);

    const kinds = readElf(readFileSync(join(folder, 'digits.c.o'))).sections;
    const kind = (name: string) => {
      const section = kinds.find((one) => one.name === name)!;
      return { isEmpty: section.type === NOBITS, flags: section.flags & (WRITE | ALLOC | EXECUTE) };
    };
    expect(kind('.bss.dtcm')).toEqual({ isEmpty: true, flags: WRITE | ALLOC });
    expect(kind('.rodata.dtcm')).toEqual({ isEmpty: false, flags: ALLOC });
    expect(kind('.text.itcm')).toEqual({ isEmpty: false, flags: ALLOC | EXECUTE });

    const [here, there] = await Promise.all([outputs('stm32f7', compiled('stm32f7')), outputs('stm32f7', result)]);
    expect(there.outputs).toEqual(here.outputs);
    expect(there.stackBound).toMatchObject({ kind: 'known' });
  });

  it('take all weights where no layer is named', () => {
    const [source] = compiled('stm32f4', 'weights=ccm').files;
    expect(source!.text).toContain('#define DIGITS_SECTION_WEIGHTS __attribute__((section(".rodata.ccm")))');
    expect(source!.text).not.toContain('SECTION_WEIGHTS_CCM');
  });

  it.each([
    ['stm32f7', ['weights=itcm'], 'unknown-memory'],
    ['stm32f4', ['code=ccm'], 'unknown-memory'],
    ['cortex-m7', ['arena=dtcm'], 'unknown-memory'],
    ['stm32f7', ['weights=dtcm:9'], 'unknown-layer'],
    ['stm32f4', ['weights=sram2'], 'placement-too-large'],
    ['stm32f4', ['arena=sram2', 'weights=sram2:7'], 'placement-too-large'],
  ])('are refused on %s: %s', (target, places, name) => {
    expect(() => compiled(target, ...places)).toThrow(name);
  });
});
