import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { compileTogether } from '../../compiler/bundle.ts';
import { loadAssets, loadTargetTexts } from '../../compiler/cli/assets.ts';
import { execute } from '../../compiler/cli/execute.ts';
import { compile } from '../../compiler/pipeline.ts';
import { parseTarget } from '../../compiler/targets/index.ts';
import { zooFolder, zooModels } from '../support/zoo.ts';

const names = ['person_detect.tflite', 'kws_dscnn_int8.tflite', 'keyword_scrambled_8bit.tflite'];

it.skipIf(zooFolder === null)(
  'three models of the zoo in one arena give their golden outputs',
  async () => {
    const target = parseTarget(await loadTargetTexts(), 'stm32f7');
    const assets = await loadAssets();
    const models = names.map((name) => {
      const { cases, fileName, path } = zooModels().find((model) => model.fileName === name)!;
      return { cases, fileName, bytes: readFileSync(path) };
    });
    const bundle = compileTogether(models, { cName: 'net', target, assets });
    const alone = models.map(({ bytes, fileName }) => compile(bytes, { fileName, target, assets }));
    const states = alone.flatMap(({ view }) => view.variables).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    expect(bundle.plan.sizeBytes).toBe(Math.max(...alone.map(({ plan }) => plan.sizeBytes)) + states);
    const codeBytes: number[] = [];
    for (const [i, { cases, fileName }] of models.entries()) {
      const inputs = cases.map(({ input }) => input);
      const runs = await Promise.all(
        [bundle.models[i]!, alone[i]!].map((result) =>
          execute({ result, target, executor: 'qemu', inputs, objective: 'balanced' }),
        ),
      );
      for (const { outputs } of runs) {
        cases.forEach(({ output, label }, k) => {
          expect(Buffer.from(outputs[k]!).equals(output), `${fileName}: ${label}`).toBe(true);
        });
      }
      // Kernels that several models call are not inlined into their drivers: a call more for every row.
      const [together, byItself] = runs.map(({ instructions }) => instructions!.total) as [number, number];
      expect(together).toBeLessThan(1.02 * byItself);
      codeBytes.push(...runs.map(({ modelSizes }) => modelSizes!.text));
      console.log(
        fileName,
        together,
        byItself,
        runs.map((r) => r.modelSizes),
      );
    }
    const [inOneImage] = codeBytes;
    const separately = codeBytes.filter((_, i) => i % 2 === 1).reduce((a, b) => a + b, 0);
    expect(inOneImage).toBeLessThan(separately);
  },
  120_000,
);
