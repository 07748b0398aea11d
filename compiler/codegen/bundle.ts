/** Several models in one C file: one copy of the kernels, one arena. */
import { amalgamate, type KernelSources, type Root } from './amalgamate.ts';
import type { Driver } from './driver.ts';
import { type OutputFile, render, type TemplateSources } from './emit.ts';
import { type ArenaMode, type ModelView, type Provenance, uniqueDrivers } from './view.ts';

/** What the bundle's files say beside what the models' views do. */
export interface BundleOptions {
  /** In front of the kernels, the arena and the macros that all models share. */
  readonly cName: string;
  readonly arena: ArenaMode;
  /** Inputs and outputs of a model keep their content while others run. */
  readonly live: boolean;
  readonly arenaSize: number;
  readonly provenance: Pick<Provenance, 'mscVersion' | 'target'>;
  readonly kernels: KernelSources;
}

/** Everything that the bundle's templates print. */
export type BundleView = ReturnType<typeof viewOfBundle>;

/**
 * The view of models that were each given a place in one arena of `arenaSize` bytes. Their weights, parameters and functions
 * keep their own prefixes; what comes from the kernel library gets the bundle's. Of constants with the same values (a common
 * backbone) the first model's copy is there for all.
 */
export function viewOfBundle(views: readonly ModelView[], options: BundleOptions) {
  const { cName, provenance } = options;
  const upper = cName.toUpperCase();
  const roots = new Map<string, Root>();
  for (const root of views.flatMap((view) => view.roots)) {
    const key = `${root.file} ${root.name}`;
    roots.set(key, { ...root, isSeparate: root.isSeparate === true || roots.get(key)?.isSeparate === true });
  }
  const sorted = [...roots].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, root]) => root);
  const amalgamation = amalgamate(options.kernels, sorted, cName);
  const shared = new Set([
    ...identifiers(amalgamation.code, cName),
    ...views.flatMap((view) => view.steps.flatMap(({ driver }) => identifiers(driver?.name ?? '', view.cName))),
  ]);
  const symbols = symbolsByValues(views);
  const models = views.map((view) => {
    const symbolOf = new Map(view.arrays.map(({ key, symbol }) => [symbol, symbols.get(key)!]));
    const renamed = (text: string) =>
      withSharedNames(text, view.cName, cName, shared).replace(/\w+/g, (word) => symbolOf.get(word) ?? word);
    const steps = view.steps.map((step) => ({
      ...step,
      call: renamed(step.call),
      tickCall: renamed(step.tickCall),
      driver: step.driver === null ? null : renamedDriver(step.driver, renamed),
    }));
    return {
      ...view,
      bundle: { cName, upper },
      arrays: view.arrays.filter(({ symbol }) => symbolOf.get(symbol) === symbol),
      outputs: view.outputs.map((port) => ({ ...port, address: renamed(port.address) })),
      parameters: view.parameters.map(renamed),
      steps,
      parts: view.parts.map((part) => ({ ...part, steps: steps.slice(part.first, part.last + 1) })),
    };
  });
  return {
    cName,
    upper,
    ...provenance,
    callerArena: options.arena === 'caller',
    live: options.live,
    arenaSize: Math.max(options.arenaSize, 1),
    arenaAlignment: Math.max(...views.map((view) => view.arenaAlignment)),
    systemIncludes: [
      ...new Set([...amalgamation.systemIncludes, ...views.flatMap((view) => view.systemIncludes)]),
    ].sort(),
    kernels: amalgamation.code,
    drivers: uniqueDrivers(models.flatMap((model) => model.steps)),
    models,
    stateful: views
      .filter((view) => view.stateful)
      .map((view) => view.cName)
      .join(', '),
    weightBytes: models.flatMap((model) => model.arrays).reduce((sum, array) => sum + array.sizeBytes, 0),
  };
}

/** The symbol of the first array with these values, by the array's key. */
function symbolsByValues(views: readonly ModelView[]): ReadonlyMap<string, string> {
  const symbols = new Map<string, string>();
  for (const { key, symbol } of views.flatMap((view) => view.arrays)) {
    if (!symbols.has(key)) {
      symbols.set(key, symbol);
    }
  }
  return symbols;
}

function renamedDriver(driver: Driver, renamed: (text: string) => string): Driver {
  return { ...driver, name: renamed(driver.name), text: (needs) => renamed(driver.text(needs)) };
}

/** The bundle's pair of files, and a header for every model. */
export function emitBundle(view: BundleView, templates: TemplateSources): readonly OutputFile[] {
  const headers = view.models.map((model) => {
    const sharing = { cName: view.cName, live: view.live };
    return { name: `${model.cName}.h`, text: render(templates, 'model.h.hbs', { ...model, sharing }) };
  });
  return [
    { name: `${view.cName}.c`, text: render(templates, 'bundle.c.hbs', view) },
    { name: `${view.cName}.h`, text: render(templates, 'bundle.h.hbs', view) },
    ...headers,
  ];
}

/** The identifiers of a text that start with the prefix, or with its upper case, without it. */
function identifiers(text: string, prefix: string): readonly string[] {
  return [...text.matchAll(prefixed(prefix))].map((match) => match[2]!);
}

/** The text with the prefix of one model replaced in names that all share. */
function withSharedNames(text: string, prefix: string, sharedPrefix: string, names: ReadonlySet<string>): string {
  return text.replace(prefixed(prefix), (name: string, found: string, rest: string) =>
    names.has(rest) ? `${found === prefix ? sharedPrefix : sharedPrefix.toUpperCase()}_${rest}` : name,
  );
}

function prefixed(prefix: string): RegExp {
  return new RegExp(`\\b(${prefix}|${prefix.toUpperCase()})_(\\w+)\\b`, 'g');
}
