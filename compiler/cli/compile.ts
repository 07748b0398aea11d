import type { Command } from 'commander';
import type { ArenaMode } from '../codegen/index.ts';
import { fail, formatDiagnostic } from '../diagnostics/index.ts';
import { printGraph } from '../ir/index.ts';
import { passes } from '../passes/index.ts';
import { type CompileResult, compile, readGraph } from '../pipeline.ts';
import { type CompileReport, compileReport, memoryLines } from '../report/report.ts';
import { grouped } from '../report/text.ts';
import { loadAssets } from './assets.ts';
import { compileAndWriteTogether } from './compile-together.ts';
import { runCommand } from './failure.ts';
import {
  flashHelp,
  flashOption,
  ioHelp,
  ioOption,
  nameOption,
  objectiveOption,
  oneOf,
  optimizeHelp,
  targetOption,
} from './options.ts';
import { printPareto } from './pareto.ts';
import { placeHelp, placeOption } from './place.ts';
import { checkRam, ramHelp, ramOption, repeated } from './ram.ts';
import { readInputFile } from './read-input.ts';
import { writeFiles } from './write-files.ts';

/** The options of `msc compile`. */
export interface CompileFlags {
  readonly target: string;
  readonly output: string;
  readonly name?: string;
  readonly sharedArena?: boolean;
  readonly as?: string;
  readonly live?: boolean;
  readonly streamInput?: boolean;
  readonly arena: string;
  readonly io: string;
  readonly optimize: string;
  readonly ram?: readonly string[];
  readonly flash?: string;
  readonly place?: readonly string[];
  readonly pareto?: boolean;
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
    .description('compile a model to one .c and one .h file, or several to one .c and a .h each')
    .argument('<models...>', 'a MindSpore Lite .ms or TensorFlow Lite .tflite file; several with --shared-arena')
    .requiredOption('-t, --target <name>', 'what to compile for; `msc targets` lists the names')
    .option('-o, --output <folder>', 'where to write the files', '.')
    .option(
      '--name <identifier>',
      "prefix of every C symbol, and the files' name (default: from the model's file name)",
    )
    .option('--arena <mode>', 'who owns the RAM: static (in the .c) or caller (re-entrant)', 'static')
    .option('--io <mode>', ioHelp, 'arena')
    .option('--optimize <goal>', optimizeHelp, 'balanced')
    .option('--ram <bytes>', ramHelp, repeated)
    .option('--flash <bytes>', flashHelp)
    .option('--stream-input', 'take the input row by row: <name>_push_row() instead of <name>_run()')
    .option(
      '--shared-arena',
      'several models in one .c: one arena, on which one runs at a time, and one copy of the kernels',
    )
    .option('--as <names>', 'with --shared-arena: prefixes of the models, separated by commas; --name is that of all')
    .option('--live', 'with --shared-arena: inputs and results of a model keep their content while others run')
    .option('--place <what=memory...>', placeHelp)
    .option('--pareto', 'print what RAM, instructions and flash can be, with the flags for each; write nothing')
    .option('--json', 'print the report as JSON on stdout')
    .option('-v, --verbose', 'print a line per phase on stderr')
    .option('--print-after <pass>', 'print the graph after every run of this pass (or `all`) on stderr')
    .option('--stop-after <pass>', 'stop after the first run of this pass, print the graph and write nothing')
    .addHelpText(
      'after',
      '\nExamples:\n  msc compile person_detect.ms --target stm32f7 -o out/\n' +
        '  msc compile wake.tflite person_detect.ms --target stm32f7 -o out/ --shared-arena --name vision',
    )
    .action((models: readonly string[], flags: CompileFlags) =>
      runCommand(flags.json === true, () => compileCommand(models, flags)),
    );
}

async function compileCommand(paths: readonly string[], flags: CompileFlags): Promise<void> {
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
    io: ioOption(flags),
    objective: objectiveOption(flags.optimize),
    ...ramOption(flags.ram),
    ...flashOption(flags.flash),
    place: placeOption(flags.place),
    streamInput: flags.streamInput ?? false,
    ...(flags.name === undefined ? {} : { cName: nameOption(flags.name) }),
  };
  if (options.arena === 'caller' && options.place.some(({ what }) => what === 'arena')) {
    fail('invalid-option', {
      where: '--place',
      found: 'a place for the arena with --arena caller',
      requires: 'a static arena: that of a caller lies where the caller puts it',
    });
  }
  if (flags.sharedArena === true && flags.flash !== undefined) {
    fail('invalid-option', {
      where: '--flash',
      found: 'a limit together with --shared-arena',
      requires: 'a model alone: kernels of several are chosen together, once',
    });
  }
  if (flags.sharedArena === true && flags.streamInput === true) {
    fail('invalid-option', {
      where: '--stream-input',
      found: 'the option beside --shared-arena',
      requires: 'a model alone: between two rows of an input no other model may run on its arena',
    });
  }
  if (flags.sharedArena === true && options.place.length > 0) {
    fail('invalid-option', {
      where: '--place',
      found: 'places together with --shared-arena',
      requires: 'the macros of the generated file: <NAME>_SECTION_ARENA, _WEIGHTS, _CODE',
    });
  }
  checkRam(options, { ...options, sharedArena: flags.sharedArena ?? false });
  checkIo(flags);
  checkPareto(flags);
  checkModels(paths, flags);
  const [target, assets, contents] = await Promise.all([
    targetOption(flags.target),
    loadAssets(),
    Promise.all(paths.map(readInputFile)),
  ]);
  const models = paths.map((fileName, i) => ({ fileName, bytes: contents[i]! }));
  if (flags.stopAfter !== undefined) {
    for (const { fileName, bytes } of models) {
      const { graph } = readGraph(bytes, { fileName, stopAfter: flags.stopAfter, onPass });
      process.stdout.write(printGraph(graph));
    }
    return;
  }
  for (const { fileName, bytes } of models) {
    talk(`read ${fileName}: ${grouped(bytes.length)} bytes`);
  }
  if (flags.sharedArena === true) {
    await compileAndWriteTogether(models, flags, { target, assets, onPass, ...options });
    return;
  }
  const { fileName, bytes } = models[0]!;
  if (flags.pareto === true) {
    printPareto(
      bytes,
      { fileName, target, assets, arena: options.arena, streamInput: options.streamInput },
      flags.json === true,
    );
    return;
  }
  const result = compile(bytes, { fileName, target, assets, onPass, ...options });
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

