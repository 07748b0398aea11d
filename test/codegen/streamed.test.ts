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
import { runFirmware } from '../../compiler/simulate/index.ts';
import { parseTarget } from '../../compiler/targets/index.ts';
import { findArmGcc, findTool } from '../../compiler/toolchain/index.ts';
import { zooModels } from '../support/zoo.ts';

const run = promisify(execFile);
const warnings = (
  '-std=c99 -Wall -Wextra -Werror -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wundef -Wcast-qual -Wcast-align ' +
  '-Wstrict-prototypes -Wmissing-prototypes -Wdouble-promotion -Wvla -Wswitch-enum -Wfloat-equal'
).split(' ');
const headerWarnings = '-x c++ -std=c++98 -Wall -Wextra -Wpedantic -Werror -fsyntax-only'.split(' ');
const sanitizers = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'];

const assets = await loadAssets();
const texts = await loadTargetTexts();
const [gcc, cc] = await Promise.all([findArmGcc(), findTool('cc')]);
const folder = await mkdtemp(join(tmpdir(), 'msc-streamed-'));

afterAll(() => rm(folder, { recursive: true, force: true }));

const digits = {
  fileName: 'digits.ms',
  path: fileURLToPath(new URL('../../examples/digits/digits.ms', import.meta.url)),
};
const models = [
  digits,
  ...zooModels().filter(({ fileName }) => /^(kws_dscnn_int8|person_detect)\.tflite$/.test(fileName)),
];

async function streamed(model: typeof digits, targetName: string, arena: ArenaMode, cName: string) {
  const target = parseTarget(texts, targetName);
  const bytes = await readFile(model.path);
  return compile(bytes, { fileName: model.fileName, cName, target, assets, arena, streamInput: true });
}

/** Writes a model's files and returns the path of its .c without the ending. */
async function emit(model: typeof digits, targetName: string, arena: ArenaMode): Promise<string> {
  const cName = `${model.fileName}_${targetName}_${arena}`.replace(/\W/g, '_');
  const { files } = await streamed(model, targetName, arena, cName);
  for (const file of files) {
    await writeFile(join(folder, file.name), file.text);
  }
  return join(folder, cName);
}

/** What the compiler says; an empty text if it has nothing to say. */
async function complaints(compiler: string, flags: readonly string[]): Promise<string> {
  try {
    return (await run(compiler, [...flags], { cwd: folder })).stderr;
  } catch (error) {
    return (error as { readonly stderr?: string }).stderr ?? String(error);
  }
}

describe.each(models)('the C of $fileName with a streamed input', (model) => {
  it.each([
    ['stm32f7', 'static'],
    ['stm32f7', 'caller'],
    ['cortex-m0plus', 'static'],
    ['cortex-m0plus', 'caller'],
  ] as const)('for %s, arena %s: no warning from the Arm compiler', async (targetName, arena) => {
    const path = await emit(model, targetName, arena);
    const flags = [...parseTarget(texts, targetName).gccFlags, ...warnings];
    expect(await complaints(gcc!.path, [...flags, '-O2', '-c', `${path}.c`, '-o', `${path}.o`])).toBe('');
  });

  it.each(['static', 'caller'] as const)('arena %s: no warning on the host, as C99 and C++98', async (arena) => {
    const path = await emit(model, 'stm32f7', arena);
    expect(await complaints(cc!.path, [...warnings, '-O2', '-c', `${path}.c`, '-o', `${path}.host.o`])).toBe('');
    expect(await complaints('g++', [...headerWarnings, `${path}.h`])).toBe('');
  });
});

