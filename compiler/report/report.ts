import type { Diagnostic } from '../diagnostics/index.ts';
import { sizeBytesOf, type TensorId, tensorOf } from '../ir/index.ts';
import { operatorNamed } from '../ops/index.ts';
import type { CompileResult } from '../pipeline.ts';
import { grouped } from './text.ts';

/** The JSON contract's version. */
export const reportSchema = 1;

export interface LayerReport {
  readonly name: string;
  readonly operator: string;
  readonly kernel: string;
  readonly macs: number;
  /** Constants as the kernel reads them. */
  readonly weightBytes: number;
  readonly outputBytes: number;
  /** Of one inference, by the cost model that chose the kernel. */
  readonly predictedInstructions: number;
  /** Measured on an emulated core; null without one. */
  readonly instructions: number | null;
  /** How far the prediction is above what was measured; null if it was not. */
  readonly predictionErrorPercent: number | null;
  /** Estimated by a model of the core; null without a count. */
  readonly cycles: number | null;
}

/** What an arena takes of a memory. */
export interface MemoryUse {
  /** `DTCM`; of adjacent ones `SRAM1+SRAM2`. */
  readonly name: string;
  readonly arenaBytes: number;
  /** Allowed by `--ram`, or all that there is. */
  readonly capacityBytes: number;
  /** Read and written there by one inference, modelled. */
  readonly accessBytes: number;
}

/** What a plan takes of each memory; empty for an arena that lies anywhere. */
export function memoryUses({ parts }: CompileResult['plan']): readonly MemoryUse[] {
  return parts.map(({ memory, sizeBytes, accessBytes }) => ({
    name: memory.name,
    arenaBytes: sizeBytes,
    capacityBytes: memory.capacityBytes,
    accessBytes,
  }));
}

/** The same as text, a line for each memory. */
export function memoryLines(uses: readonly MemoryUse[]): readonly string[] {
  const all = Math.max(
    1,
    uses.reduce((sum, { accessBytes }) => sum + accessBytes, 0),
  );
  return uses.map(
    ({ name, arenaBytes, capacityBytes, accessBytes }) =>
      `${name} ${grouped(arenaBytes)} of ${grouped(capacityBytes)} bytes; ` +
      `${Math.round((100 * accessBytes) / all)} % of the bytes that are read and written`,
  );
}

/** What is known of a model once it is compiled, before it runs. Names and units are the same in every command. */
export interface CompileReport {
  readonly schema: typeof reportSchema;
  readonly model: { readonly name: string; readonly sha256: string; readonly format: string };
  readonly target: string;
  readonly memory: {
    /** Inputs and outputs included, unless they lie in buffers of the caller. */
    readonly arenaBytes: number;
    /** Where the arena lies, if memories were named for it or it is divided; else empty. */
    readonly memories: readonly MemoryUse[];
    /** Largest scratch of a step, inside of the arena. */
    readonly scratchBytes: number;
    /** Of all inputs; one that comes row by row is not in the arena as a whole. */
    readonly inputBytes: number;
    readonly outputBytes: number;
    /** Worst use of the stack by one inference; null if it was not run. */
    readonly stackBytes: number | null;
    /** The most that any call can need, from the machine code; null if it was not built, or cannot be told. */
    readonly stackBoundBytes: number | null;
    /** No plan of the same program is smaller. */
    readonly lowerBoundBytes: number;
    /** Proven: the arena is the smallest that the program's order, rows and overlaps allow. */
    readonly optimal: boolean;
  };
  readonly flash: {
    /** Without weights; null if it was not built. */
    readonly codeBytes: number | null;
    /** By the cost model, as long as nothing is built; `msc run` measures `codeBytes`. */
    readonly modelledCodeBytes: number;
    readonly weightBytes: number;
  };
  /** Layers of the model that are computed in strips of columns, one strip after another; null if there are none. */
  readonly tiling: { readonly tiles: number; readonly layers: readonly string[] } | null;
  /** Of one inference: the sum over the layers. */
  readonly predictedInstructions: number;
  readonly layers: readonly LayerReport[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The report of a compilation. */
export function compileReport(result: CompileResult, targetName: string): CompileReport {
  const predicted = result.program.steps.map((step) => Math.round(step.instructions));
  const sizeOf = (ids: readonly TensorId[]) =>
    ids.reduce((sum, id) => sum + sizeBytesOf(tensorOf(result.graph, id)), 0);
  return {
    schema: reportSchema,
    model: { name: result.cName, sha256: result.sha256, format: result.imported.format },
    target: targetName,
    memory: {
      arenaBytes: result.plan.sizeBytes,
      memories: memoryUses(result.plan),
      scratchBytes: result.plan.scratchBytes,
      inputBytes: sizeOf(result.graph.inputs),
      outputBytes: sizeOf(result.graph.outputs),
      stackBytes: null,
      stackBoundBytes: null,
      lowerBoundBytes: result.plan.lowerBoundBytes,
      optimal: result.plan.optimal,
    },
    flash: { codeBytes: null, modelledCodeBytes: result.codeBytes, weightBytes: result.view.weightBytes },
    tiling: result.tiling === null ? null : { tiles: result.tiling.tiles, layers: result.tiling.layers },
    predictedInstructions: predicted.reduce((sum, instructions) => sum + instructions, 0),
    layers: result.program.steps.map((step, i) => ({
      name: step.node.name,
      operator: step.node.operator,
      kernel: step.call.kernel,
      macs: operatorNamed(step.node.operator).definition.macs(step.view),
      weightBytes: result.view.steps[i]!.weightBytes,
      outputBytes: step.view.outputs.reduce((sum, tensor) => sum + sizeBytesOf(tensor), 0),
      predictedInstructions: predicted[i]!,
      instructions: null,
      predictionErrorPercent: null,
      cycles: null,
    })),
    diagnostics: result.diagnostics,
  };
}
