import { type ParetoPoint, paretoFront } from '../pareto.ts';
import type { CompileOptions } from '../pipeline.ts';
import { reportSchema } from '../report/report.ts';
import { grouped, table } from '../report/text.ts';

/** `msc compile --pareto`: prints what a model can cost, and the flags that make it so; writes no files. */
export function printPareto(
  model: Uint8Array,
  options: Omit<CompileOptions, 'objective' | 'ramBytes' | 'flashBytes'>,
  json: boolean,
): void {
  const { streamInput = false } = options;
  const points = paretoFront(model, options);
  const report = {
    schema: reportSchema,
    target: options.target.name,
    points: points.map(({ objective, ramBytes, ...figures }) => ({
      ...figures,
      flags: flagsOf({ objective, ramBytes }, streamInput),
    })),
  };
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : textOf(points, streamInput));
}

function flagsOf({ objective, ramBytes }: Pick<ParetoPoint, 'objective' | 'ramBytes'>, streamInput: boolean): string {
  return `--optimize ${objective} --ram ${ramBytes}${streamInput ? ' --stream-input' : ''}`;
}

function textOf(points: readonly ParetoPoint[], streamInput: boolean): string {
  const rows = points.map((point) => [
    grouped(point.arenaBytes),
    grouped(point.predictedInstructions),
    grouped(point.weightBytes + point.modelledCodeBytes),
    flagsOf(point, streamInput),
  ]);
  return [
    ...table(['arena', 'instructions', 'flash', 'flags'], rows, [true, true, true, false]),
    'Bytes; instructions of one inference, predicted; flash is weights, tables and modelled code. `msc run` measures them.',
    '',
  ].join('\n');
}
