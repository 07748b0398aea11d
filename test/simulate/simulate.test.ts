import { describe, expect, it } from 'vitest';
import { DiagnosticError } from '../../compiler/diagnostics/index.ts';
import { type SimulationRequest, simulate } from '../../compiler/simulate/index.ts';
import { loadTarget } from '../../compiler/toolchain/index.ts';
import { firmwareSources, gain, hasEmulator, int32s, mixer, mixerInput, scalarModel } from '../support/firmware.ts';

const emulated = describe.skipIf(!(await hasEmulator()));
const cores = ['stm32f7', 'stm32f4', 'cortex-m4', 'cortex-m3', 'cortex-m0plus'];

function gainOn(target: string, more: Partial<SimulationRequest> = {}) {
  const inputs = [new Uint8Array(16).fill(3), Uint8Array.from({ length: 48 }, (_, i) => i)];
  return simulate({
    model: gain,
    sources: firmwareSources('gain.c', 'gain.h'),
    target: loadTarget(target),
    inputs,
    ...more,
  });
}

function mixerOn(target: string, inputs: readonly Uint8Array[], more: Partial<SimulationRequest> = {}) {
  const sources = firmwareSources('mixer.c', 'mixer.h');
  return simulate({ model: mixer, sources, target: loadTarget(target), inputs, ...more });
}

function loopOn(target: string, turns: readonly number[], more: Partial<SimulationRequest> = {}) {
  return simulate({
    model: scalarModel('loop', 4),
    sources: firmwareSources('loop.c', 'loop.h', 'loop.S'),
    target: loadTarget(target),
    inputs: turns.map((n) => new Uint8Array(Int32Array.of(n).buffer)),
    ...more,
  });
}

async function failure(run: Promise<unknown>) {
  const error = await run.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  );
  if (error instanceof DiagnosticError) {
    return error.diagnostics[0]!;
  }
  throw error;
}

describe('on the host', () => {
  it('runs files of one and of several inferences', async () => {
    const result = await gainOn('host');
    expect(result.outputs.map((output) => [...output])).toEqual([
      Array(16).fill(8),
      Array.from({ length: 48 }, (_, i) => 2 * (i + 1)),
    ]);
    expect(result).toMatchObject({ emulator: { name: 'host' }, instructions: null, sizes: null, stackBytes: null });
  });

  it('resets the state before every file, not within one', async () => {
    const twice = Buffer.concat([mixerInput([1, 2, 3], 10), mixerInput([5, 6, 7], 20)]);
    const { outputs } = await mixerOn('host', [twice, mixerInput([9, 0, 0], 0)]);
    expect(outputs.map(int32s)).toEqual([
      [11, 12, 13, 1, 25, 26, 27, 6],
      [9, 0, 0, 9],
    ]);
  });

  it('reports what a sanitizer found', async () => {
    const flags = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
    const clean = await mixerOn('host', [mixerInput([1, 2, 3], 10)], { flags });
    expect(int32s(clean.outputs[0]!)).toEqual([11, 12, 13, 1]);
    expect(await failure(mixerOn('host', [mixerInput([1, 2, 3], -4)], { flags }))).toMatchObject({
      name: 'emulator-failed',
      found: expect.stringContaining('misaligned address'),
    });
  });
});

emulated('on an emulated core', () => {
  it.each(cores)('%s: outputs, steps, sizes', async (target) => {
    const result = await gainOn(target);
    expect(result.outputs.map((output) => [...output])).toEqual([
      Array(16).fill(8),
      Array.from({ length: 48 }, (_, i) => 2 * (i + 1)),
    ]);
    const { instructions, sizes, emptySizes, modelSizes } = result;
    expect(instructions?.countedBy).toBe('plugin');
    expect(instructions?.steps).toHaveLength(2);
    const steps = instructions!.steps!.reduce((a, b) => a + b, 0);
    expect(steps).toBeGreaterThan(0);
    expect(steps).toBeLessThanOrEqual(instructions!.total);
    expect(instructions!.total - steps).toBeLessThan(12);
    const cycles = result.cycles?.steps?.reduce((a, b) => a + b, 0) ?? 0;
    const isModelled = /m4|m7|stm32/.test(target);
    expect(result.cycles !== null && cycles > 0 && cycles <= result.cycles.total).toBe(isModelled);
    expect(sizes!.bss - emptySizes!.bss).toBe(32);
    expect(sizes!.text - emptySizes!.text).toBeGreaterThanOrEqual(modelSizes!.text);
    expect(result.notes).toEqual([]);
  });

  it('several inputs and outputs, a state, and a stack of known depth', async () => {
    const files = [Buffer.concat([mixerInput([1, 2, 3], 10), mixerInput([5, 6, 7], 20)]), mixerInput([9, 0, 0], 0)];
    const result = await mixerOn('stm32f7', files);
    expect(result.outputs.map(int32s)).toEqual([
      [11, 12, 13, 1, 25, 26, 27, 6],
      [9, 0, 0, 9],
    ]);
    expect(result.stackBytes).toBeGreaterThanOrEqual(1024);
    expect(result.stackBytes).toBeLessThan(1024 + 128);
    expect(result.stackBound).toMatchObject({ kind: 'known', bytes: result.stackBytes });
    // an initialised array is in .data, and memmove comes from the library
    expect(result.sizes!.data).toBe(32);
  });

  it.each(['plugin', 'icount'] as const)('counts a loop as by hand, by %s', async (countedBy) => {
    // a compiler that cannot build the plugin leaves only icount
    const tools = countedBy === 'plugin' ? {} : { tools: { env: { ...process.env, CC: process.execPath } } };
    for (const target of ['stm32f7', 'cortex-m3']) {
      const { instructions, stackBytes, notes } = await loopOn(target, [100, 1, 100_000], tools);
      expect(instructions).toEqual({ total: 3 + 3 * 100 + 3, steps: null, worst: 3 + 3 * 100_000 + 3, countedBy });
      expect(stackBytes).toBe(0);
      expect(notes).toHaveLength(countedBy === 'plugin' ? 0 : 1);
    }
  });

  it.each([
    // before the loop and its first turn 8, 99 turns of 3, 99 taken branches, 3 behind it and 2 for the return
    ['stm32f4', 8 + 3 * 99 + 99 + 3 + 2],
    // before the loop and its first turn 5, 99 turns of 2, one branch predicted wrongly, 2 behind it and 1 for the return
    ['stm32f7', 5 + 2 * 99 + 6 + 2 + 1],
    ['cortex-m3', null],
  ])('estimates the cycles of a loop on %s as by hand', async (target, total) => {
    const { cycles } = await loopOn(target, [100, 1]);
    expect(cycles).toEqual(total === null ? null : { total, steps: null });
  });

  it('counts the same every time', async () => {
    const [first, second] = await Promise.all([gainOn('stm32f4'), gainOn('stm32f4')]);
    expect(second).toEqual(first);
  });

  it('runs hundreds of inputs in one start', async () => {
    const inputs = Array.from({ length: 400 }, (_, i) => mixerInput([i % 100, 0, 0], i));
    const { outputs } = await mixerOn('stm32f4', inputs);
    expect(outputs.map((output) => int32s(output)[3])).toEqual(inputs.map((_, i) => i % 100));
  });

  it('starts again when the inputs exceed the memory', async () => {
    const inputs = [0, 1, 2].map((k) => new Uint8Array(16 * 200_000).fill(k));
    const { outputs } = await gainOn('stm32f7', { inputs });
    expect(outputs.map((output) => [output.length, output[0], output.at(-1)])).toEqual(
      [0, 1, 2].map((k) => [16 * 200_000, 2 * (k + 1), 2 * (k + 1)]),
    );
  });
});

