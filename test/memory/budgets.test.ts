import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compileTogether } from '../../compiler/bundle.ts';
import { loadAssets, loadTargetTexts } from '../../compiler/cli/assets.ts';
import { writeTflite } from '../../compiler/frontends/index.ts';
import { paretoFront } from '../../compiler/pareto.ts';
import { type CompileResult, compile } from '../../compiler/pipeline.ts';
import { compileReport } from '../../compiler/report/report.ts';
import { parseTarget } from '../../compiler/targets/index.ts';
import { tfliteSample } from '../frontends/sample-models.ts';

const target = parseTarget(await loadTargetTexts(), 'stm32f7');
const assets = await loadAssets();
const models = {
  digits: readFileSync(new URL('../../examples/digits/digits.ms', import.meta.url)),
  sample: writeTflite(tfliteSample),
};
const options = { fileName: 'm.ms', target, assets };

const flashOf = ({ view, codeBytes }: CompileResult) => view.weightBytes + codeBytes;
const instructionsOf = (result: CompileResult) => compileReport(result, 'stm32f7').predictedInstructions;

describe('the front of a model', () => {
  test.each(Object.entries(models))('of %s: its points are what their flags give', (_, model) => {
    const points = paretoFront(model, options);
    expect(points.length).toBeGreaterThan(0);
    // Every third of many: a compilation each.
    for (const { objective, ramBytes, ...figures } of points.filter((_, i) => points.length < 9 || i % 3 === 0)) {
      const result = compile(model, { ...options, objective, ramBytes });
      expect({
        arenaBytes: result.plan.sizeBytes,
        predictedInstructions: instructionsOf(result),
        weightBytes: result.view.weightBytes,
        modelledCodeBytes: result.codeBytes,
      }).toEqual(figures);
    }
  });

  test('holds nothing that another point beats, and is the same every time', () => {
    const points = paretoFront(models.digits, options);
    expect(points.length).toBeGreaterThan(5);
    const figures = points.map((p) => [p.arenaBytes, p.predictedInstructions, p.weightBytes + p.modelledCodeBytes]);
    for (const one of figures) {
      const beaten = figures.filter((other) => other !== one && other.every((value, i) => value <= one[i]!));
      expect(beaten).toEqual([]);
    }
    expect(paretoFront(models.digits, options)).toEqual(points);
  });
});

describe('a budget', () => {
  test('of RAM is kept by the fastest schedule that does', () => {
    const points = paretoFront(models.digits, options).filter(({ objective }) => objective === 'balanced');
    const budget = points[1]!.arenaBytes + 8;
    const found = compile(models.digits, { ...options, ramBytes: budget });
    expect(found.plan.sizeBytes).toBeLessThanOrEqual(budget);
    const fitting = points.filter(({ arenaBytes }) => arenaBytes <= budget);
    expect(instructionsOf(found)).toBe(Math.min(...fitting.map((point) => point.predictedInstructions)));
  });

  test('of flash takes smaller kernels, and no smaller ones than it must', () => {
    const plain = compile(models.digits, options);
    const least = compile(models.digits, { ...options, objective: 'size' });
    expect(flashOf(compile(models.digits, { ...options, flashBytes: flashOf(plain) }))).toBe(flashOf(plain));
    const budget = flashOf(least);
    const found = compile(models.digits, { ...options, flashBytes: budget });
    expect(flashOf(found)).toBeLessThanOrEqual(budget);
    expect(found.objective).toBe('size');
    const between = Math.round((flashOf(plain) + budget) / 2);
    const faster = compile(models.digits, { ...options, flashBytes: between });
    expect(flashOf(faster)).toBeLessThanOrEqual(between);
    expect(instructionsOf(faster)).toBeLessThanOrEqual(instructionsOf(found));
  });

  test('that nothing keeps is refused, with what was found', () => {
    expect(() => compile(models.digits, { ...options, ramBytes: 100 })).toThrow(
      /MSC4003 over-ram-budget: --ram: the smallest arena found has \d+ bytes, \d+ more .* below \d+/,
    );
    expect(() => compile(models.digits, { ...options, flashBytes: 100 })).toThrow(
      /MSC4004 over-flash-budget: --flash: \d+ bytes of weights and tables and about \d+ of code/,
    );
  });

  test('of RAM holds for the arena that models share', () => {
    const bundle = [
      { bytes: models.digits, fileName: 'one.ms' },
      { bytes: models.sample, fileName: 'two.tflite' },
    ];
    const wide = compileTogether(bundle, { target, assets, cName: 'both', objective: 'speed' }).plan.sizeBytes;
    const ramBytes = wide - 512;
    const together = { target, assets, cName: 'both', objective: 'speed', live: true } as const;
    expect(compileTogether(bundle, { ...together, ramBytes }).plan.sizeBytes).toBeLessThanOrEqual(ramBytes);
    expect(() => compileTogether(bundle, { ...together, ramBytes: 64 })).toThrow(/MSC4003 over-ram-budget/);
  });
});
