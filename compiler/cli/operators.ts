import type { Command } from 'commander';
import { operators } from '../ops/index.ts';
import { reportSchema } from '../report/report.ts';
import { table } from '../report/text.ts';
import { runCommand } from './failure.ts';

/** `msc operators` */
export function addOperatorsCommand(program: Command): void {
  program
    .command('operators')
    .description('list the operators that msc compiles')
    .option('--json', 'print JSON on stdout')
    .addHelpText('after', '\nExample:\n  msc operators')
    .action((flags: { readonly json?: boolean }) =>
      runCommand(flags.json === true, async () => operatorsCommand(flags)),
    );
}

function operatorsCommand(flags: { readonly json?: boolean }): void {
  const list = operators.map((operator) => ({
    name: operator.definition.name,
    summary: operator.definition.summary,
    tflite: Object.keys(operator.tflite),
    mslite: Object.keys(operator.mslite),
    types: operator.definition.signatures,
    requires: operator.definition.constraints.map((constraint) => constraint.requires),
    kernels: operator.kernels.map((kernel) => kernel.name),
  }));
  if (flags.json === true) {
    process.stdout.write(`${JSON.stringify({ schema: reportSchema, operators: list }, null, 2)}\n`);
    return;
  }
  const rows = list.map((operator) => [
    operator.name,
    [...new Set(operator.types.map((types) => types.inputs[0]!))].join(', '),
    operator.tflite.join(', '),
    operator.mslite.join(', '),
  ]);
  const lines = table(['operator', 'types', 'TensorFlow Lite', 'MindSpore Lite'], rows, [false, false, false, false]);
  process.stdout.write(`${lines.join('\n')}\n`);
}