emulated('a firmware that does not come to its end', () => {
  it.each([
    ['a status', -1, 'in inference 2 of 2: run() returned the status 7'],
    ['an access to nowhere', -2, /fault in mixer_run .*without memory at address 0x90000000/],
  ])('%s', async (_, b, found) => {
    const inputs = [mixerInput([1, 2, 3], 0), mixerInput([1, 2, 3], b)];
    expect(await failure(mixerOn('stm32f7', inputs))).toMatchObject({
      name: 'emulator-failed',
      found: typeof found === 'string' ? found : expect.stringMatching(found),
    });
  });

  it('an unaligned access faults on a core that has none', async () => {
    const input = [mixerInput([1, 2, 3], -4)];
    expect(await failure(mixerOn('cortex-m0plus', input))).toMatchObject({
      found: expect.stringMatching(/fault in mixer_run .*unaligned access/),
    });
    await expect(mixerOn('cortex-m3', input)).resolves.toBeDefined();
  });

  it('a loop without end is stopped, and named', async () => {
    expect(await failure(mixerOn('stm32f7', [mixerInput([1, 2, 3], -3)], { timeoutSeconds: 3 }))).toMatchObject({
      name: 'emulator-failed',
      found: expect.stringMatching(/in inference 1 of 1: no end within 3 s.*last in mixer_run/s),
    });
  });

  const sections = [{ section: '.bss.dtcm', originAddress: 0x20000000, sizeBytes: 65536 }];

  it.each([
    ['in the RAM of the board', {}],
    ['beside memories of the chip', { sections }],
  ])('a stack overflow %s is named', async (_, more) => {
    const sources = firmwareSources('overflow.c', 'overflow.h');
    const request = {
      model: { ...scalarModel('overflow', 1), ...more },
      sources,
      target: loadTarget('stm32f7'),
      inputs: [new Uint8Array(1)],
    };
    expect(await failure(simulate(request))).toMatchObject({
      name: 'emulator-failed',
      found: expect.stringMatching(/stack/),
    });
  });
});

describe('what cannot be simulated', () => {
  it('an input of a wrong size', async () => {
    expect(await failure(gainOn('host', { inputs: [new Uint8Array(17)] }))).toMatchObject({
      name: 'wrong-input-size',
      requires: '16 bytes, or a multiple for a sequence of inferences',
    });
  });

  it('the host in QEMU', async () => {
    expect((await failure(gainOn('host', { emulator: 'qemu' }))).name).toBe('no-emulator');
  });

  it('C that does not compile', async () => {
    const sources = [{ name: 'gain.c', text: 'int main(void) { return nothing; }' }, ...firmwareSources('gain.h')];
    expect(await failure(gainOn('host', { sources }))).toMatchObject({
      name: 'tool-failed',
      found: expect.stringContaining("'nothing' undeclared"),
    });
  });

  it('anything without the compiler', async () => {
    const tools = { env: { PATH: '/nowhere', XPACKS_STORE_FOLDER: '/nowhere' } };
    expect(await failure(gainOn('stm32f7', { tools }))).toMatchObject({
      name: 'tool-not-found',
      where: 'arm-none-eabi-gcc',
      hint: expect.stringContaining('nstall'),
    });
    expect(await failure(gainOn('stm32f7', { tools: { toolchain: '/nowhere' } }))).toMatchObject({
      name: 'tool-not-found',
      found: "there is none in '/nowhere'",
    });
  });
});
