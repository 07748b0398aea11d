import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { compileGraphsTogether } from '../../compiler/bundle.ts';
import { loadAssets, loadTargetTexts } from '../../compiler/cli/assets.ts';
import type { ArenaMode, OutputFile } from '../../compiler/codegen/index.ts';
import { writeTflite } from '../../compiler/frontends/index.ts';
import { bytesFromElements, type Graph } from '../../compiler/ir/index.ts';
import { evaluateGraph, initialState } from '../../compiler/ops/evaluate-graph.ts';
import { compileGraph, readGraph } from '../../compiler/pipeline.ts';
import { runFirmware } from '../../compiler/simulate/index.ts';
import { parseTarget } from '../../compiler/targets/index.ts';
import { findArmGcc, findTool, imageSizes, readElf } from '../../compiler/toolchain/index.ts';
import { svdfCases } from '../ops/svdf.cases.ts';
import { hasEmulator } from '../support/firmware.ts';
import { randomInputs } from '../support/graphs.ts';
import { graphOf as caseGraph } from '../support/node-case.ts';
import { smallModel } from './small-model.ts';

const run = promisify(execFile);
const warnings = (
  '-std=c99 -Wall -Wextra -Werror -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wundef -Wcast-qual -Wcast-align ' +
  '-Wstrict-prototypes -Wmissing-prototypes -Wdouble-promotion -Wvla -Wswitch-enum -Wfloat-equal'
).split(' ');

const assets = await loadAssets();
const texts = await loadTargetTexts();
const target = parseTarget(texts, 'stm32f7');
const emulated = await hasEmulator();
const [gcc, cc] = await Promise.all([findArmGcc(), findTool('cc')]);
const folder = await mkdtemp(join(tmpdir(), 'msc-bundle-'));

afterAll(() => rm(folder, { recursive: true, force: true }));

const digits = await readFile(new URL('../../examples/digits/digits.ms', import.meta.url));

/** A classifier, a smaller one with the same kernels, and a layer with a state. */
const graphs: readonly { readonly cName: string; readonly graph: Graph }[] = [
  { cName: 'digits', graph: readGraph(digits, { fileName: 'digits.ms' }).graph },
  { cName: 'small', graph: readGraph(writeTflite(smallModel), { fileName: 'small.tflite' }).graph },
  { cName: 'word', graph: caseGraph(svdfCases[0]!) },
];

const named = graphs.map(({ cName, graph }) => ({ cName, graph, modelName: `${cName}.ms`, sha256: '0'.repeat(64) }));

function together(arena: ArenaMode, live: boolean) {
  return compileGraphsTogether(named, { cName: 'net', target, assets, arena, live });
}

const alone = named.map((model) => compileGraph(model.graph, { ...model, target, assets }));

const modes = (['static', 'caller'] as const).flatMap((arena) => [false, true].map((live) => ({ arena, live })));

/** Writes files into a folder of their own. */
async function written(files: readonly OutputFile[]): Promise<string> {
  const own = await mkdtemp(join(folder, 'files-'));
  await Promise.all(files.map((file) => writeFile(join(own, file.name), file.text)));
  return own;
}

/** What the compiler says; an empty text if it has nothing to say. */
async function complaints(compiler: string, flags: readonly string[], cwd: string): Promise<string> {
  try {
    return (await run(compiler, [...flags], { cwd })).stderr;
  } catch (error) {
    return (error as { readonly stderr?: string }).stderr ?? String(error);
  }
}

/** Bytes of the object file that the Arm compiler makes of a .c file. */
async function sizesOf(files: readonly OutputFile[], name: string) {
  const own = await written(files);
  const flags = ['-std=c99', '-O2', '-c', `${name}.c`, '-o', 'size.o'];
  expect(await complaints(gcc!.path, [...target.gccFlags, ...flags], own)).toBe('');
  return imageSizes(readElf(await readFile(join(own, 'size.o'))));
}

