import { createHash } from 'node:crypto';
import {
  type ArenaMode,
  cNameFrom,
  emitModel,
  type IoMode,
  type KernelSources,
  type ModelView,
  type OutputFile,
  type TemplateSources,
  viewOfProgram,
} from './codegen/index.ts';
import { type Diagnostic, stopOnErrors } from './diagnostics/index.ts';
import { buildGraph } from './frontends/build-graph.ts';
import { type ImportedModel, readModel } from './frontends/index.ts';
import type { Graph } from './ir/index.ts';
import { checkFit } from './memory/check-fit.ts';
import { type PlacementRequest, placeProgram } from './memory/place.ts';
import { planInBestOrder } from './memory/plan-in-best-order.ts';
import type { ArenaPlan } from './memory/plan-program.ts';
import type { Rounding } from './numerics/index.ts';
import { type Pass, runPasses } from './passes/index.ts';
import { chooseKernels, isasOf, type Objective, type Program } from './schedule/index.ts';
import type { Target } from './targets/index.ts';
import { mscVersion } from './version.ts';

/** Files that the compiler reads besides the model, as text: the caller loads them, so that compiling touches no disk. */
export interface Assets {
  readonly kernels: KernelSources;
  readonly templates: TemplateSources;
}

export interface CompileOptions {
  /** Of the model, for diagnostics and for names. */
  readonly fileName: string;
  readonly target: Target;
  readonly assets: Assets;
  /** In front of every generated symbol; made from the file's name if absent. */
  readonly cName?: string;
  readonly arena?: ArenaMode;
  /** Where inputs and outputs lie; the default is the arena. */
  readonly io?: IoMode;
  readonly objective?: Objective;
  readonly rounding?: Rounding;
  /** Takes the fastest schedule whose arena is at most this large. */
  readonly ramBytes?: number;
  /** What lies in which memory of the target. */
  readonly place?: readonly PlacementRequest[];
  /** Ends the optimisation after the first run of this pass. */
  readonly stopAfter?: string;
  /** Sees the graph after every run of a pass. */
  readonly onPass?: (pass: Pass, graph: Graph) => void;
}

/** What a compilation makes: the files, and every stage on the way to them. */
export interface CompileResult {
  readonly imported: ImportedModel;
  readonly sha256: string;
  readonly cName: string;
  /** After the passes, in the order of execution. */
  readonly graph: Graph;
  readonly program: Program;
  readonly plan: ArenaPlan;
  readonly view: ModelView;
  readonly files: readonly OutputFile[];
  /** Warnings and notes; errors are thrown. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads a model and optimises its graph: what `compile` starts with. */
export function readGraph(
  model: Uint8Array,
  options: Pick<CompileOptions, 'fileName' | 'stopAfter' | 'onPass'>,
): { readonly imported: ImportedModel; readonly graph: Graph } {
  const imported = readModel(model, options.fileName);
  const graph = runPasses(buildGraph(imported), {
    ...(options.stopAfter === undefined ? {} : { stopAfter: options.stopAfter }),
    ...(options.onPass === undefined ? {} : { onPass: options.onPass }),
  });
  return { imported, graph };
}

/**
 * Compiles a model to C. Pure: the same bytes and options give the same files everywhere.
 * Throws a DiagnosticError with every finding of the phase that failed.
 */
export function compile(model: Uint8Array, options: CompileOptions): CompileResult {
  const { imported, graph } = readGraph(model, options);
  const sha256 = createHash('sha256').update(model).digest('hex');
  const cName = options.cName ?? cNameFrom(baseName(options.fileName));
  return { imported, sha256, ...compileGraph(graph, { ...options, cName, modelName: options.fileName, sha256 }) };
}

/** The second half of `compile`: from an optimised graph to the files. */
export function compileGraph(
  graph: Graph,
  options: Omit<CompileOptions, 'fileName' | 'cName' | 'stopAfter' | 'onPass'> & {
    readonly cName: string;
    readonly modelName: string;
    readonly sha256: string;
  },
): Omit<CompileResult, 'imported' | 'sha256'> {
  const { target, assets, cName } = options;
  const objective = options.objective ?? 'balanced';
  const { cacheLineBytes } = target.features;
  const callerPorts = options.io === 'caller';
  const lowering = { rounding: options.rounding ?? 'double' } as const;
  const { program, plan } = planInBestOrder(
    graph,
    chooseKernels(graph, { isas: isasOf(target), objective, lowering }),
    {
      objective,
      lowering,
      alignmentBytes: cacheLineBytes,
      callerPorts,
      ...(options.ramBytes === undefined ? {} : { ramBytes: options.ramBytes }),
    },
  );
  const view = viewOfProgram(program, plan, {
    cName,
    arena: options.arena ?? 'static',
    ...(callerPorts ? { callerPorts: { cacheLineBytes } } : {}),
    provenance: {
      mscVersion,
      modelName: options.modelName.replace(/^.*[\\/]/, ''),
      modelSha256: options.sha256,
      target: target.name,
    },
    kernels: assets.kernels,
    placement: placeProgram(target, program, plan, options.place ?? []),
  });
  const diagnostics = checkFit(target, plan, view.weightBytes);
  stopOnErrors(diagnostics);
  return { cName, graph: program.graph, program, plan, view, files: emitModel(view, assets.templates), diagnostics };
}

/** A path's last part without its ending: file names of models are the same on every system. */
export function baseName(path: string): string {
  return path.replace(/^.*[\\/]/, '').replace(/\.[A-Za-z0-9]+$/, '');
}