describe('the C of a streamed input', () => {
  it('gives -fanalyzer nothing to find', async () => {
    const path = await emit(digits, 'stm32f7', 'static');
    const flags = [...parseTarget(texts, 'stm32f7').gccFlags, '-std=c99', '-O2', '-fanalyzer', '-Werror'];
    expect(await complaints(gcc!.path, [...flags, '-c', `${path}.c`, '-o', `${path}.a.o`])).toBe('');
  });

  it('has no long line, though the name is long', async () => {
    const cName = 'person_detector_at_doors';
    const [plain, pushing] = await Promise.all(
      [false, true].map(async (streamInput) => {
        const options = { fileName: 'digits.ms', cName, target: parseTarget(texts, 'stm32f7'), assets, streamInput };
        const { files } = compile(await readFile(digits.path), { ...options, arena: 'caller' });
        return files.flatMap(({ text }) => text.split('\n')).filter((line) => line.length > 120);
      }),
    );
    const known = new Set(plain);
    expect(
      pushing!.filter((line) => !known.has(line) && /push|progress|memcpy|_due|row of|rows that/.test(line)),
    ).toEqual([]);
  });

  it('keeps its progress in the arena that the header declares', async () => {
    const { plan, files } = await streamed(digits, 'stm32f7', 'caller', 'm');
    expect(plan.progressOffset).toBe(plan.sizeBytes - 8);
    expect(plan.progressOffset! % 4).toBe(0);
    expect(files[1]!.text).toContain(`#define M_ARENA_SIZE ${plan.sizeBytes} `);
    expect(files[1]!.text).not.toContain('m_run(');
    expect(files[1]!.text).not.toContain('m_input(');
  });
});

/** A frame of the digits model is 28 rows of 28 bytes, and its result 10. */
const frames = 3;
const frameBytes = 28 * 28;

/** Inputs that differ in every row. */
const inputBytes = Uint8Array.from(
  { length: frames * frameBytes },
  (_, i) => (i * 37 + (i >> 5) * 11 + (i >> 9) * 5) & 255,
);

/** What `body` emits, in C, on the host with sanitizers; `in` is the first of the frames, `m` the model. */
async function emitted(arena: ArenaMode, body: readonly string[]): Promise<Buffer> {
  const target = parseTarget(texts, 'stm32f7');
  const model = await streamed(digits, 'stm32f7', arena, 'm');
  const options = { fileName: 'digits.ms', cName: 'whole', target, assets };
  const whole = compile(await readFile(digits.path), options);
  const main = [
    '#include <string.h>',
    '#include "m.h"',
    '#include "whole.h"',
    'typedef void emit_function(const void *bytes, uint32_t size);',
    'static void expect(int32_t is, int32_t should, emit_function *emit) {',
    '    const uint8_t equal = (uint8_t)(is == should);',
    '    emit(&equal, 1U);',
    '}',
    'static void whole_frame(const int8_t *frame, emit_function *emit) {',
    `    memcpy(whole_input(), frame, ${frameBytes}U);`,
    '    (void)whole_run();',
    '    emit(whole_output(), 10U);',
    '}',
    ...(arena === 'caller'
      ? ['one', 'two'].map(
          (name) => `static uint8_t ${name}[M_ARENA_SIZE] __attribute__((aligned(M_ARENA_ALIGNMENT)));`,
        )
      : []),
    'void test_main(const uint8_t *input, uint32_t size, emit_function *emit);',
    'void test_main(const uint8_t *input, uint32_t size, emit_function *emit) {',
    '    const int8_t *const in = (const int8_t *)input;',
    '    (void)size;',
    '    (void)in;',
    '    (void)whole_frame;',
    ...(arena === 'caller' ? ['    (void)one;', '    (void)two;'] : []),
    ...body.map((line) => `    ${line}`),
    '}',
    '',
  ].join('\n');
  const bytes = await runFirmware({
    sources: [...model.files, ...whole.files, { name: 'main.c', text: main }],
    target,
    inputBytes,
    emulator: 'host',
    optimize: '-O0',
    flags: ['-Wall', '-Wextra', '-Werror', ...sanitizers],
  });
  return Buffer.from(bytes);
}

