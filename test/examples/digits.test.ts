import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadAssets } from '../../compiler/cli/assets.ts';
import { execute } from '../../compiler/cli/execute.ts';
import { targetOption } from '../../compiler/cli/options.ts';
import { readModel } from '../../compiler/frontends/index.ts';
import { elementCount, elementsFromBytes, tensorOf } from '../../compiler/ir/index.ts';
import { evaluateGraph } from '../../compiler/ops/evaluate-graph.ts';
import { compile, readGraph } from '../../compiler/pipeline.ts';
import { drawDigit, drawingWidth } from '../../examples/digits/draw.ts';
import { loadImages } from '../../examples/digits/images.ts';
import { testDigits } from '../../examples/digits/test-digits.ts';
import { classOf } from '../../examples/digits/training/accuracy.ts';
import { quantizePixels } from '../../examples/digits/training/quantize.ts';

const folder = new URL('../../examples/digits/', import.meta.url);
const fileOf = (name: string) => readFileSync(new URL(name, folder));
const record = JSON.parse(fileOf('digits.json').toString()) as {
  readonly split: { readonly training: number; readonly test: number };
  readonly testAccuracyPercent: { readonly float: number; readonly int8: number };
  readonly files: { readonly [name: string]: { readonly sizeBytes: number; readonly sha256: string } };
};
const names = ['digits.ms', 'digits.tflite'] as const;

describe('the committed digit classifier', () => {
  it.each(names)('%s is the file that digits.json tells of, at most 60 KB', (name) => {
    const bytes = fileOf(name);
    expect(bytes.length).toBeLessThanOrEqual(60_000);
    expect(record.files[name]).toEqual({
      sizeBytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
  });

  it('keeps the promised accuracy: at least 97 %, int8 within 0.5 points of float', () => {
    const { float, int8 } = record.testAccuracyPercent;
    expect(Math.min(float, int8)).toBeGreaterThanOrEqual(97);
    expect(Math.abs(float - int8)).toBeLessThanOrEqual(0.5);
  });

  it.each(names)('%s reads 28 × 28 int8 pixels and gives ten int8 probabilities', (name) => {
    const model = readModel(fileOf(name), name);
    const [input, output] = [model.tensors[model.inputs[0]!]!, model.tensors[model.outputs[0]!]!];
    expect([input.dtype, input.shape, input.quantization?.zeroPoints]).toEqual(['int8', [1, 28, 28, 1], [-128]]);
    expect([output.dtype, output.shape, output.quantization?.scales]).toEqual(['int8', [1, 10], [1 / 256]]);
  });

  it('is the same network in both formats: equal values in every layer', () => {
    const [fromMslite, fromTflite] = names.map((name) => {
      const { graph } = readGraph(fileOf(name), { fileName: name });
      const input = tensorOf(graph, graph.inputs[0]!);
      return testDigits().map((digit) => {
        const values: unknown[] = [];
        evaluateGraph(graph, [elementsFromBytes(input, digit.input)], undefined, (_, value) => values.push(value));
        return values;
      });
    });
    expect(fromMslite).toEqual(fromTflite);
  });

  it('labels as many of the 2,000 test images rightly as digits.json says, compiled for the host', async () => {
    const target = await targetOption('host');
    const result = compile(fileOf('digits.ms'), { fileName: 'digits.ms', target, assets: await loadAssets() });
    const { test } = loadImages();
    expect(test.length).toBe(record.split.test);
    const inputs = test.map(({ pixels }) => new Uint8Array(quantizePixels(pixels).buffer));
    const { outputs } = await execute({ result, target, executor: 'host', inputs, objective: 'balanced' });
    const right = test.filter(({ label }, i) => classOf(new Int8Array(outputs[i]!)) === label).length;
    expect((100 * right) / test.length).toBeCloseTo(record.testAccuracyPercent.int8, 8);
  });
});

describe('the digits of the demo', () => {
  it('are twenty, two of every class, as bytes of the model', () => {
    const digits = testDigits();
    expect(digits.map(({ label }) => label)).toEqual(Array.from({ length: 20 }, (_, i) => i % 10));
    expect(digits.every(({ input }) => input.length === elementCount([28, 28]))).toBe(true);
    expect(digits.every(({ input, pixels }) => pixels.every((pixel, i) => input[i] === (pixel + 128) % 256))).toBe(
      true,
    );
  });

  it('are drawn as seven lines of half blocks', () => {
    const ring = new Uint8Array(784);
    for (let y = 8; y < 20; y++) {
      for (let x = 8; x < 20; x++) {
        ring[y * 28 + x] = y < 10 || y >= 18 || x < 10 || x >= 18 ? 255 : 0;
      }
    }
    const blank = ' '.repeat(drawingWidth);
    expect(drawDigit(ring)).toEqual([blank, blank, '    █▀▀▀▀█    ', '    █    █    ', '    █▄▄▄▄█    ', blank, blank]);
  });
});
