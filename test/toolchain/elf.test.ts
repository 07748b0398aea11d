import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  compileFirmware,
  type Elf,
  findArmGcc,
  functionAt,
  imageSizes,
  loadTarget,
  readElf,
  runTool,
  sameImage,
} from '../../compiler/toolchain/index.ts';

const gcc = await findArmGcc();

const source = `
const int table[25] = {1};
int counter = 5;
static int zeros[10];
int _start(int i);
int _start(int i) { zeros[i] = counter++; return zeros[i + 1] + table[i]; }
`;

describe.skipIf(gcc === undefined)('the ELF reader', () => {
  const folder = mkdtempSync(join(tmpdir(), 'msc-test-'));
  let path = '';
  let elf: Elf = { sections: [], symbols: [] };

  beforeAll(async () => {
    const sources = [{ name: 'a.c', text: source }];
    const built = await compileFirmware(gcc!, loadTarget('cortex-m3'), folder, { sources, optimize: '-O2' });
    path = built.path;
    elf = built.elf;
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it("counts as binutils' size does", async () => {
    const size = gcc!.path.replace(/gcc(\.exe)?$/, 'size');
    const { stdout } = await runTool({ command: join(dirname(size), 'arm-none-eabi-size'), args: [path] });
    const [text, data, bss] = stdout.split('\n')[1]!.trim().split(/\s+/).map(Number);
    expect(imageSizes(elf)).toEqual({ text, data, bss });
    expect(imageSizes(elf)).toMatchObject({ data: 4, bss: 40 });
  });

  it('knows symbols by name and functions by address', () => {
    const start = elf.symbols.find((symbol) => symbol.name === '_start');
    expect(start).toMatchObject({ kind: 'function' });
    expect(start!.address % 2).toBe(0);
    expect(functionAt(elf, start!.address + 2)).toBe('_start');
    expect(functionAt(elf, start!.address + start!.sizeBytes)).not.toBe('_start');
    expect(elf.symbols.find((symbol) => symbol.name === 'table')).toMatchObject({ kind: 'object', sizeBytes: 100 });
  });

  it('reads contents', () => {
    expect([...elf.sections.find((section) => section.name === '.data')!.bytes]).toEqual([5, 0, 0, 0]);
  });

  it('tells images apart by their loaded bytes alone', () => {
    const file = readFileSync(path);
    expect(sameImage(elf, readElf(file))).toBe(true);
    const changed = Buffer.from(file);
    const data = elf.sections.find((section) => section.name === '.data')!;
    changed[data.bytes.byteOffset] = 6;
    const offset = file.indexOf(Buffer.from([5, 0, 0, 0]), file.indexOf(Buffer.from(data.bytes)));
    changed[offset] = 6;
    expect(sameImage(elf, readElf(changed))).toBe(false);
  });

  it('refuses what is not ELF32', () => {
    expect(() => readElf(new Uint8Array(64))).toThrow('not an ELF32');
  });
});
