import { createHash } from 'node:crypto';
import type { Command } from 'commander';
import { diagnostic, exitCodeOf, fail, formatDiagnostic } from '../diagnostics/index.ts';
import { sizeBytesOf, tensorOf } from '../ir/index.ts';
import { compile } from '../pipeline.ts';
import { compareOutputs, defaultTolerance, describeDifference, type Tolerance } from '../report/compare.ts';
import { predictionErrorPercent, signedPercent } from '../report/prediction.ts';
import { compileReport, memoryLines } from '../report/report.ts';
import type { RunReport } from '../report/run-report.ts';
import { grouped, table } from '../report/text.ts';
import { loadAssets } from './assets.ts';
import { type ExecutionResult, type Executor, execute } from './execute.ts';
import { runCommand } from './failure.ts';
import {
  flashHelp,
  flashOption,
  ioHelp,
  ioOption,
  objectiveOption,
  oneOf,
  optimizeHelp,
  targetOption,
} from './options.ts';
import { placeHelp, placeOption } from './place.ts';
import { checkRam, ramHelp, ramOption, repeated } from './ram.ts';
import { readInputFile } from './read-input.ts';
import { checkStack, stackOption } from './stack-budget.ts';
import { writeFiles } from './write-files.ts';

interface RunFlags {
  readonly target: string;
  readonly input: readonly string[];
  readonly expect?: readonly string[];
  readonly tolerance?: string;
  readonly output?: string;
  readonly emulator: string;
  readonly optimize: string;
  readonly io: string;
  readonly ram?: readonly string[];
  readonly flash?: string;
  readonly place?: readonly string[];
  readonly streamInput?: boolean;
  readonly stack?: string;
  readonly toolchain?: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
}

const executors: readonly Executor[] = ['auto', 'qemu', 'renode', 'host', 'reference'];

/** `msc run` */
export function addRunCommand(program: Command): void {
  program
    .command('run')
    .description('compile a model, run it on an emulated core and compare its outputs')
    .argument('<model>', 'a MindSpore Lite .ms or TensorFlow Lite .tflite file')
    .requiredOption('-t, --target <name>', 'what to compile for; `msc targets` lists the names')
    .requiredOption('--input <file...>', 'raw input tensors, little endian; each file is one inference, or a sequence')
    .option('--expect <file...>', 'raw output tensors that belong to the inputs, in the same order')
    .option('--tolerance <rel,abs>', 'how far float outputs may be off; integers must be equal', '1e-5,1e-6')
    .option('--output <folder>', 'write output_0.bin, output_1.bin, ... of the inputs there')
    .option('--emulator <name>', executors.join(', '), 'auto')
    .option('--io <mode>', ioHelp, 'arena')
    .option('--optimize <goal>', optimizeHelp, 'balanced')
    .option('--ram <bytes>', ramHelp, repeated)
    .option('--flash <bytes>', flashHelp)
    .option('--place <what=memory...>', placeHelp)
    .option('--stream-input', 'hand the input over row by row: <name>_push_row()')
    .option('--stack <bytes>', 'how much stack an inference may need; fails with 3 beyond')
    .option('--toolchain <path>', 'the Arm compiler, or a folder that holds it')
    .option('--json', 'print the report as JSON on stdout')
    .option('-v, --verbose', 'print every layer')
    .addHelpText(
      'after',
      '\nExample:\n  msc run person_detect.ms --target stm32f7 --input person.bin --expect golden.bin',
    )
    .action((model: string, flags: RunFlags) => runCommand(flags.json === true, () => runModel(model, flags)));
}