describe.each(modes)('a bundle, arena $arena, live $live', ({ arena, live }) => {
  const bundle = together(arena, live);

  it('compiles without a warning, as C99 and its headers as C++98', async () => {
    const own = await written(bundle.files);
    const flags = [...warnings, '-O2', '-c', 'net.c', '-o', 'net.o'];
    expect(await complaints(cc!.path, flags, own)).toBe('');
    expect(await complaints(gcc!.path, [...target.gccFlags, ...flags], own)).toBe('');
    const header = '-x c++ -std=c++98 -Wall -Wextra -Wpedantic -Werror -fsyntax-only net.h'.split(' ');
    expect(await complaints('g++', header, own)).toBe('');
  });

  it('has one arena and nothing else in RAM', async () => {
    const size = await sizesOf(bundle.files, 'net');
    expect(size.data).toBe(0);
    expect(size.bss - (arena === 'static' ? bundle.plan.sizeBytes : 0)).toBeLessThanOrEqual(32);
  });

  it('plans no more than the largest model and what must be kept', () => {
    const sizes = alone.map(({ plan }) => plan.sizeBytes);
    const kept = live
      ? alone.slice(1).flatMap(({ view }) => [...view.inputs, ...view.outputs, ...view.variables])
      : alone.flatMap(({ view }) => view.variables);
    const keptBytes = kept.reduce((sum, { sizeBytes }) => sum + 8 + sizeBytes, 0);
    expect(bundle.plan.sizeBytes).toBeGreaterThanOrEqual(Math.max(...sizes));
    expect(bundle.plan.sizeBytes).toBeLessThanOrEqual(Math.max(...sizes) + keptBytes + 2 * 32);
    expect(bundle.models.map(({ plan }) => plan.sizeBytes)).toEqual(sizes.map(() => bundle.plan.sizeBytes));
  });

  // On the core, two of the four modes have everything.
  const onCore = emulated && (arena === 'caller') === live;

  it.each(onCore ? (['host', 'qemu'] as const) : (['host'] as const))(
    'gives the outputs of every model alone, on %s',
    async (emulator) => {
      const { main, inputBytes, expected } = interleaved(arena, live);
      const outputs = await runFirmware({
        sources: [...bundle.files, { name: 'main.c', text: main }],
        target: parseTarget(texts, emulator === 'host' ? 'host' : 'stm32f7'),
        inputBytes,
        emulator,
        flags: emulator === 'host' ? ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'] : [],
      });
      expect(Buffer.from(outputs).equals(expected)).toBe(true);
    },
  );
});

/**
 * A program that runs every model three times in turn, each round starting with another one; with live ports all inputs are
 * written before the first run and all outputs read after the last.
 */
function interleaved(arena: ArenaMode, live: boolean) {
  const argument = arena === 'caller' ? 'arena' : '';
  const lines: string[] = [];
  const inputs: Uint8Array[] = [];
  const outputs: Uint8Array[] = [];
  const states = graphs.map(({ graph }) => initialState(graph));
  let at = 0;
  const write = (cName: string, bytes: Uint8Array) => {
    lines.push(`    memcpy(${cName}_input(${argument}), input + ${at}, ${bytes.length});`);
    inputs.push(bytes);
    at += bytes.length;
  };
  for (let round = 0; round < 3; round++) {
    const turns = graphs.map((_, i) => (i + round) % graphs.length);
    const values = graphs.map(({ graph }, i) => randomInputs(graph, 10 * round + i));
    const emitted = turns.map((i) => {
      const { cName, graph } = graphs[i]!;
      const [bytes] = evaluateGraph(graph, values[i]!, states[i]!).map(bytesFromElements);
      outputs.push(bytes!);
      return [
        `    if (${cName}_run(${argument}) != 0) { return; }`,
        `    emit(${cName}_output(${argument}), ${bytes!.length});`,
      ] as const;
    });
    if (live) {
      turns.forEach((i) => {
        write(graphs[i]!.cName, bytesFromElements(values[i]![0]!));
      });
      lines.push(...emitted.map(([call]) => call), ...emitted.map(([, emit]) => emit));
    } else {
      turns.forEach((i, turn) => {
        write(graphs[i]!.cName, bytesFromElements(values[i]![0]!));
        lines.push(...emitted[turn]!);
      });
    }
  }
  const main = [
    '#include <string.h>',
    '#include "net.h"',
    'void test_main(const uint8_t *input, uint32_t input_size, void (*emit)(const void *bytes, uint32_t size));',
    'void test_main(const uint8_t *input, uint32_t input_size, void (*emit)(const void *bytes, uint32_t size)) {',
    ...(arena === 'caller'
      ? [
          '    static uint8_t arena[NET_ARENA_SIZE] __attribute__((aligned(NET_ARENA_ALIGNMENT)));',
          '    if (word_reset(arena) != 0 || word_run(0) != WORD_BAD_ARENA || digits_run(arena + 1) != DIGITS_BAD_ARENA) {',
          '        return;',
          '    }',
        ]
      : []),
    '    (void)input_size;',
    ...lines,
    '}',
    '',
  ].join('\n');
  return { main, inputBytes: new Uint8Array(Buffer.concat(inputs)), expected: Buffer.concat(outputs) };
}

