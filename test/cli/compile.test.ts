import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeTflite } from '../../compiler/frontends/index.ts';
import { tooLargeImage, tooManyWeights, unknownOperator } from './models.ts';
import { digits, digitsTflite, msc, namesOf, temporaryFolder } from './msc.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const stop = ['compile', digits, '--stop-after', 'fold-constants'];

describe.concurrent('msc compile', () => {
  test('writes a .c, a .h and the report, and sums them up', async () => {
    const { code, stdout, stderr } = await msc(['compile', digits, '--target', 'stm32f7', '-o', at('plain/deep')]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(readdirSync(at('plain/deep')).sort()).toEqual(['digits.c', 'digits.h', 'digits.json']);
    expect(stdout).toMatch(/^digits: \d+ layers, [\d,]+ MACs, for stm32f7\n {2}RAM {4}[\d,]+ bytes of arena/);
  });

  test('prints the report as JSON, with exactly the names of the contract', async () => {
    const { code, stdout } = await msc(['compile', digits, '-t', 'stm32f7', '-o', at('json'), '--json']);
    expect(code).toBe(0);
    expect(readFileSync(at('json/digits.json'), 'utf8')).toBe(stdout);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ schema: 1, target: 'stm32f7', model: { name: 'digits', format: 'mslite' } });
    expect(namesOf(report)).toEqual({
      schema: null,
      model: { name: null, sha256: null, format: null },
      target: null,
      memory: {
        arenaBytes: null,
        memories: [],
        scratchBytes: null,
        inputBytes: null,
        outputBytes: null,
        stackBytes: null,
        stackBoundBytes: null,
        lowerBoundBytes: null,
        optimal: null,
      },
      flash: { codeBytes: null, modelledCodeBytes: null, weightBytes: null },
      tiling: null,
      predictedInstructions: null,
      layers: [
        {
          name: null,
          operator: null,
          kernel: null,
          macs: null,
          weightBytes: null,
          outputBytes: null,
          predictedInstructions: null,
          instructions: null,
          predictionErrorPercent: null,
          cycles: null,
        },
      ],
      diagnostics: [],
    });
  });

  test('gives identical bytes in another folder, from another name of the same path', async () => {
    mkdirSync(at('elsewhere'));
    const otherName = `./${relative(at('elsewhere'), digits)}`;
    const [one, other] = await Promise.all([
      msc(['compile', digits, '-t', 'stm32f4', '-o', at('first')]),
      msc(['compile', otherName, '-t', 'stm32f4', '-o', '.'], at('elsewhere')),
    ]);
    expect([one.code, other.code]).toEqual([0, 0]);
    for (const name of ['digits.c', 'digits.h', 'digits.json']) {
      expect(readFileSync(at(`elsewhere/${name}`)).equals(readFileSync(at(`first/${name}`)))).toBe(true);
    }
  });

  test('--name, --arena and -v', async () => {
    const { code, stderr } = await msc([
      ...['compile', digits, '-t', 'stm32f7', '-o', at('named'), '--name', 'msc_reader', '--arena', 'caller', '-v'],
    ]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^read .*digits\.ms: [\d,]+ bytes\ngraph: \d+ nodes; program: \d+ kernel calls\n$/);
    expect(readdirSync(at('named')).sort()).toEqual(['msc_reader.c', 'msc_reader.h', 'msc_reader.json']);
    expect(readFileSync(at('named/msc_reader.h'), 'utf8')).toMatch(/msc_reader_run\(void \*arena\)/);
  });

  test('--io caller: run() takes the buffers, behind the arena of the caller if there is one', async () => {
    const compileTo = (name: string, ...more: readonly string[]) =>
      msc(['compile', digits, '-t', 'stm32f7', '-o', at(name), '--io', 'caller', ...more]);
    const [plain, both, inArena] = await Promise.all([
      compileTo('io'),
      compileTo('io-arena', '--arena', 'caller'),
      msc(['compile', digits, '-t', 'stm32f7', '-o', at('no-io')]),
    ]);
    expect([plain.code, both.code, inArena.code]).toEqual([0, 0, 0]);
    expect(plain.stdout).toMatch(
      /bytes of arena \(scratch .*\n {2}caller input 784, output 10: in buffers of the caller\n/,
    );
    const header = readFileSync(at('io/digits.h'), 'utf8');
    expect(header).toContain('digits_status digits_run(const int8_t *input, int8_t *output);');
    expect(header).not.toMatch(/digits_(in|out)put\(/);
    expect(readFileSync(at('io-arena/digits.h'), 'utf8')).toContain(
      'digits_run(void *arena, const int8_t *input, int8_t *output);',
    );
    const arenaBytes = (name: string) => JSON.parse(readFileSync(at(`${name}/digits.json`), 'utf8')).memory.arenaBytes;
    expect(arenaBytes('io')).toBeLessThan(arenaBytes('no-io'));
  });

  test('--stream-input says that the input is not in the arena; its size in the report stays that of the tensor', async () => {
    const { code, stdout } = await msc(['compile', digits, '-t', 'stm32f7', '-o', at('rows'), '--stream-input']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/bytes of arena \(input of 784 comes in 28 rows and is never in it as a whole, output 10, /);
    const { memory } = JSON.parse(readFileSync(at('rows/digits.json'), 'utf8'));
    expect(memory.inputBytes).toBe(784);
    const header = readFileSync(at('rows/digits.h'), 'utf8');
    expect(header).toContain(`#define DIGITS_ARENA_SIZE ${memory.arenaBytes} `);
    expect(header).toMatch(/digits_push_row\(const int8_t \*row\);/);
  });

  test('--print-after prints the graph of every round on stderr', async () => {
    const { code, stderr } = await msc([
      ...['compile', digits, '-t', 'stm32f7', '-o', at('printed'), '--print-after', 'fuse-activation'],
    ]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^after fuse-activation:\ngraph ".*" \(%0\) -> \(%\d+\)\ntensor %0 "image"/);
  });

  test('--stop-after prints the graph on stdout and writes nothing', async () => {
    const { code, stdout } = await msc(
      ['compile', digits, '-t', 'stm32f7', '--stop-after', 'remove-dead-nodes'],
      folder,
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^graph /);
    expect(readdirSync(folder).filter((name) => name.startsWith('digits'))).toEqual([]);
  });
});

describe.concurrent('msc compile refuses', () => {
  test('--stream-input beside --io caller or --shared-arena, and for a flat input', async () => {
    writeFileSync(at('dense.tflite'), writeTflite(tooManyWeights));
    const [io, shared, flat] = await Promise.all([
      msc(['compile', digits, '-t', 'stm32f7', '--stream-input', '--io', 'caller', '-o', at('no')]),
      msc(['compile', digits, '-t', 'stm32f7', '--stream-input', '--shared-arena', '--name', 'net', '-o', at('no')]),
      msc(['compile', at('dense.tflite'), '-t', 'stm32f7', '--stream-input', '-o', at('no')]),
    ]);
    expect([io.code, shared.code, flat.code]).toEqual([2, 2, 3]);
    expect(io.stderr).toMatch(/invalid-option\n {2}--io: buffers of the caller together with --stream-input/);
    expect(shared.stderr).toMatch(/invalid-option\n {2}--stream-input: the option beside --shared-arena/);
    expect(flat.stderr).toMatch(/^error MSC4005 input-not-streamable\n/);
  });

  test('a target that it does not have, and suggests one', async () => {
    const { code, stdout, stderr } = await msc(['compile', digits, '-t', 'stm32f77', '-o', at('no')]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error MSC8002 unknown-target\n.*'stm32f77'[\s\S]*Did you mean 'stm32f7'\?\n$/);
  });

  test('a file that is not there, or is a folder', async () => {
    const [missing, isFolder] = await Promise.all([
      msc(['compile', 'missing.ms', '-t', 'stm32f7'], folder),
      msc(['compile', '.', '-t', 'stm32f7'], folder),
    ]);
    expect(missing).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error MSC8001 cannot-read\n  missing.ms: there is no such file\n  hint: Check the path.\n',
    });
    expect(isFolder.stderr).toContain('it is a folder');
  });

  test('what is no model, as JSON too', async () => {
    writeFileSync(at('notes.txt'), 'not a model at all\n');
    const { code, stdout, stderr } = await msc(['compile', at('notes.txt'), '-t', 'stm32f7', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 1,
      diagnostics: [{ code: 'MSC1001', name: 'unknown-format', severity: 'error' }],
    });
    expect(stderr).toMatch(/^error MSC1001 unknown-format\n/);
  });

  test('an operator that it does not have, by name', async () => {
    writeFileSync(at('operator.tflite'), writeTflite(unknownOperator));
    const { code, stderr } = await msc(['compile', at('operator.tflite'), '-t', 'stm32f7', '-o', at('no')]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error MSC2\d{3} .*\n.*CUMSUM/);
  });

  test('more RAM than the target has', async () => {
    writeFileSync(at('image.tflite'), writeTflite(tooLargeImage));
    const { code, stderr } = await msc(['compile', at('image.tflite'), '-t', 'stm32f7', '-o', at('no')]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^error MSC4\d{3} arena-too-large\n.*needs 360000 bytes, \d+ more than/);
  });

  test('the same as JSON: the diagnostic alone', async () => {
    writeFileSync(at('image-json.tflite'), writeTflite(tooLargeImage));
    const { code, stdout } = await msc([
      ...['compile', at('image-json.tflite'), '-t', 'stm32f7', '-o', at('no-json'), '--json'],
    ]);
    expect(code).toBe(3);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ schema: 1, diagnostics: [{ name: 'arena-too-large', severity: 'error' }] });
    expect(Object.keys(report)).toEqual(['schema', 'diagnostics']);
    expect(readdirSync(folder)).not.toContain('no-json');
  });

  test('more weights than the flash holds', async () => {
    writeFileSync(at('dense.tflite'), writeTflite(tooManyWeights));
    const { code, stderr } = await msc(['compile', at('dense.tflite'), '-t', 'stm32f7', '-o', at('no')]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/error MSC4\d{3} weights-too-large\n.*\d+ more than the flash has/);
  });

  test('a folder that cannot be written, and leaves nothing behind', async () => {
    writeFileSync(at('file'), '');
    mkdirSync(at('taken/digits.h'), { recursive: true });
    const [inFile, isFile, taken] = await Promise.all([
      msc(['compile', digits, '-t', 'stm32f7', '-o', at('file/out')]),
      msc(['compile', digitsTflite, '-t', 'stm32f7', '-o', at('file')]),
      msc(['compile', digits, '-t', 'stm32f7', '-o', at('taken')]),
    ]);
    expect([inFile.code, isFile.code, taken.code]).toEqual([1, 1, 1]);
    expect([inFile.stdout, isFile.stdout, taken.stdout]).toEqual(['', '', '']);
    expect(readFileSync(at('file'), 'utf8')).toBe('');
    expect(inFile.stderr).toMatch(/^error MSC5\d{3} cannot-write\n/);
    expect(isFile.stderr).toMatch(/^error MSC5\d{3} cannot-write\n/);
    expect(taken.stderr).toMatch(/^error MSC5\d{3} cannot-write\n/);
    expect(readdirSync(at('taken'))).toEqual(['digits.h']);
  });

  test.each([
    ['no model', ['compile', '-t', 'stm32f7'], 'missing required argument'],
    ['an option that is not one', ['compile', digits, '-t', 'stm32f7', '--fast'], "unknown option '--fast'"],
    ['a command that is not one', ['compose', digits], "unknown command 'compose'"],
    ['a goal that is not one', ['compile', digits, '-t', 'stm32f7', '--optimize', 'all'], 'balanced, size, speed'],
    ['a name that C refuses', ['compile', digits, '-t', 'stm32f7', '--name', '2fast'], 'a C identifier'],
    ['a pass to stop after', ['compile', digits, '-t', 'stm32f7', '--stop-after', 'magic'], 'fold-constants'],
    ['a target, though it stops before it matters', [...stop, '-t', 'stm32'], 'MSC8002 unknown-target'],
    [
      'buffers of the caller for an input that comes in rows',
      ['compile', digits, '-t', 'stm32f7', '--io', 'caller', '--stream-input'],
      'error MSC8004 invalid-option\n  --io: ',
    ],
    ['buffers of nobody', ['compile', digits, '-t', 'stm32f7', '--io', 'heap'], 'one of arena, caller'],
    [
      'buffers of the caller for models that share an arena',
      ['compile', digits, '-t', 'stm32f7', '--io', 'caller', '--shared-arena'],
      'error MSC8004 invalid-option\n  --io: ',
    ],
    ['an arena that is none, though it stops', [...stop, '-t', 'stm32f7', '--arena', 'heap'], 'static, caller'],
    ['a pass to print after', ['compile', digits, '-t', 'stm32f7', '--print-after', 'magic'], 'fold-constants'],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await msc(args, folder);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});

