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
import type { MemoryBudget } from './memory/arena-memories.ts';
import { checkBudgets } from './memory/check-budget.ts';
import { checkFit, type Division } from './memory/check-fit.ts';
import type { PlannedSchedule, TiledLayers } from './memory/choose-schedule.ts';
import { type PlacementRequest, placeProgram } from './memory/place.ts';
import { planForTarget } from './memory/plan-for-target.ts';
import type { PlanningOptions } from './memory/plan-in-best-order.ts';
import { excessBytes } from './memory/plan-in-memories.ts';
import type { ArenaPlan } from './memory/plan-program.ts';
import { type FlashCost, type KernelWish, planWithinFlash } from './memory/plan-within-flash.ts';
import type { Rounding } from './numerics/index.ts';
import { type Pass, runPasses } from './passes/index.ts';
import {
  chooseKernels,
  codeGoalOf,
  isasOf,
  modelledCodeBytes,
  type Objective,
  type Program,
  type Step,
} from './schedule/index.ts';
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
  /** Takes the fastest schedule whose arena is at most this large; an error if there is none. */
  readonly ramBytes?: number;
  /** Lays the arena into these memories of the target: the fastest schedule that fits them; an error if there is none. */
  readonly memoryBudgets?: readonly MemoryBudget[];
  /** Emits `<name>_push_row()` instead of `<name>_run()`: the input comes row by row. */
  readonly streamInput?: boolean;
  /** Takes the fastest kernels with which weights, tables and modelled code are at most this large; an error if there are none. */
  readonly flashBytes?: number;
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
  /** Layers in strips of columns; null if there are none. */
  readonly tiling: TiledLayers | null;
  readonly view: ModelView;
  /** What the C compiler should be asked for: that of the options, or `size` where only that fits the flash. */
  readonly objective: Objective;
  /** Of the kernels and what calls them: modelled. */
  readonly codeBytes: number;
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
export function compileGraph(graph: Graph, options: GraphOptions): Omit<CompileResult, 'imported' | 'sha256'> {
  const planFor = (wish: Partial<KernelWish>) => {
    const planned = planProgram(graph, { ...options, ...wish });
    return candidateOf(planned, { ...options, ...wish });
  };
  const objective = options.objective ?? 'balanced';
  const found =
    options.flashBytes === undefined
      ? planFor({ objective })
      : planWithinFlash(objective, options.flashBytes, (wish) => planFor(wish));
  const { program, plan, view, codeBytes } = found;
  const diagnostics = [
    ...checkFit(options.target, program, plan, view.weightBytes, divisionOf(options)),
    ...checkBudgets(options, plan, { weightBytes: view.weightBytes, codeBytes }),
  ];
  stopOnErrors(diagnostics);
  return {
    cName: options.cName,
    graph: program.graph,
    program,
    plan,
    tiling: found.tiling,
    view,
    objective: found.objective,
    codeBytes,
    files: emitModel(view, options.assets.templates),
    diagnostics,
  };
}

/** What plans and views of a graph are made from. */
export type GraphOptions = Omit<CompileOptions, 'fileName' | 'cName' | 'stopAfter' | 'onPass'> & {
  readonly cName: string;
  readonly modelName: string;
  readonly sha256: string;
};

/** Kernels for every node, and how they are wished for. */
export function stepsFor(
  graph: Graph,
  {
    target,
    objective = 'balanced',
    rounding = 'double',
    io,
    bytePrice,
    streamInput = false,
  }: GraphOptions & Partial<KernelWish>,
): { readonly steps: readonly Step[]; readonly planning: PlanningOptions } {
  const wish = {
    objective,
    lowering: { rounding },
    ...(bytePrice === undefined ? {} : { bytePrice }),
  } as const;
  return {
    steps: chooseKernels(graph, { isas: isasOf(target), ...wish }),
    planning: { ...wish, streamInput, alignmentBytes: target.features.cacheLineBytes, callerPorts: io === 'caller' },
  };
}

function planProgram(graph: Graph, options: GraphOptions & Partial<KernelWish>): PlannedSchedule {
  const { planning } = stepsFor(graph, options);
  const { target, ramBytes, memoryBudgets = [] } = options;
  return planForTarget(graph, (tiled) => stepsFor(tiled, options).steps, planning, {
    target,
    ...(ramBytes === undefined ? {} : { ramBytes }),
    memoryBudgets,
    mayDivide: divisionOf(options) !== 'never',
  });
}

/** An arena of the caller is one array, and so is one that is to lie in one memory. */
function divisionOf({ memoryBudgets, arena, place = [] }: GraphOptions): Division {
  if (memoryBudgets !== undefined) {
    return 'asked';
  }
  return arena === 'caller' || place.some(({ what }) => what === 'arena') ? 'never' : 'possible';
}

/** A planned program, as it would be emitted, and what it costs. */
export interface Candidate extends FlashCost {
  readonly program: Program;
  readonly plan: ArenaPlan;
  /** Layers in strips of columns; null if there are none. */
  readonly tiling: TiledLayers | null;
  readonly view: ModelView;
  readonly objective: Objective;
  /** Modelled. */
  readonly codeBytes: number;
}

/** The program with the sizes that its view tells. */
export function candidateOf({ program, plan, tiling }: PlannedSchedule, options: GraphOptions): Candidate {
  const { target, assets, cName, objective = 'balanced', ramBytes } = options;
  const view = viewOfProgram(program, plan, {
    cName,
    arena: options.arena ?? 'static',
    ...(options.io === 'caller' ? { callerPorts: { cacheLineBytes: target.features.cacheLineBytes } } : {}),
    provenance: {
      mscVersion,
      modelName: options.modelName.replace(/^.*[\\/]/, ''),
      modelSha256: options.sha256,
      target: target.name,
    },
    kernels: assets.kernels,
    placement: placeProgram(target, program, plan, options.place ?? []),
  });
  const codeBytes = modelledCodeBytes([program], codeGoalOf(objective));
  return {
    program,
    plan,
    tiling,
    view,
    objective,
    codeBytes,
    flashBytes: view.weightBytes + codeBytes,
    instructions: program.steps.reduce((sum, step) => sum + Math.round(step.instructions), 0),
    fitsRam: excessBytes(plan, ramBytes) === 0,
  };
}

/** A path's last part without its ending: file names of models are the same on every system. */
export function baseName(path: string): string {
  return path.replace(/^.*[\\/]/, '').replace(/\.[A-Za-z0-9]+$/, '');
}