/** The front is of a model alone, and tries every objective and budget itself. */
function checkPareto(flags: CompileFlags): void {
  const others = {
    '--shared-arena': flags.sharedArena,
    '--ram': flags.ram,
    '--flash': flags.flash,
    '--place': flags.place,
    '--stop-after': flags.stopAfter,
  };
  for (const [where, value] of Object.entries(others)) {
    if (flags.pareto === true && value !== undefined) {
      fail('invalid-option', {
        where,
        found: 'the option beside --pareto',
        requires: '--pareto without it: it tries every goal and budget by itself',
      });
    }
  }
}

/** Buffers of the caller are for one model, which takes its input as a whole. */
function checkIo(flags: CompileFlags): void {
  if (flags.io === 'caller' && flags.sharedArena === true) {
    fail('invalid-option', {
      where: '--io',
      found: 'buffers of the caller together with --shared-arena',
      requires: '--io arena, or models compiled one by one',
    });
  }
  if (flags.io === 'caller' && flags.streamInput === true) {
    fail('invalid-option', {
      where: '--io',
      found: 'buffers of the caller together with --stream-input',
      requires: '--io arena: rows are handed over as they come, and never stand in a buffer',
    });
  }
}

/** One model, or several that share an arena. */
function checkModels(paths: readonly string[], flags: CompileFlags): void {
  const refuse = (where: string, found: string) =>
    fail('invalid-option', { where, found, requires: '--shared-arena beside it' });
  if (flags.sharedArena !== true) {
    if (paths.length > 1) {
      refuse('the models', `${paths.length} files`);
    }
    if (flags.as !== undefined) {
      refuse('--as', `'${flags.as}'`);
    }
    if (flags.live === true) {
      refuse('--live', 'a model alone');
    }
  }
}

function summary(result: CompileResult, report: CompileReport, folder: string, names: readonly string[]): string {
  const { memory, flash, tiling } = report;
  const macs = report.layers.reduce((sum, layer) => sum + layer.macs, 0);
  const { stream } = result.view;
  const ofCaller = result.view.callerPorts !== null;
  const input =
    stream === null
      ? `input ${grouped(memory.inputBytes)}`
      : `input of ${grouped(memory.inputBytes)} comes in ${stream.rows} rows and is never in it as a whole`;
  const ports = `${input}, output ${grouped(memory.outputBytes)}`;
  return [
    `${result.cName}: ${report.layers.length} layers, ${grouped(macs)} MACs, for ${report.target}`,
    `  RAM    ${grouped(memory.arenaBytes)} bytes of arena (${ofCaller ? '' : `${ports}, `}` +
      `scratch ${grouped(memory.scratchBytes)}; ` +
      `${memory.optimal ? 'no plan of this schedule is smaller' : `no plan is below ${grouped(memory.lowerBoundBytes)}`})`,
    ...memoryLines(memory.memories).map((line) => `         ${line}`),
    ...(ofCaller ? [`  caller ${ports}: in buffers of the caller`] : []),
    `  flash  ${grouped(flash.weightBytes)} bytes of weights and tables, plus about ${grouped(flash.modelledCodeBytes)} of code ` +
      `with ${result.objective === 'size' ? '-Os' : '-O2'} (modelled; \`msc run\` measures it)`,
    ...(tiling === null
      ? []
      : [`  tiles  ${tiling.tiles} strips of columns, one after another, of ${layersText(tiling.layers)}`]),
    `  work   ${grouped(report.predictedInstructions)} instructions, predicted`,
    `  files  ${names.map((name) => (folder === '.' ? name : `${folder.replace(/\/$/, '')}/${name}`)).join('  ')}`,
    '',
  ].join('\n');
}

function layersText(layers: readonly string[]): string {
  const [first, last] = [layers[0]!, layers.at(-1)!];
  return layers.length === 1 ? first : `${first} to ${last} (${layers.length} layers)`;
}
