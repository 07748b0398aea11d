import { type BundleModel, type BundleOptions, type BundleResult, cNameOfModel, compileTogether } from '../bundle.ts';
import { fail, formatDiagnostic } from '../diagnostics/index.ts';
import { type BundleReport, bundleReport } from '../report/bundle-report.ts';
import { grouped, table } from '../report/text.ts';
import { nameOption } from './options.ts';
import { writeFiles } from './write-files.ts';

/** Name of what the models share, where the user gives none. */
const defaultName = 'models';

interface BundleFlags {
  readonly output: string;
  readonly as?: string;
  readonly live?: boolean;
  readonly json?: boolean;
}

/** `msc compile --shared-arena`: compiles the models together, writes the files and says what they cost. */
export async function compileAndWriteTogether(
  models: readonly BundleModel[],
  flags: BundleFlags,
  options: Omit<BundleOptions, 'cName' | 'live'> & { readonly cName?: string },
): Promise<void> {
  const cName = options.cName ?? defaultName;
  const named = withNames(models, cName, flags.as);
  const result = compileTogether(named, { ...options, cName, live: flags.live === true });
  const report = bundleReport(result, options.target.name);
  const json = `${JSON.stringify(report, null, 2)}\n`;
  const files = [
    ...result.files.map((file) => ({ name: file.name, content: file.text })),
    { name: `${cName}.json`, content: json },
  ];
  await writeFiles(flags.output, files);
  for (const diagnostic of result.diagnostics) {
    process.stderr.write(`${formatDiagnostic(diagnostic)}\n`);
  }
  const paths = files.map(({ name }) => (flags.output === '.' ? name : `${flags.output.replace(/\/$/, '')}/${name}`));
  process.stdout.write(flags.json === true ? json : summary(result, report, paths));
}

/** The models with the names of `--as`; all names must be different, as those of the macros made from them. */
function withNames(models: readonly BundleModel[], cName: string, as: string | undefined): readonly BundleModel[] {
  const names = as?.split(',').map((name) => name.trim());
  if (names !== undefined && names.length !== models.length) {
    fail('invalid-option', {
      where: '--as',
      found: `${names.length} names for ${models.length} models`,
      requires: 'one name for each model, separated by commas',
    });
  }
  const named = models.map((model, i) => (names === undefined ? model : { ...model, cName: nameOption(names[i]!) }));
  const seen = new Set([cName.toUpperCase()]);
  for (const model of named) {
    const name = cNameOfModel(model);
    if (seen.has(name.toUpperCase())) {
      fail('invalid-option', {
        where: model.fileName,
        found: `its name, '${name}', is taken`,
        requires: 'names that differ from each other and from --name in more than their case',
        hint: 'Give names with --as.',
      });
    }
    seen.add(name.toUpperCase());
  }
  return named;
}

function summary(result: BundleResult, report: BundleReport, paths: readonly string[]): string {
  const alone = report.models.reduce((sum, model) => sum + model.memory.arenaBytes, 0);
  const rows = report.models.map((model) => [
    model.model.name,
    String(model.layers.length),
    grouped(model.layers.reduce((sum, layer) => sum + layer.macs, 0)),
    grouped(model.memory.arenaBytes),
    grouped(model.flash.weightBytes),
  ]);
  return [
    `${result.cName}: ${report.models.length} models for ${report.target}`,
    `  RAM    ${grouped(report.memory.arenaBytes)} bytes of arena; ${grouped(alone)} in arenas of their own`,
    `  flash  ${grouped(report.flash.weightBytes)} bytes of weights and tables, plus code`,
    ...table(['model', 'layers', 'MACs', 'arena', 'weights'], rows, [false, true, true, true, true]).map(
      (line) => `  ${line}`,
    ),
    `  files  ${paths.join('  ')}`,
    '',
  ].join('\n');
}
