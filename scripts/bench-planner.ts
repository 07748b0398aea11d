/**
 * Plans every `NAME.CAPACITY.csv` of a folder, checks each plan, and prints a table:
 * `npx tsx scripts/bench-planner.ts FOLDER [--smallest] [--iterations N]`.
 * Exits with 4 when a plan is wrong, with 3 when one does not fit its capacity.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeViolation, parseBufferTable, planMemory, validatePlan } from '../compiler/memory/index.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { smallest: { type: 'boolean' }, iterations: { type: 'string' } },
});
const [folder] = positionals;
const maxIterations = Number(values.iterations ?? 5_000_000);
if (folder === undefined || !Number.isSafeInteger(maxIterations)) {
  console.error('usage: tsx scripts/bench-planner.ts FOLDER [--smallest] [--iterations N]');
  process.exit(2);
}

const files = readdirSync(folder)
  .filter((file) => /\.\d+\.csv$/.test(file))
  .sort();
const row = (cells: readonly (string | number)[]) =>
  console.log(cells.map((cell, i) => (i === 0 ? String(cell).padEnd(20) : String(cell).padStart(11))).join(' '));
row(['instance', 'buffers', 'capacity', 'height', 'bound', 'proven', 'iterations', 'seconds']);
let totalSeconds = 0;
let exitCode = 0;
for (const file of files) {
  const capacityBytes = Number(file.split('.').at(-2));
  const buffers = parseBufferTable(readFileSync(join(folder, file), 'utf8'), file);
  const start = performance.now();
  const plan = planMemory({ buffers, capacityBytes }, { goal: values.smallest ? 'smallest' : 'fits', maxIterations });
  const seconds = (performance.now() - start) / 1000;
  totalSeconds += seconds;
  const proven = plan.optimal ? 'yes' : 'no';
  const { heightBytes, lowerBoundBytes, iterations } = plan;
  row([file, buffers.length, capacityBytes, heightBytes, lowerBoundBytes, proven, iterations, seconds.toFixed(2)]);
  for (const violation of validatePlan({ buffers }, plan.offsets)) {
    console.log(`  ${describeViolation(violation)}`);
    exitCode = 4;
  }
  if (heightBytes > capacityBytes && exitCode === 0) {
    exitCode = 3;
  }
}
row(['total', '', '', '', '', '', '', totalSeconds.toFixed(2)]);
process.exitCode = exitCode;
