import { createHash } from 'node:crypto';
import {
  type BundleView,
  cNameFrom,
  emitBundle,
  type OutputFile,
  viewOfBundle,
  viewOfProgram,
} from './codegen/index.ts';
import { type Diagnostic, stopOnErrors } from './diagnostics/index.ts';
import type { ImportedModel } from './frontends/index.ts';
import type { Graph } from './ir/index.ts';
import { checkBudgets } from './memory/check-budget.ts';
import { checkFit } from './memory/check-fit.ts';
import { nothingPlaced } from './memory/place.ts';
import { planInBestOrder } from './memory/plan-in-best-order.ts';
import { planLive, planShared, planSharedWithin, type SharedPlan, withPersistentPorts } from './memory/plan-shared.ts';
import { baseName, type CompileOptions, type CompileResult, readGraph } from './pipeline.ts';
import { chooseKernelsTogether, codeGoalOf, isasOf, modelledCodeBytes } from './schedule/index.ts';
import { mscVersion } from './version.ts';

/** A model of a bundle. */
export interface BundleModel {
  readonly bytes: Uint8Array;
  readonly fileName: string;
  /** In front of the model's own symbols; made from the file's name if absent. */
  readonly cName?: string;
}

export interface BundleOptions
  extends Omit<
    CompileOptions,
    'fileName' | 'cName' | 'io' | 'stopAfter' | 'flashBytes' | 'memoryBudgets' | 'streamInput'
  > {
  /** In front of the symbols that all models share; no model has this name. */
  readonly cName: string;
  /** Inputs and outputs of a model keep their content while others run. */
  readonly live?: boolean;
}

/** What compiling several models together makes. */
export interface BundleResult {
  readonly cName: string;
  /** Each as if compiled alone, but with its place in the one arena, and with the files of all. */
  readonly models: readonly CompileResult[];
  readonly plan: SharedPlan;
  readonly view: BundleView;
  /** Of the kernels of all models and what calls them: modelled. */
  readonly codeBytes: number;
  readonly files: readonly OutputFile[];
  readonly diagnostics: readonly Diagnostic[];
}

/** A graph of a bundle, after the passes. */
export interface BundleGraph {
  readonly graph: Graph;
  readonly cName: string;
  readonly modelName: string;
  readonly sha256: string;
}

/** The name that a model of a bundle gets. */
export function cNameOfModel({ cName, fileName }: Pick<BundleModel, 'cName' | 'fileName'>): string {
  return cName ?? cNameFrom(baseName(fileName));
}

/**
 * Compiles several models to one C file: one copy of the kernels, and one arena, on which one of them runs at a time. Pure, as
 * `compile` is. The models' names must differ from each other and from the bundle's.
 */
export function compileTogether(models: readonly BundleModel[], options: BundleOptions): BundleResult {
  const read = models.map((model) => ({
    ...readGraph(model.bytes, {
      fileName: model.fileName,
      ...(options.onPass === undefined ? {} : { onPass: options.onPass }),
    }),
    cName: cNameOfModel(model),
    modelName: model.fileName,
    sha256: createHash('sha256').update(model.bytes).digest('hex'),
  }));
  const bundle = compileGraphsTogether(read, options);
  return { ...bundle, models: bundle.models.map((model, i) => ({ ...model, ...fileOf(read[i]!) })) };
}

function fileOf({ imported, sha256 }: { readonly imported: ImportedModel; readonly sha256: string }) {
  return { imported, sha256 };
}

/** The second half of `compileTogether`: from optimised graphs to the files. */
export function compileGraphsTogether(
  graphs: readonly BundleGraph[],
  options: BundleOptions,
): Omit<BundleResult, 'models'> & { readonly models: readonly Omit<CompileResult, 'imported' | 'sha256'>[] } {
  const { target, assets, cName } = options;
  const live = options.live ?? false;
  const alignment = target.features.cacheLineBytes;
  const objective = options.objective ?? 'balanced';
  const lowering = { rounding: options.rounding ?? 'double' } as const;
  const programsOf = (list: readonly Graph[], ramBytes: number | undefined) =>
    chooseKernelsTogether(list, { isas: isasOf(target), objective, lowering }).map(
      (steps, i) =>
        planInBestOrder(list[i]!, steps, {
          objective,
          lowering,
          alignmentBytes: alignment,
          ...(ramBytes === undefined ? {} : { ramBytes }),
        }).program,
    );
  const planFor = (ramBytes: number | undefined) => {
    const mixed = programsOf(
      graphs.map(({ graph }) => graph),
      ramBytes,
    );
    return live
      ? planLive(
          programsOf(
            graphs.map(({ graph }) => withPersistentPorts(graph)),
            ramBytes,
          ).map((apart, i) => ({
            apart,
            mixed: mixed[i]!,
          })),
          alignment,
        )
      : planShared(
          mixed.map((program) => ({ program, kept: [] })),
          alignment,
        );
  };
  const plan = options.ramBytes === undefined ? planFor(undefined) : planSharedWithin(options.ramBytes, planFor);
  const arena = options.arena ?? 'static';
  const models = graphs.map(({ graph, cName: name, modelName, sha256 }, i) => {
    const program = { ...plan.programs[i]!, graph: { ...graph, nodes: plan.programs[i]!.graph.nodes } };
    const provenance = {
      mscVersion,
      modelName: modelName.replace(/^.*[\\/]/, ''),
      modelSha256: sha256,
      target: target.name,
    };
    const view = viewOfProgram(program, plan.plans[i]!, {
      cName: name,
      arena,
      provenance,
      placement: nothingPlaced,
      kernels: assets.kernels,
    });
    const codeBytes = modelledCodeBytes([program], codeGoalOf(objective));
    return {
      cName: name,
      graph: program.graph,
      program,
      plan: plan.plans[i]!,
      tiling: null,
      view,
      objective,
      codeBytes,
    };
  });
  const view = viewOfBundle(
    models.map((model) => model.view),
    {
      cName,
      arena,
      live,
      arenaSize: plan.sizeBytes,
      provenance: { mscVersion, target: target.name },
      kernels: assets.kernels,
    },
  );
  const codeBytes = modelledCodeBytes(plan.programs, codeGoalOf(objective));
  const diagnostics = [
    ...checkFit(target, models[0]!.program, plan.plans[0]!, view.weightBytes, 'never'),
    ...checkBudgets(options.ramBytes === undefined ? {} : { ramBytes: options.ramBytes }, plan.plans[0]!, {
      weightBytes: view.weightBytes,
      codeBytes,
    }),
  ];
  stopOnErrors(diagnostics);
  const files = emitBundle(view, assets.templates);
  return {
    cName,
    models: models.map((model) => ({ ...model, files, diagnostics })),
    plan,
    view,
    codeBytes,
    files,
    diagnostics,
  };
}
