import { describe, expect, it } from 'vitest';
import { loadTargetTexts } from '../../compiler/cli/assets.ts';
import { runFirmware } from '../../compiler/simulate/index.ts';
import { parseTarget } from '../../compiler/targets/index.ts';
import {
  type BatteryEntry,
  batteryEntries,
  differenceOf,
  makeBattery,
  splitOutputs,
} from '../support/kernel-battery.ts';
import { type NodeCase, q } from '../support/node-case.ts';

const texts = await loadTargetTexts();

/** Every so many pixels, for 1x1 windows of a few sizes, with the result in the place of the input. */
const pointwise: readonly NodeCase[] = [1, 2, 3, 4, 5, 6, 7, 8, 16].flatMap((pixels) =>
  (
    [
      [8, 8],
      [64, 64],
      [8, 4],
      [6, 5],
      [5, 3],
    ] as const
  ).map(
    ([channels, outputs]): NodeCase => ({
      name: `${pixels} pixels of ${channels} to ${outputs} channels`,
      operator: 'conv2d',
      attributes: { strides: [1, 1], dilations: [1, 1], padding: [0, 0, 0, 0], groups: 1, activation: 'none' },
      inputs: [
        { dtype: 'int8', shape: [1, 1, pixels, channels], quantization: q(0.05, -3) },
        {
          dtype: 'int8',
          shape: [outputs, 1, 1, channels],
          kind: 'constant',
          range: [-127, 127],
          quantization: q(0.002, 0),
        },
        { dtype: 'int32', shape: [outputs], kind: 'constant', range: [-9000, 9000] },
      ],
      outputs: [{ dtype: 'int8', quantization: q(0.05, 4) }],
    }),
  ),
);

/** One row of 3x3 windows, of every width, with the result where one of the three rows is. */
function rowCases(stride: number): readonly NodeCase[] {
  return [1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17].flatMap((width) =>
    [4, 8, 6].map(
      (channels): NodeCase => ({
        name: `row of ${width} pixels of ${channels} channels, stride ${stride}`,
        operator: 'depthwise_conv2d',
        attributes: { strides: [stride, stride], dilations: [1, 1], padding: [0, 0, 1, 1], activation: 'none' },
        inputs: [
          { dtype: 'int8', shape: [1, 3, width, channels], quantization: q(0.05, -3) },
          { dtype: 'int8', shape: [1, 3, 3, channels], kind: 'constant', quantization: q(0.004, 0) },
          { dtype: 'int32', shape: [channels], kind: 'constant' },
        ],
        outputs: [{ dtype: 'int8', quantization: q(0.3, 5) }],
      }),
    ),
  );
}

/** Where the three rows of the operand start. */
function rowStarts({ inputs }: NodeCase): readonly number[] {
  const [, , width, channels] = inputs[0]!.shape as [number, number, number, number];
  return [0, 1, 2].map((row) => row * width * channels);
}

/** The cases through one kernel, the result `at` bytes behind the operand. */
function inPlace(cases: readonly NodeCase[], kernel: string, at: (nodeCase: NodeCase) => readonly number[]) {
  return cases.flatMap((nodeCase) => {
    const entry = batteryEntries([nodeCase], ['dsp']).find((candidate) => candidate.kernel.name === kernel);
    expect(entry, `${kernel} takes ${nodeCase.name}`).toBeDefined();
    return at(nodeCase).map(
      (resultAt): BatteryEntry => ({ ...entry!, title: `${entry!.title} at ${resultAt}`, resultAt }),
    );
  });
}

describe.each(['host', 'cortex-m7', 'cortex-m3'])('results in the place of operands on %s', (target) => {
  const emulator = target === 'host' ? 'host' : 'qemu';

  it.each([
    ['conv2d_1x1_s8__dsp', pointwise, () => [0]],
    ['depthwise_conv2d_3x3_rows_s8__dsp', rowCases(1), rowStarts],
    ['depthwise_conv2d_3x3_stride_2_rows_s8__dsp', rowCases(2), rowStarts],
  ] as const)('%s', { timeout: 600_000 }, async (kernel, cases, starts) => {
    const battery = await makeBattery(inPlace(cases, kernel, starts));
    const emitted = await runFirmware({
      sources: [{ name: 'battery.c', text: battery.source }],
      target: parseTarget(texts, target),
      inputBytes: battery.input,
      emulator,
      flags: emulator === 'host' ? ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'] : [],
    });
    const outputs = splitOutputs(battery, emitted);
    expect(battery.entries.flatMap((entry, i) => differenceOf(entry, outputs[i]!) ?? [])).toEqual([]);
  });
});
