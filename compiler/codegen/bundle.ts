/** Several models in one C file: one copy of the kernels, one arena. */
import { amalgamate, type KernelSources } from './amalgamate.ts';
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
 * keep their own prefixes; what comes from the kernel library gets the bundle's.
 */
export function viewOfBundle(views: readonly ModelView[], options: BundleOptions) {
  const { cName, provenance } = options;
  const upper = cName.toUpperCase();
  const roots = new Map(views.flatMap((view) => view.roots.map((root) => [root.name, root])));
  const sorted = [...roots.values()].sort((a, b) =>
    a.file < b.file ? -1 : a.file > b.file ? 1 : compare(a.name, b.name),
  );
  const amalgamation = amalgamate(options.kernels, sorted, cName);
  const shared = new Set([
    ...identifiers(amalgamation.code, cName),
    ...views.flatMap((view) =>
      view.steps.flatMap((step) => (step.driver === null ? [] : identifiers(step.driver.name, view.cName))),
    ),
  ]);
  const models = views.map((view) => {
    const renamed = (text: string) => withSharedNames(text, view.cName, cName, shared);
    return {
      ...view,
      bundle: { cName, upper },
      parameters: view.parameters.map(renamed),
      steps: view.steps.map((step) => {
        const { driver } = step;
        return {
          ...step,
          call: renamed(step.call),
          driver:
            driver === null
              ? null
              : { ...driver, name: renamed(driver.name), text: (pointers: number) => renamed(driver.text(pointers)) },
        };
      }),
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
    weightBytes: views.reduce((sum, view) => sum + view.weightBytes, 0),
  };
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

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
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
