/**
 * Damages model files and compiles them: every copy must compile or be refused with a 1xxx to 4xxx diagnostic, within 2 s (of CPU) and
 * 500 MB, and never by an exception.
 *
 *     npm run fuzz -- [--truncations N] [--flips N] [--seed N] MODEL…
 */
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { loadAssets, loadTargetTexts } from '../compiler/cli/assets.ts';
import { DiagnosticError } from '../compiler/diagnostics/index.ts';
import { compile } from '../compiler/pipeline.ts';
import { parseTarget } from '../compiler/targets/index.ts';
import { byteFlips, type Mutant, truncations } from '../test/support/mutations.ts';

const maximumMilliseconds = 2000;
const maximumBytes = 500e6;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    truncations: { type: 'string', default: '200' },
    flips: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
  },
});
const assets = await loadAssets();
const target = parseTarget(await loadTargetTexts(), 'stm32f7');
let failures = 0;

function* mutants(bytes: Uint8Array): Generator<Mutant> {
  yield* truncations(bytes, Number(values.truncations));
  yield* byteFlips(bytes, Number(values.flips), Number(values.seed));
}

function fate(mutant: Mutant, fileName: string): string {
  try {
    compile(mutant.bytes, { fileName, target, assets });
    return 'compiled';
  } catch (error) {
    if (error instanceof DiagnosticError && error.diagnostics.every((d) => /^MSC[1-4]/.test(d.code))) {
      return error.diagnostics[0]!.code;
    }
    failures++;
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stdout.write(`${fileName}, ${mutant.what}: ${trace}\n`);
    return 'FAILED';
  }
}

for (const path of positionals) {
  const bytes = new Uint8Array(readFileSync(path));
  const fileName = basename(path).startsWith('model.') ? basename(dirname(path)) : basename(path);
  const counts = new Map<string, number>();
  let slowest = 0;
  let copies = 0;
  for (const mutant of mutants(bytes)) {
    copies++;
    // CPU time of the whole process, garbage collection included: what else the machine does is not the compiler's doing.
    const start = process.cpuUsage();
    const outcome = fate(mutant, fileName);
    const { user, system } = process.cpuUsage(start);
    const milliseconds = (user + system) / 1000;
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    slowest = Math.max(slowest, milliseconds);
    if (milliseconds > maximumMilliseconds) {
      failures++;
      process.stdout.write(`${fileName}, ${mutant.what}: ${Math.round(milliseconds)} ms\n`);
    }
  }
  const list = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([outcome, count]) => `${outcome} ${count}`);
  process.stdout.write(`${fileName}: ${copies} copies, slowest ${Math.round(slowest)} ms: ${list.join(', ')}\n`);
}
// The peak of the whole process bounds the peak of each compilation.
const peakBytes = process.resourceUsage().maxRSS * 1024;
process.stdout.write(`peak memory ${Math.round(peakBytes / 1e6)} MB, ${failures} failures\n`);
if (failures > 0 || peakBytes > maximumBytes) {
  process.exitCode = 1;
}
