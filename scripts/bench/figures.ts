import type { Objective } from '../../compiler/schedule/index.ts';

export const benchTargets = ['stm32f7', 'stm32f4'] as const;
export const benchObjectives = ['size', 'balanced', 'speed'] as const satisfies readonly Objective[];

export type BenchTarget = (typeof benchTargets)[number];
export type BenchObjective = (typeof benchObjectives)[number];

/** What one build of one model was measured to be. Sizes in bytes. */
export interface Figures {
  /** Of one inference, counted. */
  readonly instructions: number;
  /** Estimated, see docs/cycles.md; null without a disassembler. */
  readonly cycles: number | null;
  /** Of one inference, by the compiler's cost models. */
  readonly predictedInstructions: number;
  /** Multiplications that are left after the graph's passes. */
  readonly macs: number;
  /** What the model adds to an empty firmware, without its weights and tables. */
  readonly codeBytes: number;
  readonly weightBytes: number;
  /** Everything in flash, start-up included. */
  readonly imageBytes: number;
  readonly arenaBytes: number;
  readonly stackBytes: number;
}

/** By model, target and objective. */
export type FigureTable = {
  readonly [model: string]: { readonly [target: string]: { readonly [objective: string]: Figures } };
};

/** `test/bench.json`. */
export interface BenchFile {
  readonly compiler: string;
  readonly models: FigureTable;
  /** Networks of the same shapes as the models, with weights of our own: anybody can build them. */
  readonly twins: FigureTable;
}

/** One figure by its place. */
export interface Place {
  readonly section: 'models' | 'twins';
  readonly model: string;
  readonly target: string;
  readonly objective: string;
}

/** The file with the figures of one build put in, models in alphabetical order. */
export function withFigures(
  file: BenchFile,
  { section, model, target, objective }: Place,
  figures: Figures,
): BenchFile {
  const table = file[section];
  const ofTarget = { ...table[model]?.[target], [objective]: figures };
  const ofModel = { ...table[model], [target]: ofTarget };
  const sorted = Object.entries({ ...table, [model]: ofModel }).sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...file, [section]: Object.fromEntries(sorted) };
}

/** Every difference between measured figures and the committed ones, a line each. */
export function differencesOf(place: Place, measured: Figures, committed: BenchFile): readonly string[] {
  const where = `${place.model} ${place.target} ${place.objective}`;
  const expected = committed[place.section][place.model]?.[place.target]?.[place.objective];
  if (expected === undefined) {
    return [`${where}: not in the committed file`];
  }
  const names = Object.keys(measured) as (keyof Figures)[];
  return names
    .filter((name) => measured[name] !== expected[name])
    .map((name) => `${where}: ${name} ${measured[name]}, committed ${expected[name]}`);
}
