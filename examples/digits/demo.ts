/** `npm run demo`: compiles the digit classifier, runs it on an emulated STM32F7, and shows what it saw and what it cost. */
import { readFile } from 'node:fs/promises';
import pc from 'picocolors';
import { loadAssets } from '../../compiler/cli/assets.ts';
import { type ExecutionResult, execute } from '../../compiler/cli/execute.ts';
import { runCommand } from '../../compiler/cli/failure.ts';
import { targetOption } from '../../compiler/cli/options.ts';
import { type CompileResult, compile } from '../../compiler/pipeline.ts';
import { compileReport } from '../../compiler/report/report.ts';
import { grouped, table } from '../../compiler/report/text.ts';
import type { Target } from '../../compiler/targets/index.ts';
import { drawDigit, drawingWidth } from './draw.ts';
import { type TestDigit, testDigits } from './test-digits.ts';
import { classOf } from './training/accuracy.ts';

const fileName = 'digits.ms';
const targetName = 'stm32f7';
const drawingsPerRow = 5;

await runCommand(false, async () => {
  const [target, assets, model] = await Promise.all([
    targetOption(targetName),
    loadAssets(),
    readFile(new URL(fileName, import.meta.url)),
  ]);
  const objective = 'balanced';
  const result = compile(model, { fileName, target, assets, objective });
  const digits = testDigits();
  const request = { result, target, objective, inputs: digits.map(({ input }) => input) } as const;
  const execution = await execute({ ...request, executor: 'auto' });
  const reference = await execute({ ...request, executor: 'reference' });
  const equal = execution.outputs.filter((bytes, i) => Buffer.compare(bytes, reference.outputs[i]!) === 0).length;
  const answers = digits.map((digit, i) => answerTo(digit, execution.outputs[i]!));
  console.log(
    [
      '',
      ...drawings(answers),
      ...costs(result, execution, target),
      '',
      ...layerTable(result, execution),
      '',
      verdict(answers, equal, execution),
      '',
    ].join('\n'),
  );
  process.exitCode = equal === digits.length ? 0 : 4;
});

interface Answer {
  readonly digit: TestDigit;
  readonly predicted: number;
  readonly percent: number;
}

/** Softmax gives the probability of every class in steps of 1/256 from -128. */
function answerTo(digit: TestDigit, output: Uint8Array): Answer {
  const scores = new Int8Array(output);
  const predicted = classOf(scores);
  return { digit, predicted, percent: Math.round((100 * (scores[predicted]! + 128)) / 256) };
}

/** The digits side by side, under each what it is and what the network takes it for. */
function drawings(answers: readonly Answer[]): readonly string[] {
  const lines: string[] = [];
  for (let start = 0; start < answers.length; start += drawingsPerRow) {
    const row = answers.slice(start, start + drawingsPerRow);
    const pictures = row.map(({ digit }) => drawDigit(digit.pixels));
    lines.push(...pictures[0]!.map((_, line) => pictures.map((picture) => picture[line]).join('  ')));
    lines.push(row.map(caption).join('  '), '');
  }
  return lines;
}

function caption({ digit, predicted, percent }: Answer): string {
  const text = `  ${digit.label} → ${predicted}  ${percent} %`.padEnd(drawingWidth);
  return predicted === digit.label ? pc.green(text) : pc.red(text);
}

function costs(result: CompileResult, execution: ExecutionResult, target: Target): readonly string[] {
  const { memory, flash } = compileReport(result, target.name, 'balanced');
  const { sizes, emptySizes, instructions } = execution;
  const rows: [string, string, string][] = [];
  if (sizes !== null && emptySizes !== null) {
    const code = sizes.text + sizes.data - emptySizes.text - emptySizes.data - flash.weightBytes;
    rows.push([
      'flash',
      grouped(flash.weightBytes + code),
      `bytes: weights ${grouped(flash.weightBytes)}, code ${grouped(code)}`,
    ]);
  }
  const arena = `arena ${grouped(memory.arenaBytes)}, no plan is below ${grouped(memory.lowerBoundBytes)}`;
  rows.push(
    execution.stackBytes === null
      ? ['RAM', grouped(memory.arenaBytes), `bytes: ${arena}`]
      : [
          'RAM',
          grouped(memory.arenaBytes + execution.stackBytes),
          `bytes: ${arena}; stack ${grouped(execution.stackBytes)}`,
        ],
  );
  if (instructions !== null) {
    rows.push([
      'work',
      grouped(instructions.total),
      `instructions an image, counted exactly (${instructions.countedBy})`,
    ]);
    if (target.clockHz !== null) {
      const milliseconds = (1000 * instructions.total) / target.clockHz;
      const clock = `${target.clockHz / 1e6} MHz`;
      rows.push([
        'time',
        milliseconds.toFixed(1),
        `ms at ${clock}, an estimate: one instruction a cycle, no waiting for flash`,
      ]);
    }
  }
  const head = `${fileName} on ${target.name}, by ${execution.emulator.name} ${execution.emulator.version}`;
  return [
    pc.bold(head),
    ...table(['', '', ''], rows, [false, true, false])
      .slice(1)
      .map((line) => `  ${line}`),
  ];
}

function layerTable(result: CompileResult, execution: ExecutionResult): readonly string[] {
  const steps = execution.instructions?.steps ?? null;
  const rows = compileReport(result, targetName, 'balanced').layers.map((layer, i) => [
    layer.name,
    layer.kernel,
    grouped(layer.macs),
    steps === null ? '-' : grouped(steps[i]!),
  ]);
  const [head, ...lines] = table(['layer', 'kernel', 'MACs', 'instructions'], rows, [false, false, true, true]);
  return [pc.dim(`  ${head}`), ...lines.map((line) => `  ${line}`)];
}

function verdict(answers: readonly Answer[], equal: number, execution: ExecutionResult): string {
  const right = answers.filter(({ digit, predicted }) => digit.label === predicted).length;
  const count = answers.length;
  return [
    `${right} of ${count} digits recognised; `,
    `${equal} of ${count} outputs of ${execution.emulator.name} equal the reference, byte for byte.`,
  ].join('');
}
