import type { Command } from 'commander';
import { fail } from '../diagnostics/index.ts';
import { describeViolation, parseBufferTable, planMemory, printBufferTable, validatePlan } from '../memory/index.ts';
import { reportSchema } from '../report/report.ts';
import { grouped } from '../report/text.ts';
import { runCommand } from './failure.ts';
import { readInputFile } from './read-input.ts';

interface PlanFlags {
  readonly capacity?: string;
  readonly iterations: string;
  readonly json?: boolean;
}

/** `msc plan` */
export function addPlanCommand(program: Command): void {
  program
    .command('plan')
    .description('place buffers with lifetimes in one memory: reads and writes `id,lower,upper,size[,offset]`')
    .argument('<table>', 'a .csv file; a buffer is in use from step `lower` until just before `upper`')
    .option('--capacity <bytes>', 'find a plan that fits; without it, the smallest plan')
    .option('--iterations <count>', 'how much work may be spent on the search', '5000000')
    .option('--json', 'print JSON on stdout instead of the table')
    .addHelpText('after', '\nExample:\n  msc plan buffers.csv --capacity 1048576 > planned.csv')
    .action((path: string, flags: PlanFlags) => runCommand(flags.json === true, () => planCommand(path, flags)));
}

async function planCommand(path: string, flags: PlanFlags): Promise<void> {
  const capacity = flags.capacity === undefined ? null : wholeNumber('--capacity', flags.capacity);
  const maxIterations = wholeNumber('--iterations', flags.iterations);
  const buffers = parseBufferTable(new TextDecoder().decode(await readInputFile(path)), path);
  const plan = planMemory(
    { buffers, ...(capacity === null ? {} : { capacityBytes: capacity }) },
    { maxIterations, goal: capacity === null ? 'smallest' : 'fits' },
  );
  const [violation] = validatePlan({ buffers }, plan.offsets);
  if (violation !== undefined) {
    throw new Error(`the plan is wrong: ${describeViolation(violation)}`);
  }
  if (capacity !== null && plan.heightBytes > capacity) {
    fail('arena-too-large', {
      where: path,
      found:
        `the smallest plan found needs ${plan.heightBytes} bytes` +
        (plan.lowerBoundBytes > capacity || plan.optimal ? '; none is smaller than the capacity' : ''),
      requires: `at most ${capacity} bytes (the lower bound is ${plan.lowerBoundBytes})`,
      hint: 'More --iterations may find a smaller plan where the lower bound is below the capacity.',
    });
  }
  if (flags.json === true) {
    const report = {
      schema: reportSchema,
      capacity,
      height: plan.heightBytes,
      lowerBound: plan.lowerBoundBytes,
      optimal: plan.optimal,
      valid: true,
      offsets: Object.fromEntries(buffers.map(({ id }) => [id, plan.offsets.get(id)!])),
    };
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    return;
  }
  process.stdout.write(printBufferTable(buffers, plan.offsets));
  process.stderr.write(
    `${grouped(plan.heightBytes)} bytes; the lower bound is ${grouped(plan.lowerBoundBytes)}` +
      `${plan.optimal ? '; no plan is smaller' : ''}\n`,
  );
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value <= 0) {
    fail('invalid-option', { where: option, found: `'${text}'`, requires: 'a whole number above 0' });
  }
  return value;
}
