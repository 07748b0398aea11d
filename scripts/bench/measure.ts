import { loadAssets, loadTargetTexts } from '../../compiler/cli/assets.ts';
import { type ExecutionResult, execute, firmwareModelOf } from '../../compiler/cli/execute.ts';
import { sizeBytesOf, tensorOf } from '../../compiler/ir/index.ts';
import { type CompileResult, compile } from '../../compiler/pipeline.ts';
import { compareOutputs, defaultTolerance, describeDifference } from '../../compiler/report/compare.ts';
import { compileReport } from '../../compiler/report/report.ts';
import { simulate } from '../../compiler/simulate/index.ts';
import { parseTarget } from '../../compiler/targets/index.ts';
import type { BenchObjective, Figures } from './figures.ts';

/** A model with one input, and what it must answer: null where the reference says so. */
export interface BenchModel {
  /** Without its file's ending. */
  readonly name: string;
  readonly fileName: string;
  readonly bytes: Uint8Array;
  readonly input: Uint8Array;
  readonly output: Uint8Array | null;
}

export interface Measurement {
  readonly figures: Figures;
  readonly compiler: string;
  readonly result: CompileResult;
  readonly run: ExecutionResult;
}

const assets = await loadAssets();
const texts = await loadTargetTexts();

/**
 * Compiles a model, runs one inference on the emulated core and counts; `withLayers` counts every step too, which takes a second
 * image. Throws if the outputs are wrong: a figure of a wrong program is worth nothing.
 */
export async function measure(
  model: BenchModel,
  targetName: string,
  objective: BenchObjective,
  withLayers: boolean,
): Promise<Measurement> {
  const target = parseTarget(texts, targetName);
  const result = compile(model.bytes, { fileName: model.fileName, target, assets, objective });
  const run = await simulate({
    model: { ...firmwareModelOf(result), ...(withLayers ? {} : { stepCount: 0 }) },
    sources: result.files,
    target,
    inputs: [model.input],
    emulator: 'qemu',
    optimize: objective === 'size' ? '-Os' : '-O2',
  });
  const { instructions, sizes, emptySizes } = run;
  if (instructions === null || sizes === null || emptySizes === null || run.stackBytes === null) {
    throw new Error(`${model.name} was not counted`);
  }
  await checkOutputs(model, result, run.outputs[0]!);
  const report = compileReport(result, target.name);
  return {
    figures: {
      instructions: instructions.total,
      cycles: run.cycles?.total ?? null,
      predictedInstructions: report.predictedInstructions,
      macs: report.layers.reduce((sum, layer) => sum + layer.macs, 0),
      codeBytes: sizes.text + sizes.data - emptySizes.text - emptySizes.data - report.flash.weightBytes,
      weightBytes: report.flash.weightBytes,
      imageBytes: sizes.text + sizes.data,
      arenaBytes: report.memory.arenaBytes,
      stackBytes: run.stackBytes,
    },
    compiler: run.compiler.version,
    result,
    run,
  };
}

async function checkOutputs(model: BenchModel, result: CompileResult, actual: Uint8Array): Promise<void> {
  const expected =
    model.output ??
    (
      await execute({
        result,
        target: parseTarget(texts, 'stm32f7'),
        executor: 'reference',
        inputs: [model.input],
        objective: 'balanced',
      })
    ).outputs[0]!;
  const outputs = result.graph.outputs.map((id) => tensorOf(result.graph, id));
  const [difference] = compareOutputs(outputs, outputs.map(sizeBytesOf), actual, expected, defaultTolerance);
  if (difference !== undefined) {
    throw new Error(`${model.name}: ${describeDifference(difference)}`);
  }
}
