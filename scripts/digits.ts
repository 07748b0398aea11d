/**
 * Runs the zoo's digit networks over their 2,000 test images and compares with MindSpore Lite's own logits. Exits with 4 if a
 * float network labels an image otherwise, or a quantized one more than 0.5 % of them, or the accuracy is 0.2 points away.
 *
 *     npx tsx scripts/digits.ts ../shared/zoo/digits [--emulator host|qemu|reference] [lenet/float.ms …]
 */
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { loadAssets, loadTargetTexts } from '../compiler/cli/assets.ts';
import { type Executor, execute } from '../compiler/cli/execute.ts';
import { DiagnosticError, formatDiagnostic } from '../compiler/diagnostics/index.ts';
import { elementCount, elementsFromBytes, tensorOf } from '../compiler/ir/index.ts';
import { compile } from '../compiler/pipeline.ts';
import { parseTarget } from '../compiler/targets/index.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { emulator: { type: 'string', default: 'host' }, images: { type: 'string', default: '2000' } },
});
const [folder = '../shared/zoo/digits', ...chosen] = positionals;
const files =
  chosen.length > 0
    ? chosen
    : ['lenet', 'mbv2'].flatMap((net) =>
        ['float', 'full_MAX_MIN_bct', 'full_MAX_MIN_layer', 'full_DSP'].map((kind) => `${net}/${kind}.ms`),
      );
const pixels = 28 * 28;
const count = Number(values.images);
const images = readFileSync(`${folder}/test_images.bin`);
const labels = readFileSync(`${folder}/test_labels.bin`);
const assets = await loadAssets();
const target = parseTarget(await loadTargetTexts(), 'stm32f7');

/** Image k in the model's own input type. */
function inputOf(k: number, dtype: string, scale: number, zeroPoint: number): Uint8Array {
  const image = images.subarray(k * pixels, (k + 1) * pixels);
  if (dtype === 'int8') {
    const quantized = Int8Array.from(image, (value) =>
      Math.max(-128, Math.min(127, Math.round(value / 255 / scale) + zeroPoint)),
    );
    return new Uint8Array(quantized.buffer);
  }
  return new Uint8Array(Float32Array.from(image, (value) => value / 255).buffer);
}

function argMax(list: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < list.length; i++) {
    best = list[i]! > list[best]! ? i : best;
  }
  return best;
}

async function measure(file: string): Promise<string> {
  const bytes = readFileSync(`${folder}/${file}`);
  const result = compile(bytes, { fileName: file, target, assets });
  const input = tensorOf(result.graph, result.graph.inputs[0]!);
  const output = tensorOf(result.graph, result.graph.outputs[0]!);
  const q = input.quantization;
  const inputs = Array.from({ length: count }, (_, k) =>
    inputOf(k, input.dtype, q?.scales[0] ?? 1, q?.zeroPoints[0] ?? 0),
  );
  const run = await execute({ result, target, executor: values.emulator as Executor, inputs, objective: 'balanced' });
  const predicted = run.outputs.map((out) =>
    argMax(Array.from(elementsFromBytes(output, out), Number).slice(0, elementCount(output.shape))),
  );
  const correct = predicted.filter((label, k) => label === labels[k]).length;
  const golden = `${folder}/${file.replace(/\.ms$/, '.logits.bin')}`;
  const parts = [`accuracy ${((100 * correct) / count).toFixed(2)} %`];
  if (existsSync(golden)) {
    const logits = new Float32Array(new Uint8Array(readFileSync(golden)).buffer);
    const expected = predicted.map((_, k) => argMax(logits.subarray(k * 10, k * 10 + 10)));
    const same = predicted.filter((label, k) => label === expected[k]).length;
    const theirs = expected.filter((label, k) => label === labels[k]).length;
    parts.push(`labels as MindSpore Lite ${((100 * same) / count).toFixed(2)} %`);
    parts.push(`its accuracy ${((100 * theirs) / count).toFixed(2)} %`);
    const needed = file.endsWith('float.ms') ? 1 : 0.995;
    if (same < needed * count || Math.abs(correct - theirs) > 0.002 * count) {
      parts.push(`TOO FAR: ${100 * needed} % of the labels and the accuracy within 0.2 points are wanted`);
      process.exitCode = 4;
    }
  }
  if (correct < 0.95 * count) {
    parts.push('TOO FAR: 95 % of the digits are wanted');
    process.exitCode = 4;
  }
  if (run.instructions !== null) {
    parts.push(`${run.instructions.total} instructions`);
  }
  return `${parts.join(', ')}, arena ${result.plan.sizeBytes} B, by ${run.emulator.name}`;
}

for (const file of files) {
  try {
    process.stdout.write(`${file}: ${await measure(file)}\n`);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) {
      throw error;
    }
    process.stdout.write(`${file}: refused\n${error.diagnostics.map(formatDiagnostic).join('\n')}\n`);
    process.exitCode = 1;
  }
}
