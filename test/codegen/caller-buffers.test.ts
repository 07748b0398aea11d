import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { loadAssets, loadTargetTexts } from '../../compiler/cli/assets.ts';
import type { ArenaMode } from '../../compiler/codegen/index.ts';
import { writeTflite } from '../../compiler/frontends/index.ts';
import { type Graph, sizeBytesOf, tensorOf } from '../../compiler/ir/index.ts';
import { type CompileOptions, compileGraph, readGraph } from '../../compiler/pipeline.ts';
import { parseTarget } from '../../compiler/targets/index.ts';
import { findArmGcc, findTool } from '../../compiler/toolchain/index.ts';
import { sumAndRelu } from '../cli/models.ts';
import { lstmCases } from '../ops/lstm.cases.ts';
import { svdfCases } from '../ops/svdf.cases.ts';
import { checkCallerBuffers } from '../support/caller-buffers.ts';
import { hasEmulator } from '../support/firmware.ts';
import { graphFrom } from '../support/graphs.ts';
import { graphOf as caseGraph } from '../support/node-case.ts';
import { graphOfRecipe, graphRecipes } from '../support/random-graph.ts';
import { smallModel } from './small-model.ts';

const run = promisify(execFile);
const warnings = (
  '-std=c99 -Wall -Wextra -Werror -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wundef -Wcast-qual -Wcast-align ' +
  '-Wstrict-prototypes -Wmissing-prototypes -Wdouble-promotion -Wvla -Wswitch-enum -Wfloat-equal'
).split(' ');

const assets = await loadAssets();
const texts = await loadTargetTexts();
const targetNamed = (name: string) => parseTarget(texts, name);
const [gcc, cc] = await Promise.all([findArmGcc(), findTool('cc')]);
const emulated = await hasEmulator();
const folder = await mkdtemp(join(tmpdir(), 'msc-buffers-'));

afterAll(() => rm(folder, { recursive: true, force: true }));

const digits = await readFile(new URL('../../examples/digits/digits.ms', import.meta.url));

/**
 * Results that no step writes to their buffer: an input as it is and under another shape, a tensor under two shapes, one
 * twice; and a result that a later step reads.
 */
const aliases = graphFrom(`graph "aliases" (%0) -> (%0, %2, %3, %4, %3)
tensor %0 "x" computed float32 [1, 4]
tensor %1 "flat" computed float32 [4]
tensor %2 "square" computed float32 [2, 2]
tensor %3 "sum" computed float32 [1, 4]
tensor %4 "positive" computed float32 [1, 4]
node reshape "flat" (%0) -> (%1) {"shape":[4]} from "RESHAPE" 0
node reshape "square" (%1) -> (%2) {"shape":[2,2]} from "RESHAPE" 1
node add "sum" (%0, %0) -> (%3) {"activation":"none"} from "ADD" 2
node relu "positive" (%3) -> (%4) {"activation":"relu"} from "RELU" 3
`);

const graphs: readonly { readonly name: string; readonly graph: Graph }[] = [
  { name: 'digits', graph: readGraph(digits, { fileName: 'digits.ms' }).graph },
  { name: 'small', graph: readGraph(writeTflite(smallModel), { fileName: 'small.tflite' }).graph },
  { name: 'sum', graph: readGraph(writeTflite(sumAndRelu), { fileName: 'sum.tflite' }).graph },
  { name: 'svdf', graph: caseGraph(svdfCases[0]!) },
  { name: 'lstm', graph: caseGraph(lstmCases[0]!) },
  { name: 'aliases', graph: aliases },
];

const compiled = (name: string, graph: Graph, target: string, options: Partial<CompileOptions> = {}) =>
  compileGraph(graph, {
    target: targetNamed(target),
    assets,
    io: 'caller',
    ...options,
    cName: name,
    modelName: `${name}.ms`,
    sha256: '0'.repeat(64),
  });

/** What the compiler says; an empty text if it has nothing to say. */
async function complaints(compiler: string, flags: readonly string[], cwd: string): Promise<string> {
  try {
    return (await run(compiler, [...flags], { cwd })).stderr;
  } catch (error) {
    return (error as { readonly stderr?: string }).stderr ?? String(error);
  }
}

