import type { Command } from 'commander';
import type { ArenaMode } from '../codegen/index.ts';
import { fail, formatDiagnostic } from '../diagnostics/index.ts';
import { printGraph } from '../ir/index.ts';
import { passes } from '../passes/index.ts';
import { type CompileResult, compile, readGraph } from '../pipeline.ts';
import { type CompileReport, compileReport } from '../report/report.ts';
import { grouped } from '../report/text.ts';
import { loadAssets } from './assets.ts';
import { runCommand } from './failure.ts';
import { nameOption, objectiveOption, oneOf, targetOption } from './options.ts';
import { placeHelp, placeOption } from './place.ts';
import { readInputFile } from './read-input.ts';
import { writeFiles } from './write-files.ts';

interface CompileFlags {
  readonly target: string;
  readonly output: string;
  readonly name?: string;
  readonly arena: string;
  readonly optimize: string;
  readonly place?: readonly string[];
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly printAfter?: string;
  readonly stopAfter?: string;
}

const arenaModes: readonly ArenaMode[] = ['static', 'caller'];

/** `msc compile` */
export function addCompileCommand(program: Command): void {
  program
    .command('compile')
    .description('compile a model to one .c and one .h file')
    .argument('<model>', 'a MindSpore Lite .ms or TensorFlow Lite .tflite file')
    .requiredOption('-t, --target <name>', 'what to compile for; `msc targets` lists the names')
    .option('-o, --output <folder>', 'where to write the files', '.')
    .option(
      '--name <identifier>',
      "prefix of every C symbol, and the files' name (default: from the model's file name)",
    )
    .option('--arena <mode>', 'who owns the RAM: static (in the .c) or caller (re-entrant)', 'static')
    .option('--optimize <goal>', 'balanced, size or speed', 'balanced')
    .option('--place <what=memory...>', placeHelp)
    .option('--json', 'print the report as JSON on stdout')
    .option('-v, --verbose', 'print a line per phase on stderr')
    .option('--print-after <pass>', 'print the graph after every run of this pass (or `all`) on stderr')
    .option('--stop-after <pass>', 'stop after the first run of this pass, print the graph and write nothing')
    .addHelpText('after', '\nExample:\n  msc compile person_detect.ms --target stm32f7 -o out/')
    .action((model: string, flags: CompileFlags) =>
      runCommand(flags.json === true, () => compileCommand(model, flags)),
    );
}

async function compileCommand(path: string, flags: CompileFlags): Promise<void> {
  const passNames = passes.map((pass) => pass.name);
  if (flags.stopAfter !== undefined) {
    oneOf('--stop-after', flags.stopAfter, passNames);
  }
  if (flags.printAfter !== undefined) {
    oneOf('--print-after', flags.printAfter, ['all', ...passNames]);
  }
  const talk = (line: string) => {
    if (flags.verbose === true) {
      process.stderr.write(`${line}\n`);
    }
  };
  const onPass = (pass: { readonly name: string }, graph: Parameters<typeof printGraph>[0]) => {
    if (flags.printAfter === pass.name || flags.printAfter === 'all') {
      process.stderr.write(`after ${pass.name}:\n${printGraph(graph)}`);
    }
  };
  const options = {
    arena: oneOf('--arena', flags.arena, arenaModes),
    objective: objectiveOption(flags.optimize),
    place: placeOption(flags.place),
    ...(flags.name === undefined ? {} : { cName: nameOption(flags.name) }),
  };
  if (options.arena === 'caller' && options.place.some(({ what }) => what === 'arena')) {
    fail('invalid-option', {
      where: '--place',
      found: 'a place for the arena with --arena caller',
      requires: 'a static arena: that of a caller lies where the caller puts it',
    });
  }
  const [target, assets, bytes] = await Promise.all([targetOption(flags.target), loadAssets(), readInputFile(path)]);
  if (flags.stopAfter !== undefined) {
    const { graph } = readGraph(bytes, { fileName: path, stopAfter: flags.stopAfter, onPass });
    process.stdout.write(printGraph(graph));
    return;
  }
  talk(`read ${path}: ${grouped(bytes.length)} bytes`);
  const result = compile(bytes, {
    fileName: path,
    target,
    assets,
    onPass,
    ...options,
  });
  talk(`graph: ${result.graph.nodes.length} nodes; program: ${result.program.steps.length} kernel calls`);
  const report = compileReport(result, target.name);
  const files = [
    ...result.files.map((file) => ({ name: file.name, content: file.text })),
    { name: `${result.cName}.json`, content: `${JSON.stringify(report, null, 2)}\n` },
  ];
  await writeFiles(flags.output, files);
  for (const diagnostic of result.diagnostics) {
    process.stderr.write(`${formatDiagnostic(diagnostic)}\n`);
  }
  process.stdout.write(
    flags.json === true
      ? `${JSON.stringify(report, null, 2)}\n`
      : summary(
          result,
          report,
          flags.output,
          files.map((file) => file.name),
        ),
  );
}

function summary(result: CompileResult, report: CompileReport, folder: string, names: readonly string[]): string {
  const { memory, flash } = report;
  const macs = report.layers.reduce((sum, layer) => sum + layer.macs, 0);
  return [
    `${result.cName}: ${report.layers.length} layers, ${grouped(macs)} MACs, for ${report.target}`,
    `  RAM    ${grouped(memory.arenaBytes)} bytes of arena (input ${grouped(memory.inputBytes)}, output ${grouped(memory.outputBytes)}, ` +
      `scratch ${grouped(memory.scratchBytes)}; no plan is below ${grouped(memory.lowerBoundBytes)})`,
    `  flash  ${grouped(flash.weightBytes)} bytes of weights and tables, plus code`,
    `  files  ${names.map((name) => (folder === '.' ? name : `${folder.replace(/\/$/, '')}/${name}`)).join('  ')}`,
    '',
  ].join('\n');
}
