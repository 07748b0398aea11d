import { describe, expect, it } from 'vitest';
import { DiagnosticError } from '../../compiler/diagnostics/index.ts';
import { contiguousRegions, nearest, parseTarget, totalBytes } from '../../compiler/targets/index.ts';
import { targetTexts } from '../../compiler/toolchain/index.ts';

const texts = targetTexts();
const KiB = 1024;

const plain = {
  description: 'A core',
  core: 'cortex-m4',
  gccFlags: ['-mcpu=cortex-m4'],
  features: { dsp: true, fpu: 'none', mve: false, unalignedAccess: true, cacheLineBytes: 0 },
};

function parse(files: Record<string, unknown>, name = 'x') {
  return parseTarget(new Map(Object.entries(files).map(([key, json]) => [key, JSON.stringify(json)])), name);
}

/** The first diagnostic that `run` fails with. */
function failure(run: () => unknown) {
  try {
    run();
  } catch (error) {
    if (error instanceof DiagnosticError) {
      return error.diagnostics[0]!;
    }
    throw error;
  }
  throw new Error('it did not fail');
}

describe('the shipped targets', () => {
  it.each([...texts.keys()])('%s is valid', (name) => {
    const target = parseTarget(texts, name);
    expect(target.name).toBe(name);
    expect(target.description).not.toBe('');
    expect(target.core === 'host').toBe(target.emulators.qemu === undefined);
  });

  it('stm32f7 is an STM32F746', () => {
    const target = parseTarget(texts, 'stm32f7');
    expect(target.gccFlags).toEqual(['-mcpu=cortex-m7', '-mthumb', '-mfpu=fpv5-sp-d16', '-mfloat-abi=hard']);
    expect(target.clockHz).toBe(216_000_000);
    expect(totalBytes(target, 'flash')).toBe(1024 * KiB);
    expect(totalBytes(target, 'ram')).toBe((64 + 240 + 16) * KiB);
    expect(totalBytes(target, 'code-ram')).toBe(16 * KiB);
    // DTCM and both SRAMs follow one another
    expect(contiguousRegions(target, 'ram').map((region) => region.sizeBytes)).toEqual([320 * KiB]);
    expect(target.emulators).toEqual({ qemu: 'mps2-an500', renode: 'stm32f7' });
  });

  it('stm32f4 has its CCM apart from the SRAM', () => {
    const target = parseTarget(texts, 'stm32f4');
    expect(target.features).toEqual({ dsp: true, fpu: 'single', mve: false, unalignedAccess: true, cacheLineBytes: 0 });
    expect(contiguousRegions(target, 'ram').map((region) => region.memories.map((memory) => memory.name))).toEqual([
      ['SRAM1', 'SRAM2', 'SRAM3'],
      ['CCM'],
    ]);
  });

  it('a core sets no limits', () => {
    expect(totalBytes(parseTarget(texts, 'cortex-m7'), 'ram')).toBeNull();
  });
});

describe('inheritance', () => {
  it('replaces lists, merges features and emulators', () => {
    const target = parse(
      {
        base: { ...plain, emulators: { qemu: 'a' }, memories: [] },
        x: { extends: 'base', gccFlags: ['-O'], features: { fpu: 'single' }, emulators: { renode: 'b' } },
      },
      'x',
    );
    expect(target.gccFlags).toEqual(['-O']);
    expect(target.features).toEqual({ ...plain.features, fpu: 'single' });
    expect(target.emulators).toEqual({ qemu: 'a', renode: 'b' });
    expect(target.core).toBe('cortex-m4');
  });

  it.each([
    ['itself', { x: { ...plain, extends: 'x' } }, /extends itself/],
    ['a ring', { x: { extends: 'y' }, y: { extends: 'x' } }, /extends itself/],
    ['nothing', { x: { extends: 'z' } }, /extends "z"/],
  ])('refuses %s', (_, files, message) => {
    expect(failure(() => parse(files))).toMatchObject({
      name: 'invalid-target',
      found: expect.stringMatching(message),
    });
  });
});

describe('an invalid target file', () => {
  it.each([
    ['an unknown field', { ...plain, clock: 1 }, 'clock is not a field'],
    ['no core', { ...plain, core: undefined }, 'core is nothing'],
    ['a core that msc does not know', { ...plain, core: 'cortex-m99' }, 'core is "cortex-m99"'],
    ['flags that are no list', { ...plain, gccFlags: '-mthumb' }, 'gccFlags is "-mthumb"'],
    ['a negative clock', { ...plain, clockHz: -1 }, 'clockHz is -1'],
    ['an address that is a number', { ...plain, memories: [{ originAddress: 1 }] }, 'memories[0].name is nothing'],
    ['a feature of a wrong type', { ...plain, features: { ...plain.features, dsp: 1 } }, 'features.dsp is 1'],
    ['a list', [], '[]'],
  ])('with %s is refused', (_, json, found) => {
    expect(failure(() => parse({ x: json }))).toMatchObject({ name: 'invalid-target', where: 'targets/x.json', found });
  });

  it('that is not JSON is refused', () => {
    expect(failure(() => parseTarget(new Map([['x', '{']]), 'x')).name).toBe('invalid-target');
  });
});

describe('an unknown target', () => {
  it('lists the names and suggests the nearest', () => {
    expect(failure(() => parseTarget(texts, 'stm32f746'))).toMatchObject({
      name: 'unknown-target',
      requires: expect.stringContaining('cortex-m0plus, cortex-m3'),
      hint: "Did you mean 'stm32f7'?",
    });
  });

  it.each([
    ['cortexm7', 'cortex-m7'],
    ['STM32F7', 'stm32f7'],
    ['stm32f5', 'stm32f4'],
    ['cortex-m4f-sp', 'cortex-m4f'],
    ['avr', undefined],
    ['', undefined],
  ])('%j: %s', (name, expected) => {
    expect(nearest(name, [...texts.keys()])).toBe(expected);
  });
});
