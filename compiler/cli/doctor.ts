import type { Command } from 'commander';
import { reportSchema } from '../report/report.ts';
import { table } from '../report/text.ts';
import { examineTools } from '../toolchain/doctor.ts';
import { runCommand } from './failure.ts';

interface DoctorFlags {
  readonly json?: boolean;
  readonly toolchain?: string;
}

/** `msc doctor` */
export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('show which compilers and emulators are installed, and how to get the rest')
    .option('--toolchain <path>', 'the Arm compiler, or a folder that holds it')
    .option('--json', 'print JSON on stdout')
    .addHelpText('after', '\nExample:\n  msc doctor')
    .action((flags: DoctorFlags) => runCommand(flags.json === true, () => doctorCommand(flags)));
}

async function doctorCommand(flags: DoctorFlags): Promise<void> {
  const tools = await examineTools(flags.toolchain === undefined ? {} : { toolchain: flags.toolchain });
  if (flags.json === true) {
    process.stdout.write(`${JSON.stringify({ schema: reportSchema, tools }, null, 2)}\n`);
    return;
  }
  const rows = tools.map((tool) => [
    tool.name,
    tool.found === null ? (tool.required ? 'MISSING' : 'missing') : tool.found.version,
    tool.found === null ? `get it: ${tool.install}` : tool.found.path,
    tool.purpose,
  ]);
  const lines = table(['tool', 'version', 'where', 'what for'], rows, [false, false, false, false]);
  process.stdout.write(`${lines.join('\n')}\n`);
}
