import type { BundleResult } from '../bundle.ts';
import type { Diagnostic } from '../diagnostics/index.ts';
import { type CompileReport, compileReport, reportSchema } from './report.ts';

/** What is known of models that were compiled together. */
export interface BundleReport {
  readonly schema: typeof reportSchema;
  readonly name: string;
  readonly target: string;
  readonly memory: {
    /** The one arena, inputs, outputs and states of all models included. */
    readonly arenaBytes: number;
    /** No plan of the same programs is smaller where one runs at a time and states keep their content. */
    readonly lowerBoundBytes: number;
    /** Inputs and outputs keep their content while other models run. */
    readonly live: boolean;
  };
  readonly flash: {
    readonly codeBytes: number | null;
    readonly modelledCodeBytes: number;
    readonly weightBytes: number;
  };
  /** Each model's own report; its arena is what it would need alone. */
  readonly models: readonly CompileReport[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The report of models compiled together. */
export function bundleReport(result: BundleResult, targetName: string): BundleReport {
  return {
    schema: reportSchema,
    name: result.cName,
    target: targetName,
    memory: {
      arenaBytes: result.plan.sizeBytes,
      lowerBoundBytes: result.plan.plans[0]!.lowerBoundBytes,
      live: result.view.live,
    },
    flash: { codeBytes: null, modelledCodeBytes: result.codeBytes, weightBytes: result.view.weightBytes },
    models: result.models.map((model, i) => {
      const report = compileReport(model, targetName);
      return { ...report, memory: { ...report.memory, arenaBytes: result.plan.ownBytes[i]! }, diagnostics: [] };
    }),
    diagnostics: result.diagnostics,
  };
}