async function runModel(path: string, flags: RunFlags): Promise<void> {
  const tolerance = parseTolerance(flags.tolerance);
  const expectPaths = flags.expect ?? [];
  if (expectPaths.length > flags.input.length) {
    fail('invalid-option', {
      where: '--expect',
      found: `${expectPaths.length} files for ${flags.input.length} inputs`,
      requires: 'at most one for each --input',
    });
  }
  const executor = oneOf('--emulator', flags.emulator, executors);
  const objective = objectiveOption(flags.optimize);
  const io = ioOption(flags);
  const budgets = { ...ramOption(flags.ram), ...flashOption(flags.flash) };
  const place = placeOption(flags.place);
  checkRam(budgets, { place });
  const stackBudget = flags.stack === undefined ? null : stackOption(flags.stack);
  const [target, assets, bytes, inputs, expected] = await Promise.all([
    targetOption(flags.target),
    loadAssets(),
    readInputFile(path),
    Promise.all(flags.input.map(readInputFile)),
    Promise.all(expectPaths.map(readInputFile)),
  ]);
  const result = compile(bytes, {
    fileName: path,
    target,
    assets,
    objective,
    io,
    ...budgets,
    place,
    streamInput: flags.streamInput ?? false,
  });
  const execution = await execute({
    result,
    target,
    executor,
    inputs,
    objective: result.objective,
    ...(flags.toolchain === undefined ? {} : { toolchain: flags.toolchain }),
  });
  const overBudget = stackBudget === null ? [] : checkStack(execution, stackBudget);
  const outputs = result.graph.outputs.map((id) => tensorOf(result.graph, id));
  const sizes = outputs.map(sizeBytesOf);
  const differences = expected.flatMap((golden, i) => {
    const actual = execution.outputs[i]!;
    if (golden.length !== actual.length) {
      fail('wrong-input-size', {
        where: expectPaths[i]!,
        found: `${golden.length} bytes`,
        requires: `${actual.length} bytes: the outputs of the inferences of ${flags.input[i]}`,
      });
    }
    return compareOutputs(outputs, sizes, actual, golden, tolerance).map((difference) =>
      diagnostic('results-differ', { where: flags.input[i]!, found: describeDifference(difference) }),
    );
  });
  if (flags.output !== undefined) {
    await writeFiles(
      flags.output,
      execution.outputs.map((content, i) => ({ name: `output_${i}.bin`, content })),
    );
  }
  const matches = expected.length === 0 ? null : differences.length === 0;
  const found = [...differences, ...overBudget];
  const report = reportOf(compileReport(result, target.name), execution, {
    matches,
    outputs: outputs.map((tensor, i) => ({
      name: tensor.name,
      dtype: tensor.dtype,
      shape: tensor.shape,
      sha256: hashOfOutput(execution.outputs, sizes, i),
    })),
    diagnostics: found,
  });
  if (flags.json === true) {
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  } else {
    process.stdout.write(summary(report, execution, expected.length, flags.verbose === true));
  }
  if (found.length > 0) {
    // The report is on stdout already: only the text and the exit code are left.
    process.stderr.write(`${found.map(formatDiagnostic).join('\n')}\n`);
    process.exitCode = exitCodeOf(found[0]!);
  }
}

function parseTolerance(text: string | undefined): Tolerance {
  if (text === undefined) {
    return defaultTolerance;
  }
  // An empty text would be 0 as a number.
  const numbers = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const [relative, absolute, ...rest] = numbers;
  const isValid = (value: number | undefined) => value !== undefined && Number.isFinite(value) && value >= 0;
  if (!isValid(relative) || !isValid(absolute) || rest.length > 0) {
    fail('invalid-option', { where: '--tolerance', found: `'${text}'`, requires: 'two numbers: REL,ABS' });
  }
  return { relative: relative!, absolute: absolute! };
}

function hashOfOutput(outputs: readonly Uint8Array[], sizes: readonly number[], index: number): string {
  const hash = createHash('sha256');
  const perInference = sizes.reduce((sum, size) => sum + size, 0);
  const before = sizes.slice(0, index).reduce((sum, size) => sum + size, 0);
  for (const bytes of outputs) {
    for (let at = before; at < bytes.length; at += perInference) {
      hash.update(bytes.subarray(at, at + sizes[index]!));
    }
  }
  return hash.digest('hex');
}