describe.concurrent('msc compile within budgets', () => {
  test('--ram and --flash, with 3 where nothing fits', async () => {
    const fits = [
      ...['compile', digits, '-t', 'stm32f7', '-o', at('fits'), '--ram', '5k', '--flash', '32kB'],
      '--json',
    ];
    const [good, ram, flash, wrong] = await Promise.all([
      msc(fits),
      msc(['compile', digits, '-t', 'stm32f7', '-o', at('over'), '--ram', '1K']),
      msc(['compile', digits, '-t', 'stm32f7', '-o', at('over'), '--flash', '1k']),
      msc(['compile', digits, '-t', 'stm32f7', '-o', at('over'), '--ram', '1m']),
    ]);
    expect(good.code).toBe(0);
    const { memory, flash: found } = JSON.parse(good.stdout);
    expect(memory.arenaBytes).toBeLessThanOrEqual(5 * 1024);
    expect(found.weightBytes + found.modelledCodeBytes).toBeLessThanOrEqual(32 * 1024);
    expect(ram.code).toBe(3);
    expect(ram.stderr).toMatch(/^error MSC4003 over-ram-budget\n[\s\S]*at most 1024 bytes\n.*--optimize ram/);
    expect(flash.code).toBe(3);
    expect(flash.stderr).toMatch(/^error MSC4004 over-flash-budget\n/);
    expect(wrong.code).toBe(2);
  });

  test('--pareto prints the front and writes nothing', async () => {
    const [text, json, refused] = await Promise.all([
      msc(['compile', digits, '-t', 'stm32f7', '--pareto', '-o', at('front')]),
      msc(['compile', digits, '-t', 'stm32f7', '--pareto', '--json', '-o', at('front')]),
      msc(['compile', digits, '-t', 'stm32f7', '--pareto', '--ram', '4k']),
    ]);
    expect(text.code).toBe(0);
    expect(text.stdout).toMatch(/^ *arena +instructions +flash +flags\n.*--optimize speed --ram \d+\n/);
    const { points } = JSON.parse(json.stdout);
    expect(text.stdout.split('\n')).toHaveLength(points.length + 3);
    expect(readdirSync(folder)).not.toContain('front');
    expect(refused.code).toBe(2);
  });
});
