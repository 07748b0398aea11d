import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadAssets, loadTargetTexts } from '../../compiler/cli/assets.ts';
import { execute, firmwareModelOf } from '../../compiler/cli/execute.ts';
import { compile } from '../../compiler/pipeline.ts';
import { simulate } from '../../compiler/simulate/index.ts';
import { parseTarget } from '../../compiler/targets/index.ts';
import { zooFolder, zooModels } from '../support/zoo.ts';

const target = parseTarget(await loadTargetTexts(), 'stm32f7');
const assets = await loadAssets();

/** A camera image that is read row by row, a spectrogram whose rows are no whole words, and a sequence with a state. */
const names = ['person_detect.tflite', 'kws_dscnn_int8.tflite', 'keyword_scrambled_8bit.tflite'];

describe.skipIf(zooFolder === null)('the zoo with buffers of the caller', () => {
  describe.each(zooModels().filter(({ fileName }) => names.includes(fileName)))('$fileName', (model) => {
    const { cases, fileName } = model;
    const bytes = () => readFileSync(model.path);
    const inputs = cases.map(({ input }) => input);
    const expectGolden = (outputs: readonly Uint8Array[]) =>
      cases.forEach(({ output, label }, i) => {
        expect(Buffer.from(outputs[i]!).equals(output), label).toBe(true);
      });

    it('gives the golden outputs on an emulated core, for the instructions of the arena', async () => {
      const [ofCaller, inArena] = (['caller', 'arena'] as const).map((io) =>
        compile(bytes(), { fileName, target, assets, io }),
      );
      expect(ofCaller!.plan.sizeBytes).toBeLessThan(inArena!.plan.sizeBytes);
      const [run, before] = await Promise.all(
        [ofCaller!, inArena!].map((result) =>
          execute({ result, target, executor: 'qemu', inputs, objective: 'balanced' }),
        ),
      );
      expectGolden(run!.outputs);
      const [now, then] = [run!.instructions!.total, before!.instructions!.total];
      expect(now, `${now} instead of ${then}`).toBeLessThan(1.01 * then + 50);
      // the pointers live in registers that run() saves, or beside them
      expect(run!.stackBytes).toBeLessThanOrEqual(before!.stackBytes! + 16);
    });

    it('gives them on the host, where nothing is read or written outside of the buffers', async () => {
      const result = compile(bytes(), { fileName, target, assets, io: 'caller' });
      const { outputs } = await simulate({
        model: firmwareModelOf(result),
        sources: result.files,
        target,
        inputs,
        emulator: 'host',
        flags: ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'],
      });
      expectGolden(outputs);
    });
  });
});
