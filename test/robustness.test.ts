import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { loadAssets, loadTargetTexts } from '../compiler/cli/assets.ts';
import { DiagnosticError } from '../compiler/diagnostics/index.ts';
import { compile } from '../compiler/pipeline.ts';
import type { Objective } from '../compiler/schedule/index.ts';
import { parseTarget } from '../compiler/targets/index.ts';
import { byteFlips, type Mutant, truncations } from './support/mutations.ts';
import { zooFolder } from './support/zoo.ts';

/** CPU time that one damaged file may take. */
const maximumMilliseconds = 2000;

const assets = await loadAssets();
const target = parseTarget(await loadTargetTexts(), 'stm32f7');

/** Why a damaged file is not handled as it must be; null if it compiles or is refused by a 1xxx to 4xxx diagnostic. */
function faultOf(mutant: Mutant, fileName: string, objective: Objective): string | null {
  const start = process.cpuUsage();
  try {
    compile(mutant.bytes, { fileName, target, assets, objective });
  } catch (error) {
    if (!(error instanceof DiagnosticError)) {
      return `${mutant.what}: ${error instanceof Error ? error.stack : error}`;
    }
    const other = error.diagnostics.find(({ code }) => !/^MSC[1-4]\d{3}$/.test(code));
    if (other !== undefined) {
      return `${mutant.what}: ${other.code} ${other.name}`;
    }
  }
  const { user, system } = process.cpuUsage(start);
  return user + system > maximumMilliseconds * 1000 ? `${mutant.what}: ${(user + system) / 1000} ms` : null;
}

/** Many copies without a search for schedules, which a flipped weight does not change, and a few with it. */
function faultsOf(path: string): readonly string[] {
  return [
    ...faultsFor(path, { cuts: 100, flips: 200 }, 'size'),
    ...faultsFor(path, { cuts: 5, flips: 15 }, 'balanced'),
  ];
}

function faultsFor(
  path: string,
  counts: { readonly cuts: number; readonly flips: number },
  objective: Objective,
): readonly string[] {
  const bytes = new Uint8Array(readFileSync(path));
  const fileName = basename(path).startsWith('model.') ? basename(dirname(path)) : basename(path);
  const mutants = [...truncations(bytes, counts.cuts), ...byteFlips(bytes, counts.flips, 7)];
  return mutants.map((mutant) => faultOf(mutant, fileName, objective)).filter((fault) => fault !== null);
}

// A sample; `npm run fuzz` takes as many copies of as many models as one likes.
describe('a damaged model is compiled or refused, never a crash or a hang', { timeout: 240_000 }, () => {
  test.each(['digits.ms', 'digits.tflite'])('%s', (name) => {
    const path = fileURLToPath(new URL(`../examples/digits/${name}`, import.meta.url));
    expect(faultsOf(path)).toEqual([]);
  });

  test.each([
    'tflite/hello_world_int8/model.tflite',
    'tflite/hello_world_float/model.tflite',
    'tflite/keyword_scrambled_8bit/model.tflite',
    'tflite/mnist_lstm_int8/model.tflite',
    'tflite/kws_dscnn_int8/model.tflite',
    'ms/int8/hello_world_int8.ms',
    'ms/int8/kws_dscnn_int8.ms',
  ])('%s', (name) => {
    const path = `${zooFolder}/${name}`;
    if (zooFolder === null || !existsSync(path)) {
      process.stdout.write(`skipped: ${name} is not beside the project\n`);
      return;
    }
    expect(faultsOf(path)).toEqual([]);
  });
});