describe.each(graphs)('$name with buffers of the caller', ({ name, graph }) => {
  it.each([
    ['stm32f7', 'static'],
    ['stm32f7', 'caller'],
    ['cortex-m0plus', 'static'],
  ] as const)('for %s, arena %s: no warning, as C99 and its header as C++98', async (target, arena) => {
    const own = await mkdtemp(join(folder, 'files-'));
    const { files } = compiled(name, graph, target, { arena });
    await Promise.all(files.map((file) => writeFile(join(own, file.name), file.text)));
    const flags = [...warnings, '-O2', '-c', `${name}.c`, '-o', 'object.o'];
    expect(await complaints(gcc!.path, [...targetNamed(target).gccFlags, ...flags], own)).toBe('');
    expect(await complaints(cc!.path, flags, own)).toBe('');
    const header = `-x c++ -std=c++98 -Wall -Wextra -Wpedantic -Werror -fsyntax-only ${name}.h`.split(' ');
    expect(await complaints('g++', header, own)).toBe('');
  });

  it('has neither accessors nor inputs and outputs in its arena', () => {
    const { files, program, plan, view } = compiled(name, graph, 'stm32f7');
    const inArena = compiled(name, graph, 'stm32f7', { io: 'arena' });
    const text = files.map((file) => file.text).join('\n');
    expect(text).not.toMatch(new RegExp(`${name}_(in|out)put(_\\d+)?\\(`));
    expect(text).toContain(`${name}_run(${view.runParameters})`);
    expect(plan.sizeBytes).toBeLessThan(inArena.plan.sizeBytes);
    const ports = new Set([...program.graph.inputs, ...program.graph.outputs]);
    const ofCaller = new Set(program.outside.flatMap(({ tensors }) => tensors));
    expect([...ports].filter((id) => !ofCaller.has(id))).toEqual([]);
    const outsideBytes = program.outside.reduce((sum, { tensors }) => {
      return sum + sizeBytesOf(tensorOf(program.graph, tensors[0]!));
    }, 0);
    // what the arena no longer has is no more than what the caller has, but for the rounding of starts
    expect(inArena.plan.sizeBytes - plan.sizeBytes).toBeLessThanOrEqual(outsideBytes + 8 * program.outside.length);
  });
});

it('states alignments: what kernels need, and a cache line where there is a cache', () => {
  const header = (target: string) => compiled('small', graphs[1]!.graph, target).files[1]!.text;
  expect(header('stm32f7')).toMatch(/#define SMALL_INPUT_SIZE 64 .*\n#define SMALL_INPUT_ALIGNMENT 4\n/);
  expect(header('stm32f7')).toMatch(/#define SMALL_BUFFER_ALIGNMENT 32 .*cache line/);
  expect(header('stm32f7')).toContain('small_run(const int8_t *input, int8_t *output);');
  expect(header('cortex-m0plus')).toMatch(/#define SMALL_BUFFER_ALIGNMENT 4 /);
  const names = graphs[2]!.graph;
  expect(compiled('sum', names, 'stm32f7', { arena: 'caller' }).view.runParameters).toBe(
    'void *arena, const float *input_0, const float *input_1, float *output_0, float *output_1',
  );
});

/** `MSC_RANDOM_RUNS=10 npx vitest run test/codegen/caller-buffers` looks at more random graphs. */
const runs = Number(process.env.MSC_RANDOM_RUNS ?? 1);
const randomGraphs = fc.sample(graphRecipes(), { numRuns: 20 * runs, seed: 3 }).map(graphOfRecipe);
const all = [...graphs.map(({ graph }) => graph), ...randomGraphs];

describe('the results, with nothing touched outside of the buffers and no input changed', () => {
  const check = (target: string, emulator: 'host' | 'qemu', arena: ArenaMode) =>
    checkCallerBuffers(all, { target: targetNamed(target), assets }, { target: targetNamed(target), emulator, arena });

  it.each(['static', 'caller'] as const)('on the host, arena %s', { timeout: 300_000 * runs }, async (arena) => {
    expect(await check('stm32f7', 'host', arena)).toEqual([]);
  });

  const cores = ['stm32f7', 'cortex-m0plus'] as const;
  it.skipIf(!emulated).each(cores)('on an emulated %s', { timeout: 300_000 * runs }, async (core) => {
    expect(await check(core, 'qemu', core === 'stm32f7' ? 'static' : 'caller')).toEqual([]);
  });
});
