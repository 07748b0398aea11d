import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { loadAssets, loadTargetTexts } from '../../compiler/cli/assets.ts';
import { execute, firmwareModelOf } from '../../compiler/cli/execute.ts';
import { sizeBytesOf, tensorOf } from '../../compiler/ir/index.ts';
import { type CompileResult, compile } from '../../compiler/pipeline.ts';
import { compareOutputs, defaultTolerance, describeDifference } from '../../compiler/report/compare.ts';
import { predictionErrorPercent } from '../../compiler/report/prediction.ts';
import { compileReport } from '../../compiler/report/report.ts';
import { simulate } from '../../compiler/simulate/index.ts';
import { parseTarget } from '../../compiler/targets/index.ts';
import { type ZooModel, zooFolder, zooModels } from '../support/zoo.ts';

const assets = await loadAssets();
const texts = await loadTargetTexts();
const models = zooModels();
const targets = ['stm32f7', 'stm32f4'];

/** Figures that are exact for one compiler: `MSC_UPDATE_FIGURES=1 npx vitest run test/zoo` writes those that it measures anew. */
interface Figures {
  readonly instructions: number;
  readonly arenaBytes: number;
  readonly stackBytes: number;
  readonly codeBytes: number;
  readonly weightBytes: number;
}

const figuresPath = fileURLToPath(new URL('../figures.json', import.meta.url));
const recorded = (existsSync(figuresPath) ? JSON.parse(readFileSync(figuresPath, 'utf8')) : { models: {} }) as {
  readonly compiler?: string;
  readonly models: { readonly [model: string]: { readonly [target: string]: Figures } };
};
const updating = process.env.MSC_UPDATE_FIGURES !== undefined;
const measured: { [model: string]: { [target: string]: Figures } } = {};
let compiler: string | undefined;

function compileModel(model: ZooModel, target: string): CompileResult {
  return compile(readFileSync(model.path), { fileName: model.fileName, target: parseTarget(texts, target), assets });
}

/** Every difference between the golden outputs and these. */
function differences(result: CompileResult, model: ZooModel, outputs: readonly Uint8Array[]): readonly string[] {
  const tensors = result.graph.outputs.map((id) => tensorOf(result.graph, id));
  return model.cases.flatMap(({ label, output }, i) => {
    expect(outputs[i]!.length).toBe(output.length);
    return compareOutputs(tensors, tensors.map(sizeBytesOf), outputs[i]!, output, defaultTolerance).map(
      (difference) => `${label}: ${describeDifference(difference)}`,
    );
  });
}

if (zooFolder === null) {
  process.stdout.write('the model zoo is not beside the project: its tests are skipped\n');
}

describe.skipIf(zooFolder === null)('the zoo', () => {
  describe.each(models)('$fileName', (model) => {
    it.each(targets)(
      'gives the golden outputs on an emulated %s, with the recorded figures and the predicted work',
      async (targetName) => {
        const target = parseTarget(texts, targetName);
        const result = compileModel(model, targetName);
        expect(result.plan).toMatchObject({ optimal: true });
        const inputs = model.cases.map(({ input }) => input);
        const run = await execute({ result, target, executor: 'qemu', inputs, objective: 'balanced' });
        expect(differences(result, model, run.outputs)).toEqual([]);
        // what the machine code can need at most is what was painted over, but for a few words that were only reserved
        const bound = run.stackBound!;
        expect(bound).toMatchObject({ kind: 'known' });
        const unused = (bound.kind === 'known' ? bound.bytes : Number.NaN) - run.stackBytes!;
        expect(unused).toBeGreaterThanOrEqual(0);
        expect(unused).toBeLessThanOrEqual(16);
        expect(run.stackBytes).toBeLessThanOrEqual(512);
        const figures: Figures = {
          instructions: run.instructions!.total,
          arenaBytes: result.plan.sizeBytes,
          stackBytes: run.stackBytes!,
          codeBytes:
            run.sizes!.text + run.sizes!.data - run.emptySizes!.text - run.emptySizes!.data - result.view.weightBytes,
          weightBytes: result.view.weightBytes,
        };
        measured[model.fileName] = { ...measured[model.fileName], [targetName]: figures };
        compiler = run.compiler!.version;
        const predicted = compileReport(result, targetName).predictedInstructions;
        if (run.instructions!.countedBy === 'plugin') {
          expect(Math.abs(predictionErrorPercent(predicted, figures.instructions)!)).toBeLessThanOrEqual(10);
        }
        if (!updating && recorded.compiler === compiler && run.instructions!.countedBy === 'plugin') {
          expect(figures).toEqual(recorded.models[model.fileName]?.[targetName]);
        }
      },
    );

    it('gives the golden outputs on the host, without undefined behaviour', async () => {
      const target = parseTarget(texts, 'stm32f7');
      const result = compileModel(model, 'stm32f7');
      const run = await simulate({
        model: firmwareModelOf(result),
        sources: result.files,
        target,
        inputs: model.cases.map(({ input }) => input),
        emulator: 'host',
        flags: ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'],
      });
      expect(differences(result, model, run.outputs)).toEqual([]);
    });

    it('gives the golden outputs in the reference', async () => {
      const target = parseTarget(texts, 'stm32f7');
      const result = compileModel(model, 'stm32f7');
      const inputs = model.cases.map(({ input }) => input);
      const run = await execute({ result, target, executor: 'reference', inputs, objective: 'balanced' });
      expect(differences(result, model, run.outputs)).toEqual([]);
    });
  });
});

afterAll(() => {
  if (updating && compiler !== undefined) {
    const known = new Set(models.map((model) => model.fileName));
    const all = Object.entries({ ...recorded.models, ...measured }).filter(([fileName]) => known.has(fileName));
    const sorted = Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));
    writeFileSync(figuresPath, `${JSON.stringify({ compiler, models: sorted }, null, 2)}\n`);
  }
});
