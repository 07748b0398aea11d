import { predictionErrorPercent, signedPercent } from '../../compiler/report/prediction.ts';
import { compileReport } from '../../compiler/report/report.ts';
import { grouped, table } from '../../compiler/report/text.ts';
import type { Measurement } from './measure.ts';

/** Every layer of a balanced build: what was predicted, what was counted. */
export function layerTable({ result, run }: Measurement, target: string): readonly string[] {
  const rows = compileReport(result, target).layers.map((layer, i) => {
    const counted = run.instructions?.steps?.[i] ?? null;
    const cycles = run.cycles?.steps?.[i] ?? null;
    return [
      String(i),
      layer.kernel,
      grouped(layer.macs),
      grouped(layer.predictedInstructions),
      counted === null ? '-' : grouped(counted),
      cycles === null ? '-' : grouped(cycles),
      signedPercent(predictionErrorPercent(layer.predictedInstructions, counted)),
      counted === null || layer.macs === 0 ? '-' : (counted / layer.macs).toFixed(2),
    ];
  });
  return table(['step', 'kernel', 'MACs', 'predicted', 'instructions', 'cycles', 'error', 'per MAC'], rows, [
    true,
    false,
    true,
    true,
    true,
    true,
    true,
    true,
  ]);
}