function reportOf(
  compiled: ReturnType<typeof compileReport>,
  execution: ExecutionResult,
  compared: Pick<RunReport, 'matches' | 'outputs' | 'diagnostics'>,
): RunReport {
  const { sizes, emptySizes, instructions, cycles, stackBound } = execution;
  const codeBytes =
    sizes === null || emptySizes === null
      ? null
      : sizes.text + sizes.data - emptySizes.text - emptySizes.data - compiled.flash.weightBytes;
  return {
    ...compiled,
    emulator: execution.emulator,
    compiler: execution.compiler,
    outputs: compared.outputs,
    matches: compared.matches,
    instructions: instructions?.total ?? null,
    countedBy: instructions?.countedBy ?? null,
    predictionErrorPercent: predictionErrorPercent(compiled.predictedInstructions, instructions?.total ?? null),
    cycles: cycles?.total ?? null,
    sizes,
    emptySizes,
    memory: {
      ...compiled.memory,
      stackBytes: execution.stackBytes,
      stackBoundBytes: stackBound?.kind === 'known' ? stackBound.bytes : null,
    },
    flash: { ...compiled.flash, codeBytes },
    layers: compiled.layers.map((layer, i) => {
      const counted = instructions?.steps?.[i] ?? null;
      return {
        ...layer,
        instructions: counted,
        predictionErrorPercent: predictionErrorPercent(layer.predictedInstructions, counted),
        cycles: cycles?.steps?.[i] ?? null,
      };
    }),
    diagnostics: [...compiled.diagnostics, ...compared.diagnostics],
    notes:
      stackBound?.kind === 'unknown'
        ? [...execution.notes, `the most stack that it can need is unknown: ${stackBound.why}`]
        : execution.notes,
  };
}

function summary(report: RunReport, execution: ExecutionResult, expected: number, verbose: boolean): string {
  const count = (value: number | null) => (value === null ? '-' : grouped(value));
  const verdict =
    report.matches === null
      ? 'nothing to compare with'
      : report.matches
        ? `${expected} of ${execution.outputs.length} compared, all equal`
        : 'DIFFERENT';
  const bound = report.memory.stackBoundBytes;
  const lines = [
    `${report.model.name} on ${report.target}, by ${report.emulator.name} ${report.emulator.version}: ${verdict}`,
    `  instructions  ${count(report.instructions)}${report.countedBy === null ? '' : ` (exact, by ${report.countedBy})`}`,
    `  predicted     ${grouped(report.predictedInstructions)}${
      report.predictionErrorPercent === null ? '' : ` (${signedPercent(report.predictionErrorPercent)})`
    }`,
    `  cycles        ${count(report.cycles)}${report.cycles === null ? '' : ' (an estimate: docs/cycles.md)'}`,
    `  RAM           arena ${grouped(report.memory.arenaBytes)}, stack ${count(report.memory.stackBytes)}${bound === null ? '' : ` (at most ${grouped(bound)}, from the machine code)`}`,
    ...memoryLines(report.memory.memories).map((line) => `                ${line}`),
    `  flash         code ${count(report.flash.codeBytes)}, weights ${grouped(report.flash.weightBytes)}`,
    ...report.notes.map((note) => `  note: ${note}`),
  ];
  if (verbose) {
    if (execution.stackBound?.kind === 'known') {
      lines.push(`  most stack    ${execution.stackBound.path.join(' -> ')}`);
    }
    const rows = report.layers.map((layer, i) => [
      String(i),
      layer.name,
      layer.kernel,
      grouped(layer.macs),
      grouped(layer.predictedInstructions),
      count(layer.instructions),
      signedPercent(layer.predictionErrorPercent),
      count(layer.cycles),
      layer.instructions === null || layer.macs === 0 ? '-' : (layer.instructions / layer.macs).toFixed(2),
    ]);
    lines.push(
      '',
      ...table(['step', 'node', 'kernel', 'MACs', 'predicted', 'instructions', 'error', 'cycles', 'per MAC'], rows, [
        true,
        false,
        false,
        true,
        true,
        true,
        true,
        true,
        true,
      ]),
    );
  }
  return `${lines.join('\n')}\n`;
}
