import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeTflite } from '../../compiler/frontends/index.ts';
import { sumAndRelu, tooLargeImage } from './models.ts';
import { digits, digitsTflite, msc, namesOf, temporaryFolder } from './msc.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const floats = (name: string, values: readonly number[]) =>
  writeFileSync(at(name), new Uint8Array(Float32Array.from(values).buffer));

writeFileSync(at('sum.tflite'), writeTflite(sumAndRelu));
floats('one.bin', [1, -2, 3, -4]);
floats('one.golden', [4, -6, 4, 0]);
floats('two.bin', [0.5, 0.5, 0.25, 0.25, -1, 2, -1, 2]);
floats('two.golden', [0.75, 0.75, 0.75, 0.75, -2, 4, 0, 4]);
floats('two-off.golden', [0.75, 0.75, 0.75, 0.75, -2, 4, 0, 5]);
floats('off.golden', [4, -6.01, 4, 0]);
writeFileSync(at('black.bin'), new Uint8Array(784).fill(128));
writeFileSync(at('short.bin'), new Uint8Array(783));

const runSum = ['run', at('sum.tflite'), '--emulator', 'reference'];

describe.concurrent('msc run', () => {
  test.each(['reference', 'host', 'qemu'])('compares every input with its golden bytes, by %s', async (emulator) => {
    const { code, stdout, stderr } = await msc([
      ...['run', at('sum.tflite'), '-t', emulator === 'host' ? 'host' : 'stm32f7', '--emulator', emulator],
      ...['--input', at('one.bin'), at('two.bin'), '--expect', at('one.golden'), at('two.golden')],
      ...['--output', at(`out-${emulator}`)],
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('2 of 2 compared, all equal');
    expect(readdirSync(at(`out-${emulator}`)).sort()).toEqual(['output_0.bin', 'output_1.bin']);
    // Both outputs in model order; of a file of two inferences, one inference after the other.
    expect(readFileSync(at(`out-${emulator}/output_0.bin`))).toEqual(readFileSync(at('one.golden')));
    expect(readFileSync(at(`out-${emulator}/output_1.bin`))).toEqual(readFileSync(at('two.golden')));
  });

  test.each(['host', 'qemu'])('gives the same outputs with buffers of the caller, by %s', async (emulator) => {
    const { code, stdout, stderr } = await msc([
      ...['run', at('sum.tflite'), '-t', emulator === 'host' ? 'host' : 'stm32f7', '--emulator', emulator],
      ...['--input', at('one.bin'), at('two.bin'), '--expect', at('one.golden'), at('two.golden'), '--io', 'caller'],
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('2 of 2 compared, all equal');
  });

  test('reports with exactly the names of the contract', async () => {
    const { code, stdout } = await msc([
      ...['run', digits, '-t', 'stm32f7', '--emulator', 'qemu', '--input', at('black.bin'), '--json'],
    ]);
    expect(code).toBe(0);
    const report = JSON.parse(stdout);
    expect(namesOf(report)).toEqual({
      schema: null,
      model: { name: null, sha256: null, format: null },
      target: null,
      emulator: { name: null, version: null },
      compiler: { name: null, version: null },
      outputs: [{ name: null, dtype: null, shape: [], sha256: null }],
      matches: null,
      instructions: null,
      countedBy: null,
      predictionErrorPercent: null,
      cycles: null,
      sizes: { text: null, data: null, bss: null },
      emptySizes: { text: null, data: null, bss: null },
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
      notes: [],
    });
    expect(report).toMatchObject({ schema: 1, matches: null, emulator: { name: 'qemu' } });
    expect(report.outputs).toMatchObject([{ dtype: 'int8', shape: [1, 10] }]);
    const { sizes, emptySizes, flash } = report;
    expect(sizes.text + sizes.data - emptySizes.text - emptySizes.data).toBe(flash.codeBytes + flash.weightBytes);
    const ofLayers = report.layers.reduce(
      (sum: number, layer: { readonly instructions: number }) => sum + layer.instructions,
      0,
    );
    // Layers may be counted in an image that the marks changed: a note says by how much.
    const note = report.notes.find((text: string) => text.includes('an image that the marks changed')) ?? '';
    const inMarkedImage = report.instructions + Number(/takes (-?\d+) instructions more/.exec(note)?.[1] ?? 0);
    expect(inMarkedImage).toBeGreaterThanOrEqual(ofLayers);
    expect(inMarkedImage).toBeLessThan(ofLayers * 1.01 + 1000);
  });

  test('ends with 3 where an inference may need more stack than it may', async () => {
    const run = [
      'run',
      at('sum.tflite'),
      '-t',
      'cortex-m0plus',
      '--emulator',
      'qemu',
      '--input',
      at('one.bin'),
      '--stack',
    ];
    const enough = await msc([...run, '1000']);
    expect(enough).toMatchObject({ code: 0, stderr: '' });
    const [, measured, bound] = /stack (\d+) \(at most (\d+), from the machine code\)/.exec(enough.stdout)!;
    expect(Number(bound) - Number(measured)).toBeGreaterThanOrEqual(0);
    expect(Number(bound) - Number(measured)).toBeLessThanOrEqual(16);
    const less = await msc([...run, String(Number(bound) - 1), '--json']);
    expect(less.code).toBe(3);
    expect(less.stderr).toMatch(/^error MSC4010 stack-too-large\n.*: sum_run/);
    expect(JSON.parse(less.stdout)).toMatchObject({
      memory: { stackBytes: Number(measured), stackBoundBytes: Number(bound) },
      diagnostics: [{ name: 'stack-too-large' }],
    });
  });

  test('ends with 4 and the first difference where results differ', async () => {
    const { code, stdout, stderr } = await msc([
      ...[...runSum, '-t', 'stm32f7', '--input', at('one.bin'), '--expect', at('off.golden'), '--json'],
    ]);
    expect(code).toBe(4);
    expect(JSON.parse(stdout)).toMatchObject({ matches: false, diagnostics: [{ name: 'results-differ' }] });
    expect(stderr).toMatch(
      /^error MSC7001 results-differ\n.*one\.bin: output 'sum' at \[1\]: -6, expected -6\.01\d* \(1 of 2 elements differ, by at most 0\.01/,
    );
  });

  test('compares the inputs that have a golden file, and names the inference that differs', async () => {
    const inputs = ['-t', 'stm32f7', '--input', at('two.bin'), at('one.bin'), '--expect'];
    const [some, second] = await Promise.all([
      msc([...runSum, ...inputs, at('two.golden')]),
      msc([...runSum, ...inputs, at('two-off.golden'), at('one.golden')]),
    ]);
    expect(some).toMatchObject({ code: 0, stdout: expect.stringContaining('1 of 2 compared, all equal') });
    expect(second).toMatchObject({ code: 4, stdout: expect.stringContaining('DIFFERENT') });
    expect(second.stderr).toMatch(/two\.bin: output 'positive' of inference 1 at \[1\]: 4, expected 5 \(1 of 2/);
  });

  test('.ms and .tflite of one model give the same outputs; integers must be equal', async () => {
    const reference = ['-t', 'stm32f7', '--emulator', 'reference', '--input', at('black.bin')];
    const made = await msc(['run', digits, ...reference, '--output', at('black')]);
    expect(made.code).toBe(0);
    const golden = readFileSync(at('black/output_0.bin'));
    writeFileSync(
      at('digit-off.golden'),
      golden.map((byte, i) => (i === 3 ? byte ^ 1 : byte)),
    );
    const [same, off] = await Promise.all([
      msc(['run', digitsTflite, ...reference, '--expect', at('black/output_0.bin'), '--json']),
      msc(['run', digitsTflite, ...reference, '--expect', at('digit-off.golden'), '--tolerance', '1,100']),
    ]);
    expect(same.code).toBe(0);
    expect(JSON.parse(same.stdout)).toMatchObject({ schema: 1, model: { format: 'tflite' }, matches: true });
    expect(off.code).toBe(4);
    expect(off.stderr).toMatch(/ at \[3\]: (-?\d+), expected (-?\d+) \(1 of 10 elements differ, by at most 1\)/);
  });

  test('takes a tolerance, relative and absolute', async () => {
    const compare = ['-t', 'stm32f7', '--input', at('one.bin'), '--expect', at('off.golden'), '--tolerance'];
    const [wide, narrow] = await Promise.all([
      msc([...runSum, ...compare, '0,0.02']),
      msc([...runSum, ...compare, '0.001,0']),
    ]);
    expect([wide.code, narrow.code]).toEqual([0, 4]);
  });
});

describe.concurrent('msc run refuses', () => {
  test('a model that does not fit, before anything is built', async () => {
    writeFileSync(at('image.tflite'), writeTflite(tooLargeImage));
    const { code, stdout, stderr } = await msc([
      ...['run', at('image.tflite'), '-t', 'stm32f7', '--input', at('one.bin')],
    ]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/^error MSC4\d{3} arena-too-large/);
  });

  test.each([
    ['an input of another size', ['--input', at('short.bin')], 'input 0: 783 bytes'],
    ['a golden file of another size', ['--input', at('one.bin'), '--expect', at('two.golden')], '32 bytes'],
    ['more golden files than inputs', ['--input', at('one.bin'), '--expect', 'a', 'b'], 'at most one for each --input'],
    ['no input', [], "required option '--input"],
    ['a tolerance that is none', ['--input', at('one.bin'), '--tolerance', '1e-3'], 'two numbers: REL,ABS'],
    ['half a tolerance', ['--input', at('one.bin'), '--tolerance', '1e-3,'], 'two numbers: REL,ABS'],
    ['an input that is not there', ['--input', 'missing.bin'], 'missing.bin: there is no such file'],
    ['a stack that is no number', ['--input', at('one.bin'), '--stack', '1k'], "--stack: '1k'"],
    ['a stack that nothing measures', ['--input', at('one.bin'), '--stack', '512'], 'does not measure the stack'],
    ['a place that says nothing', ['--input', at('one.bin'), '--place', 'dtcm'], "--place: 'dtcm'"],
    ['a place for what has none', ['--input', at('one.bin'), '--place', 'stack=dtcm'], 'one of arena, code, weights'],
    ['a memory that is not there', ['--input', at('one.bin'), '--place', 'arena=ccm'], 'one of DTCM, SRAM1, SRAM2'],
    ['code in a memory for data', ['--input', at('one.bin'), '--place', 'code=DTCM'], 'one of ITCM'],
    ['a layer that is not there', ['--input', at('one.bin'), '--place', 'weights=dtcm:conv'], "no layer 'conv'"],
    ['an emulator that is none', ['--input', at('one.bin'), '--emulator', 'simics'], 'auto, qemu, renode, host'],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await msc([...runSum, '-t', 'stm32f7', ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  test.skipIf(!existsSync('/dev/zero'))('an input without an end', async () => {
    const { code, stdout, stderr } = await msc([...runSum, '-t', 'stm32f7', '--input', '/dev/zero']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('/dev/zero: more bytes than msc reads');
  });

  test('a compiler that is not there', async () => {
    const { code, stdout, stderr } = await msc([
      ...['run', at('sum.tflite'), '-t', 'stm32f7', '--input', at('one.bin'), '--toolchain', at('nowhere')],
    ]);
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' });
    expect(stderr).toMatch(/^error MSC6001 tool-not-found\n/);
  });

  test('an output folder that is a file', async () => {
    writeFileSync(at('file'), '');
    const { code, stdout, stderr } = await msc([
      ...[...runSum, '-t', 'stm32f7', '--input', at('one.bin'), '--output', at('file')],
    ]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^error MSC5\d{3} cannot-write\n/);
    expect(readFileSync(at('file'), 'utf8')).toBe('');
  });
});
