import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadAssets, loadTargetTexts } from '../../compiler/cli/assets.ts';
import { execute, firmwareModelOf } from '../../compiler/cli/execute.ts';
import { sizeBytesOf, tensorOf } from '../../compiler/ir/index.ts';
import { type CompileResult, compile } from '../../compiler/pipeline.ts';
import { compareOutputs, defaultTolerance, describeDifference } from '../../compiler/report/compare.ts';
import type { Objective } from '../../compiler/schedule/index.ts';
import { simulate } from '../../compiler/simulate/index.ts';
import { parseTarget } from '../../compiler/targets/index.ts';
import { type ZooModel, zooModels } from '../support/zoo.ts';

const assets = await loadAssets();
const target = parseTarget(await loadTargetTexts(), 'stm32f7');

/** The most that an arena may have, by model, for `balanced` and for `ram`. */
const mostBytes: { readonly [model: string]: readonly [number, number] } = {
  'kws_dscnn_int8.tflite': [8_000, 5_000],
  'person_detect.tflite': [15_000, 15_000],
  'vww_96_int8.tflite': [15_000, 15_000],
  'resnet8_int8.tflite': [20_000, 20_000],
  'resnet8_float.tflite': [60_000, 60_000],
  'person_detect.ms': [15_000, 15_000],
};

const models = zooModels().filter(({ fileName }) => fileName in mostBytes);
const objectives: readonly Objective[] = ['balanced', 'ram'];

const streamed = (model: ZooModel, objective: Objective) =>
  compile(readFileSync(model.path), { fileName: model.fileName, target, assets, objective, streamInput: true });

/** Every difference between the golden outputs and these. */
function differences(result: CompileResult, model: ZooModel, outputs: readonly Uint8Array[]): readonly string[] {
  const tensors = result.graph.outputs.map((id) => tensorOf(result.graph, id));
  return model.cases.flatMap(({ label, output }, i) =>
    compareOutputs(tensors, tensors.map(sizeBytesOf), outputs[i]!, output, defaultTolerance).map(
      (difference) => `${label}: ${describeDifference(difference)}`,
    ),
  );
}

describe.each(models)('$fileName with a streamed input', (model) => {
  it.each(objectives)(
    'gives the golden outputs on an emulated core and on the host, for %s',
    { timeout: 240_000 },
    async (objective) => {
      const result = streamed(model, objective);
      const inputs = model.cases.map(({ input }) => input);
      // two inferences one after another without a reset, beside each of them alone
      const sequence = Buffer.concat(inputs.slice(0, 2));
      const run = await execute({ result, target, executor: 'qemu', inputs: [...inputs, sequence], objective });
      expect(differences(result, model, run.outputs)).toEqual([]);
      expect(Buffer.from(run.outputs.at(-1)!)).toEqual(Buffer.concat(run.outputs.slice(0, 2)));
      const host = await simulate({
        model: firmwareModelOf(result),
        sources: result.files,
        target,
        inputs,
        emulator: 'host',
        flags: ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'],
      });
      expect(differences(result, model, host.outputs)).toEqual([]);
      expect(result.plan.sizeBytes).toBeLessThanOrEqual(mostBytes[model.fileName]![objectives.indexOf(objective)]!);
      const header = result.files[1]!.text;
      expect(header).toContain(`_ARENA_SIZE ${result.plan.sizeBytes} `);
    },
  );
});
