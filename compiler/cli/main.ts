#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { mscVersion } from '../version.ts';
import { addCompileCommand } from './compile.ts';
import { addDoctorCommand } from './doctor.ts';
import { addInspectCommand } from './inspect.ts';
import { addOperatorsCommand } from './operators.ts';
import { addPlanCommand } from './plan.ts';
import { addRunCommand } from './run.ts';
import { addTargetsCommand } from './targets.ts';

/** Exit code of a wrong command line. */
const usageExitCode = 2;

const program = new Command('msc')
  .description('Compiles neural networks to dependency-free C for microcontrollers, and proves the result.')
  .version(mscVersion)
  .showHelpAfterError('(see --help)')
  .exitOverride();

addCompileCommand(program);
addRunCommand(program);
addInspectCommand(program);
addTargetsCommand(program);
addOperatorsCommand(program);
addDoctorCommand(program);
addPlanCommand(program);
program.commands.forEach((command) => {
  command.exitOverride().showHelpAfterError(`(see msc ${command.name()} --help)`);
});

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) {
    throw error;
  }
  process.exitCode = error.exitCode === 0 ? 0 : usageExitCode;
}
