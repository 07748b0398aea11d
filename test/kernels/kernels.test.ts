import { describe, expect, it } from 'vitest';
import { loadTargetTexts } from '../../compiler/cli/assets.ts';
import type { Isa } from '../../compiler/ops/index.ts';
import { operators } from '../../compiler/ops/index.ts';
import { runFirmware } from '../../compiler/simulate/index.ts';
import { parseTarget } from '../../compiler/targets/index.ts';
import { loadCases } from '../support/all-cases.ts';
import { batteryEntries, differenceOf, makeBattery, splitOutputs, tightEntries } from '../support/kernel-battery.ts';

const texts = await loadTargetTexts();
const cases = await loadCases();

/** DSP kernels run on the host too: by their portable twins. */
const cores: readonly { readonly target: string; readonly emulator: 'host' | 'qemu'; readonly isas: readonly Isa[] }[] =
  [
    { target: 'host', emulator: 'host', isas: ['portable', 'dsp'] },
    { target: 'cortex-m7', emulator: 'qemu', isas: ['portable', 'dsp'] },
    { target: 'cortex-m4', emulator: 'qemu', isas: ['portable', 'dsp'] },
    { target: 'cortex-m3', emulator: 'qemu', isas: ['portable', 'dsp'] },
    { target: 'cortex-m0plus', emulator: 'qemu', isas: ['portable'] },
  ];

/** Where results lie in memory is the same for every core: two compilers and both forms of the kernels are enough. */
const plansHere: readonly string[] = ['host', 'cortex-m7'];

describe('every operator', () => {
  it('has a case table', () => {
    const covered = new Set(cases.map((nodeCase) => nodeCase.operator));
    expect(operators.map((operator) => operator.definition.name).filter((name) => !covered.has(name))).toEqual([]);
  });

  it('has a kernel for every core and every kernel has a case', () => {
    const all = batteryEntries(cases, ['portable', 'dsp']);
    const tested = new Set(all.map((entry) => entry.kernel.name));
    const kernels = operators.flatMap((operator) => operator.kernels.map((kernel) => kernel.name));
    expect(kernels.filter((name) => !tested.has(name))).toEqual([]);
    const portable = new Set(batteryEntries(cases, ['portable']).map((entry) => entry.graph.name));
    expect(cases.map((nodeCase) => nodeCase.name).filter((name) => !portable.has(name))).toEqual([]);
  });
});

describe.each(cores)('kernels on $target', ({ target, emulator, isas }) => {
  it('equal the references, bit for bit', { timeout: 600_000 }, async () => {
    const entries = batteryEntries(cases, isas);
    const battery = await makeBattery([...entries, ...(plansHere.includes(target) ? tightEntries(entries) : [])]);
    const emitted = await runFirmware({
      sources: [{ name: 'battery.c', text: battery.source }],
      target: parseTarget(texts, target),
      inputBytes: battery.input,
      emulator,
      flags: emulator === 'host' ? ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'] : [],
    });
    const outputs = splitOutputs(battery, emitted);
    const differences = battery.entries.flatMap((entry, i) => differenceOf(entry, outputs[i]!) ?? []);
    expect(differences).toEqual([]);
  });
});
