import type { Command } from 'commander';
import { fail } from '../diagnostics/index.ts';
import { detectFormat } from '../frontends/index.ts';
import { describeViolation, parseBufferTable, planMemory, printBufferTable, validatePlan } from '../memory/index.ts';
import { reportSchema } from '../report/report.ts';
import { grouped } from '../report/text.ts';
import { runCommand } from './failure.ts';
import { flashHelp, optimizeHelp } from './options.ts';
import { type PlanModelFlags, planModel } from './plan-model.ts';
import { ramHelp, repeated } from './ram.ts';
import { readInputFile } from './read-input.ts';

interface PlanFlags extends PlanModelFlags {
  readonly capacity?: string;
  readonly iterations?: string;
}

const defaultIterations = '5000000';

/** `msc plan` */
export function addPlanCommand(program: Command): void {
  program
    .command('plan')
    .description('show where a model keeps its tensors, as a table or a picture; or place the buffers of a table')
    .argument(
      '<file>',
      'a .ms or .tflite model; or a .csv table `id,lower,upper,size[,offset]`, whose buffers are in use from step `lower` until ' +
        'just before `upper`: it is printed with offsets',
    )
    .option('-t, --target <name>', 'of a model: what to plan for; `msc targets` lists the names')
    .option('--svg <file>', 'of a model: draw the plan')
    .option('--optimize <goal>', `of a model: ${optimizeHelp} (default: balanced)`)
    .option('--ram <bytes>', `of a model: ${ramHelp}`, repeated)
    .option('--stream-input', 'of a model: its input comes row by row')
    .option('--flash <bytes>', `of a model: ${flashHelp}`)
    .option('--capacity <bytes>', 'of a table: find a plan that fits; without it, the smallest plan')
    .option(
      '--iterations <count>',
      `of a table: how much work may be spent on the search (default: ${defaultIterations})`,
    )
    .option('--json', 'print JSON on stdout instead of the table')
    .addHelpText(
      'after',
      '\nExamples:\n  msc plan person_detect.ms --target stm32f7 --svg plan.svg\n' +
        '  msc plan buffers.csv --capacity 1048576 > planned.csv',
    )
    .action((path: string, flags: PlanFlags) => runCommand(flags.json === true, () => planCommand(path, flags)));
}

async function planCommand(path: string, flags: PlanFlags): Promise<void> {
  const content = await readInputFile(path);
  const isTable = path.toLowerCase().endsWith('.csv') || detectFormat(content) === null;
  refuseOthers(flags, isTable);
  await (isTable ? planTableFile(path, content, flags) : planModel(path, content, flags));
}

/** What is said of a model must not be lost on a table, nor the other way round. */
function refuseOthers(flags: PlanFlags, isTable: boolean): void {
  const { target, svg, optimize, ram, flash, streamInput, capacity, iterations } = flags;
  const others = isTable
    ? {
        '--target': target,
        '--svg': svg,
        '--optimize': optimize,
        '--ram': ram,
        '--flash': flash,
        '--stream-input': streamInput,
      }
    : { '--capacity': capacity, '--iterations': iterations };
  for (const [where, value] of Object.entries(others)) {
    if (value !== undefined) {
      fail('invalid-option', {
        where,
        found: `the option beside ${isTable ? 'a table' : 'a model'}`,
        requires: isTable ? 'a .ms or .tflite model' : 'a .csv table; --ram is for models',
      });
    }
  }
}

async function planTableFile(path: string, content: Uint8Array, flags: PlanFlags): Promise<void> {
  const capacity = flags.capacity === undefined ? null : wholeNumber('--capacity', flags.capacity);
  const maxIterations = wholeNumber('--iterations', flags.iterations ?? defaultIterations);
  const buffers = parseBufferTable(new TextDecoder().decode(content), path);
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
