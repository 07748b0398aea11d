import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { predictionErrorPercent } from '../../compiler/report/prediction.ts';
import { withBoards } from '../../scripts/bench/boards.ts';
import { checksOf } from '../../scripts/bench/checks.ts';
import { benchDocument } from '../../scripts/bench/document.ts';
import { type BenchFile, differencesOf, type Figures, type Place, withFigures } from '../../scripts/bench/figures.ts';
import { measure } from '../../scripts/bench/measure.ts';
import { twinModels } from '../../scripts/bench/twins.ts';
import { hasEmulator } from '../support/firmware.ts';

const textOf = (path: string) => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');
const committed = JSON.parse(textOf('test/bench.json')) as BenchFile;
const place: Place = { section: 'models', model: 'b', target: 'stm32f7', objective: 'balanced' };
const figures: Figures = { ...Object.values(committed.twins)[0]!.stm32f7!.balanced! };

describe('the committed figures', () => {
  test('are what docs/bench.md and docs/cycles.md show', () => {
    expect(textOf('docs/bench.md')).toBe(benchDocument(committed));
    expect(textOf('docs/cycles.md')).toBe(withBoards(textOf('docs/cycles.md'), committed));
  });

  test('hold every limit', () => {
    expect(checksOf(committed).filter(({ passes }) => !passes)).toEqual([]);
  });
});

describe('figures of one build', () => {
  const empty: BenchFile = { compiler: '12', models: {}, twins: {} };

  test('go to their place, models in order', () => {
    const file = withFigures(withFigures(empty, place, figures), { ...place, model: 'a' }, figures);
    expect(Object.keys(file.models)).toEqual(['a', 'b']);
    expect(file.models.a!.stm32f7!.balanced).toEqual(figures);
    expect(empty.models).toEqual({});
  });

  test('differ by name, or are missing', () => {
    const file = withFigures(empty, place, figures);
    expect(differencesOf(place, figures, file)).toEqual([]);
    expect(differencesOf(place, { ...figures, stackBytes: 7 }, file)).toEqual([
      `b stm32f7 balanced: stackBytes 7, committed ${figures.stackBytes}`,
    ]);
    expect(differencesOf({ ...place, target: 'stm32f4' }, figures, file)).toEqual([
      'b stm32f4 balanced: not in the committed file',
    ]);
  });
});

test('the twins are the same bytes everywhere', () => {
  const hashes = twinModels().map(({ name, bytes }) => `${name} ${createHash('sha256').update(bytes).digest('hex')}`);
  expect(hashes).toMatchInlineSnapshot(`
    [
      "mobilenet_v1_025_96 044d5110bbcfd27088f100e0dc608da289f44dd3779faf9db69e80ba5750a8d3",
      "resnet8 762e6b12f95daa3b4268388320f89bb1682b125d262a838234f68cb4604e8049",
      "ds_cnn 81ae0fd3951667f9c105cc6a328d6f019098f1cb10ebc734cc8c0acc998bc92a",
      "autoencoder aaa3f492d273ab2629f45c5c1a27ce5b82414f5f2725f25e6d3c2adef7c8e183",
    ]
  `);
});

describe.skipIf(!(await hasEmulator()))('a twin measured anew', () => {
  test.each(['ds_cnn', 'autoencoder'])('%s: as committed, predicted within a tenth', async (name) => {
    const model = twinModels().find((twin) => twin.name === name)!;
    const { figures: measured, compiler } = await measure(model, 'stm32f7', 'balanced', false);
    const at: Place = { section: 'twins', model: name, target: 'stm32f7', objective: 'balanced' };
    const error = predictionErrorPercent(measured.predictedInstructions, measured.instructions)!;
    expect(Math.abs(error)).toBeLessThanOrEqual(10);
    // without a host compiler there is no plugin, and so no estimate of cycles
    if (compiler === committed.compiler && measured.cycles !== null) {
      expect(differencesOf(at, measured, committed)).toEqual([]);
    }
  });
});
