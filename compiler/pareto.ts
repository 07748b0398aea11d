import { createHash } from 'node:crypto';
import { cNameFrom } from './codegen/index.ts';
import { planFront } from './memory/plan-in-best-order.ts';
import { tiledFront } from './memory/plan-in-tiles.ts';
import { baseName, type CompileOptions, candidateOf, readGraph, stepsFor } from './pipeline.ts';
import type { Objective } from './schedule/index.ts';

/** A way to compile a model: no other one that was found is better in one figure and not worse in the others. */
export interface ParetoPoint {
  readonly arenaBytes: number;
  readonly predictedInstructions: number;
  readonly weightBytes: number;
  readonly modelledCodeBytes: number;
  /** Of `compile`, with which it gives exactly these figures. */
  readonly objective: Objective;
  readonly ramBytes: number;
}

/** Goals whose kernels are tried; `ram` has those of `balanced`. */
const objectives: readonly Objective[] = ['balanced', 'speed', 'size'];

/**
 * The front of RAM, instructions and flash of a model, the fastest first. Every point is what `compile` makes with the point's
 * objective and budget, as it stands, without other options that change sizes. Pure, as `compile` is.
 */
export function paretoFront(
  model: Uint8Array,
  options: Omit<CompileOptions, 'objective' | 'ramBytes' | 'flashBytes'>,
): readonly ParetoPoint[] {
  const { graph } = readGraph(model, options);
  const named = {
    ...options,
    cName: options.cName ?? cNameFrom(baseName(options.fileName)),
    modelName: options.fileName,
    sha256: createHash('sha256').update(model).digest('hex'),
  };
  const points = objectives.flatMap((objective) => {
    const wished = { ...named, objective };
    const { steps, planning } = stepsFor(graph, wished);
    const whole = planFront(graph, steps, planning);
    const tiled =
      objective === 'balanced'
        ? tiledFront(
            whole.at(-1)!,
            { ...planning, ramBytes: Number.POSITIVE_INFINITY },
            (tiles) => stepsFor(tiles, wished).steps,
          )
        : [];
    return [...whole, ...tiled].map((planned): ParetoPoint => {
      const { plan, view, codeBytes, instructions } = candidateOf(planned, wished);
      return {
        arenaBytes: plan.sizeBytes,
        predictedInstructions: instructions,
        weightBytes: view.weightBytes,
        modelledCodeBytes: codeBytes,
        objective,
        ramBytes: Math.max(1, plan.sizeBytes),
      };
    });
  });
  return points
    .filter((point, i) => !points.some((other, k) => beats(other, point, k < i)))
    .sort((a, b) => a.predictedInstructions - b.predictedInstructions || b.arenaBytes - a.arenaBytes);
}

/** True if `other` is nowhere worse than `point`, and better somewhere or as good and listed before. */
function beats(other: ParetoPoint, point: ParetoPoint, isBefore: boolean): boolean {
  const [a, b] = [figuresOf(other), figuresOf(point)];
  return a.every((value, i) => value <= b[i]!) && (isBefore || a.some((value, i) => value < b[i]!));
}

function figuresOf(point: ParetoPoint): readonly number[] {
  return [point.arenaBytes, point.predictedInstructions, point.weightBytes + point.modelledCodeBytes];
}