describe('a bundle', () => {
  it.each([
    [false, 'Write the inputs of one, run it and read its results before the next', 'are lost'],
    [true, 'Inputs, results and states have bytes of their own', 'keep their content while others run'],
  ])('says in its headers what is shared, live %s', (live, ofAll, ofOne) => {
    const { files, plan } = together('static', live);
    expect(files.map(({ name }) => name)).toEqual(['net.c', 'net.h', 'digits.h', 'small.h', 'word.h']);
    expect(files[1]!.text).toContain(ofAll);
    expect(files[1]!.text).toContain(`#define NET_ARENA_SIZE ${plan.sizeBytes} `);
    expect(files.slice(2).every(({ text }) => text.replace(/\n \*/g, '').includes(ofOne))).toBe(true);
    expect(files.slice(2).every(({ text }) => text.includes(`_ARENA_SIZE ${plan.sizeBytes} `))).toBe(true);
  });

  it('gives -fanalyzer nothing to find', async () => {
    const own = await written(together('static', true).files);
    const flags = ['-std=c99', '-O2', '-fanalyzer', '-Werror', '-c', 'net.c', '-o', 'net.a.o'];
    expect(await complaints(gcc!.path, [...target.gccFlags, ...flags], own)).toBe('');
  });

  it('of one model is the model alone, in two headers', () => {
    const [digitsAlone] = named;
    const bundle = compileGraphsTogether([digitsAlone!], { cName: 'net', target, assets });
    expect(bundle.plan.sizeBytes).toBe(alone[0]!.plan.sizeBytes);
    expect(bundle.files.map(({ name }) => name)).toEqual(['net.c', 'net.h', 'digits.h']);
  });

  it('of two models with the same kernels and weights has them once', async () => {
    const [one] = named;
    const bundle = compileGraphsTogether([one!, { ...one!, cName: 'again' }], { cName: 'net', target, assets });
    const { files, view } = alone[0]!;
    expect(bundle.view.weightBytes).toBe(view.weightBytes);
    const [together, once] = await Promise.all([sizesOf(bundle.files, 'net'), sizesOf(files, 'digits')]);
    // Less than two images, though gcc no longer makes drivers and kernels for one layer's constants alone.
    expect(together.text - view.weightBytes).toBeLessThan(2 * (once.text - view.weightBytes));
    const kernelsOf = (text: string) => new Set(text.match(/\w+__(?:portable|dsp)(?=\()/g)).size;
    expect(kernelsOf(bundle.files[0]!.text)).toBe(kernelsOf(files[0]!.text));
  });

  it('replaces the prefix of what is shared, and of nothing else', () => {
    const { text } = together('static', false).files[0]!;
    const definitions = [...text.matchAll(/^static .*?\b(digits|small|word|net)_(\w+)(?=[ [(])/gm)].map(
      ([, prefix, name]) => ({ prefix, name: name! }),
    );
    const kernels = definitions.filter(({ name }) => /__(portable|dsp)/.test(name));
    expect(kernels.length).toBeGreaterThan(5);
    expect(kernels.filter(({ prefix }) => prefix !== 'net')).toEqual([]);
    expect(new Set(kernels.map(({ name }) => name)).size).toBe(kernels.length);
    expect(text).not.toMatch(/\b(digits|small|word)_\w+__(portable|dsp)/);
  });

  it('is the same every time', () => {
    expect(together('static', true).files).toEqual(together('static', true).files);
  });
});
