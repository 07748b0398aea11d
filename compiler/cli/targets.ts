import type { Command } from 'commander';
import { reportSchema } from '../report/report.ts';
import { grouped, table } from '../report/text.ts';
import { parseTarget, totalBytes } from '../targets/index.ts';
import { loadTargetTexts } from './assets.ts';
import { runCommand } from './failure.ts';

/** `msc targets` */
export function addTargetsCommand(program: Command): void {
  program
    .command('targets')
    .description('list what msc compiles for')
    .option('--json', 'print JSON on stdout')
    .addHelpText('after', '\nExample:\n  msc targets')
    .action((flags: { readonly json?: boolean }) => runCommand(flags.json === true, () => targetsCommand(flags)));
}

async function targetsCommand(flags: { readonly json?: boolean }): Promise<void> {
  const texts = await loadTargetTexts();
  const targets = [...texts.keys()].sort().map((name) => parseTarget(texts, name));
  if (flags.json === true) {
    process.stdout.write(`${JSON.stringify({ schema: reportSchema, targets }, null, 2)}\n`);
    return;
  }
  const size = (bytes: number | null) => (bytes === null ? '-' : grouped(bytes));
  const rows = targets.map((target) => [
    target.name,
    target.core,
    size(totalBytes(target, 'ram')),
    size(totalBytes(target, 'flash')),
    target.emulators.qemu ?? '-',
    target.description,
  ]);
  const lines = table(['target', 'core', 'RAM', 'flash', 'emulated by', 'description'], rows, [
    false,
    false,
    true,
    true,
    false,
    false,
  ]);
  process.stdout.write(`${lines.join('\n')}\n`);
}
