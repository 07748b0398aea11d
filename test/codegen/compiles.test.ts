import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { loadAssets, loadTargetTexts } from '../../compiler/cli/assets.ts';
import type { ArenaMode } from '../../compiler/codegen/index.ts';
import { compile } from '../../compiler/pipeline.ts';
import { parseTarget } from '../../compiler/targets/index.ts';
import { findArmGcc, findTool, readElf } from '../../compiler/toolchain/index.ts';
import { zooModels } from '../support/zoo.ts';

const run = promisify(execFile);

const warnings = (
  '-std=c99 -Wall -Wextra -Werror -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wundef -Wcast-qual -Wcast-align ' +
  '-Wstrict-prototypes -Wmissing-prototypes -Wdouble-promotion -Wvla -Wswitch-enum -Wfloat-equal'
).split(' ');
const headerWarnings = '-x c++ -std=c++98 -Wall -Wextra -Wpedantic -Werror -fsyntax-only'.split(' ');

const models = [
  {
    fileName: 'digits.ms',
    path: fileURLToPath(new URL('../../examples/digits/digits.ms', import.meta.url)),
  },
  ...zooModels().filter((model) => model.fileName.endsWith('.tflite')),
];

const assets = await loadAssets();
const texts = await loadTargetTexts();
const [gcc, cc, clang] = await Promise.all([findArmGcc(), findTool('cc'), findTool('clang')]);
const folder = await mkdtemp(join(tmpdir(), 'msc-compiles-'));

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Writes a model's files for a target and returns the path of its .c without the ending. */
async function emit(model: (typeof models)[number], target: string, arena: ArenaMode): Promise<string> {
  const cName = `${model.fileName}_${target}_${arena}`.replace(/\W/g, '_');
  const result = compile(await readFile(model.path), {
    fileName: model.fileName,
    cName,
    target: parseTarget(texts, target),
    assets,
    arena,
  });
  for (const file of result.files) {
    await writeFile(join(folder, file.name), file.text);
  }
  return join(folder, cName);
}

/** What the compiler says; an empty text if it has nothing to say. */
async function complaints(compiler: string, flags: readonly string[]): Promise<string> {
  try {
    const { stderr } = await run(compiler, [...flags], { cwd: folder });
    return stderr;
  } catch (error) {
    return (error as { readonly stderr?: string }).stderr ?? String(error);
  }
}

const flagsOf = (target: string) => [...parseTarget(texts, target).gccFlags];

describe.each(models)('the C of $fileName', (model) => {
  it.each([
    ['stm32f7', 'static'],
    ['stm32f7', 'caller'],
    ['cortex-m0plus', 'static'],
  ] as const)('for %s, arena %s: no warning from the Arm compiler', async (target, arena) => {
    const path = await emit(model, target, arena);
    const flags = [...flagsOf(target), ...warnings];
    expect(await complaints(gcc!.path, [...flags, '-O2', '-c', `${path}.c`, '-o', `${path}.o`])).toBe('');
  });

  it('no warning from the host compiler, as C99 and its header as C++98', async () => {
    const path = await emit(model, 'stm32f7', 'static');
    expect(await complaints(cc!.path, [...warnings, '-O2', '-c', `${path}.c`, '-o', `${path}.host.o`])).toBe('');
    expect(await complaints('g++', [...headerWarnings, `${path}.h`])).toBe('');
  });

  it('nothing found by -fanalyzer', async () => {
    const path = await emit(model, 'stm32f7', 'static');
    const flags = [...flagsOf('stm32f7'), '-std=c99', '-O2', '-fanalyzer', '-Werror'];
    expect(await complaints(gcc!.path, [...flags, '-c', `${path}.c`, '-o', `${path}.a.o`])).toBe('');
  });

  it.skipIf(clang === undefined)('no warning from clang, for the host and for Arm', async () => {
    const path = await emit(model, 'stm32f7', 'static');
    const arm = ['--target=arm-none-eabi', '-mcpu=cortex-m7', '-mthumb', '-isystem', '/usr/lib/arm-none-eabi/include'];
    const tail = ['-O2', '-c', `${path}.c`, '-o', `${path}.clang.o`];
    expect(await complaints(clang!.path, [...warnings, ...tail])).toBe('');
    expect(await complaints(clang!.path, [...arm, ...warnings, ...tail])).toBe('');
  });

  it('constants in flash, the arena in .bss, nothing from outside but the C library', async () => {
    const path = await emit(model, 'stm32f7', 'static');
    const flags = [...flagsOf('stm32f7'), '-std=c99', '-O2', '-fdata-sections', '-c', `${path}.c`, '-o', `${path}.s.o`];
    expect(await complaints(gcc!.path, flags)).toBe('');
    const elf = readElf(await readFile(`${path}.s.o`));
    const data = elf.sections.filter((section) => /^\.data/.test(section.name) && section.sizeBytes > 0);
    expect(data.map((section) => section.name)).toEqual([]);
    const { stdout } = await run(gcc!.path.replace(/gcc$/, 'nm'), ['--undefined-only', `${path}.s.o`]);
    const undefined_ = stdout.split('\n').flatMap((line) => line.trim().split(/\s+/)[1] ?? []);
    const allowed = /^(memcpy|memset|memmove|expf|tanhf|roundf|floorf|__aeabi_\w+)$/;
    expect(undefined_.filter((name) => !allowed.test(name))).toEqual([]);
  });
});

describe('two models', () => {
  it('stand in one firmware', async () => {
    const paths = await Promise.all(models.slice(0, 2).map((model) => emit(model, 'stm32f7', 'static')));
    const names = paths.map((path) => path.slice(folder.length + 1));
    const main = [
      ...names.map((name) => `#include "${name}.h"`),
      `int main(void) { return (int)${names.map((name) => `${name}_run()`).join(' + (int)')}; }`,
      '',
    ].join('\n');
    await writeFile(join(folder, 'two.c'), main);
    const files = [...paths.map((path) => `${path}.c`), 'two.c', '-o', 'two', '-lm'];
    expect(await complaints(cc!.path, ['-O1', ...files])).toBe('');
    await run(join(folder, 'two'));
  });
});