describe.each(['static', 'caller'] as const)('push_row and push_rows, arena %s', (arena) => {
  const [first, only] = arena === 'caller' ? ['one, ', 'one'] : ['', ''];
  const start = arena === 'caller' ? ['memset(one, 0xA5, sizeof one);', 'expect(m_reset(one), M_OK, emit);'] : [];
  const oks = (count: number) => Array<number>(count).fill(1);
  const resultIsThat = (frame: number) => [
    `memcpy(whole_input(), in + ${frame * frameBytes}, ${frameBytes}U);`,
    '(void)whole_run();',
    `expect(memcmp(m_output(${only}), whole_output(), 10U), 0, emit);`,
  ];

  it("MORE until the last row, OK with it; the next row starts the next input; the row is the caller's again", async () => {
    const bytes = await emitted(arena, [
      'int8_t row[28];',
      ...start,
      ...Array.from({ length: frames }, (_, frame) => [
        'for (int32_t y = 0; y < M_INPUT_ROWS; y++) {',
        `    memcpy(row, in + ${frame * frameBytes} + y * 28, 28U);`,
        `    expect(m_push_row(${first}row), y < M_INPUT_ROWS - 1 ? M_MORE : M_OK, emit);`,
        '    memset(row, 0x5A, sizeof row);',
        '}',
        ...resultIsThat(frame),
      ]).flat(),
    ]);
    expect([...bytes]).toEqual(oks(start.length / 2 + frames * 29));
  });

  it('a reset in the middle of an input starts over', async () => {
    const bytes = await emitted(arena, [
      ...start,
      `expect(m_push_rows(${first}in, 13), M_MORE, emit);`,
      `expect(m_reset(${only}), M_OK, emit);`,
      `expect(m_push_rows(${first}in + ${frameBytes}, 27), M_MORE, emit);`,
      `expect(m_push_row(${first}in + ${frameBytes} + 27 * 28), M_OK, emit);`,
      ...resultIsThat(1),
    ]);
    expect([...bytes]).toEqual(oks(start.length / 2 + 5));
  });

  it('bad rows are not taken', async () => {
    const bytes = await emitted(arena, [
      ...start,
      `expect(m_push_rows(${first}in, 29), M_BAD_ROWS, emit);`,
      `expect(m_push_rows(${first}in, 20), M_MORE, emit);`,
      ...['in + 560, 0', 'in + 560, -1', 'in + 560, INT32_MIN', 'in + 560, INT32_MAX', 'in + 560, 9', '0, 1'].map(
        (rows) => `expect(m_push_rows(${first}${rows}), M_BAD_ROWS, emit);`,
      ),
      `expect(m_push_row(${first}0), M_BAD_ROWS, emit);`,
      `expect(m_push_rows(${first}in + 560, 8), M_OK, emit);`,
      ...resultIsThat(0),
    ]);
    expect([...bytes]).toEqual(oks(start.length / 2 + 11));
  });

  it('a whole input at once', async () => {
    const bytes = await emitted(arena, [
      ...start,
      `expect(m_push_rows(${first}in, M_INPUT_ROWS), M_OK, emit);`,
      ...resultIsThat(0),
      `expect(m_push_rows(${first}in + ${frameBytes}, M_INPUT_ROWS), M_OK, emit);`,
      ...resultIsThat(1),
    ]);
    expect([...bytes]).toEqual(oks(start.length / 2 + 4));
  });
});

it('two instances, row by row in turn, a few rows apart; no arena and one that is not aligned are refused', async () => {
  const bytes = await emitted('caller', [
    'int32_t status = M_MORE;',
    'expect(m_push_row(0, in), M_BAD_ARENA, emit);',
    'expect(m_push_rows(one + 1, in, 1), M_BAD_ARENA, emit);',
    'expect(m_reset(one + 1), M_BAD_ARENA, emit);',
    'expect(m_reset(one) + m_reset(two), M_OK, emit);',
    'expect(m_push_rows(two, in + 784, 5), M_MORE, emit);',
    'for (int32_t y = 0; y < 28; y++) {',
    '    status = (int32_t)m_push_row(one, in + y * 28);',
    '    if (y < 23) {',
    '        expect(m_push_row(two, in + 784 + (y + 5) * 28), y < 22 ? M_MORE : M_OK, emit);',
    '    }',
    '}',
    'expect(status, M_OK, emit);',
    'emit(m_output(one), 10U);',
    'emit(m_output(two), 10U);',
    'whole_frame(in, emit);',
    'whole_frame(in + 784, emit);',
  ]);
  expect([...bytes.subarray(0, 29)]).toEqual(Array<number>(29).fill(1));
  expect(bytes.subarray(29, 49)).toEqual(bytes.subarray(49));
  expect(bytes.subarray(29, 39)).not.toEqual(bytes.subarray(39, 49));
});
