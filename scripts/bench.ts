/**
 * Measures every model of the zoo on two cores, for size, balanced and speed, and writes `test/bench.json`, `docs/bench.md` and the
 * comparison in `docs/cycles.md`.
 *
 *     npm run bench                              everything; without the zoo the architecture twins alone
 *     npm run bench -- --check                   compares with the committed figures, exits with 4 on any difference
 *     npm run bench -- --models kws_dscnn_int8,ad01_int8 --targets stm32f7 --goals balanced
 *     npm run bench -- --twins                   the architecture twins alone
 *     npm run bench -- --layers kws_dscnn_int8   every layer of one model, balanced
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DiagnosticError, exitCodeOf, formatDiagnostic } from '../compiler/diagnostics/index.ts';
import { grouped } from '../compiler/report/text.ts';
import { zooModels } from '../test/support/zoo.ts';
import { withBoards } from './bench/boards.ts';
import { checksOf } from './bench/checks.ts';
import { benchDocument } from './bench/document.ts';
import {
  type BenchFile,
  type BenchObjective,
  benchObjectives,
  benchTargets,
  differencesOf,
  type Place,
  withFigures,
} from './bench/figures.ts';
import { layerTable } from './bench/layers.ts';
import { type BenchModel, measure } from './bench/measure.ts';
import { twinModels } from './bench/twins.ts';

const { values } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    twins: { type: 'boolean', default: false },
    layers: { type: 'string' },
    models: { type: 'string' },
    targets: { type: 'string', default: benchTargets.join(',') },
    goals: { type: 'string', default: benchObjectives.join(',') },
  },
});
const jsonPath = fileURLToPath(new URL('../test/bench.json', import.meta.url));
const documentPath = fileURLToPath(new URL('../docs/bench.md', import.meta.url));
const cyclesPath = fileURLToPath(new URL('../docs/cycles.md', import.meta.url));
const nothing: BenchFile = { compiler: '', models: {}, twins: {} };
const committed = existsSync(jsonPath) ? (JSON.parse(readFileSync(jsonPath, 'utf8')) as BenchFile) : nothing;

/** The TensorFlow Lite models of the zoo with their first golden vector. */
function trainedModels(): readonly BenchModel[] {
  return zooModels()
    .filter(({ fileName }) => fileName.endsWith('.tflite'))
    .map(({ fileName, path, cases }) => ({
      name: fileName.replace(/\.tflite$/, ''),
      fileName,
      bytes: readFileSync(path),
      input: cases[0]!.input,
      output: cases[0]!.output,
    }));
}

/** The wanted ones of a list of names; an unknown name is an error. */
function chosenOf<Name extends string>(option: string, given: string, all: readonly Name[]): readonly Name[] {
  return given.split(',').map((name) => {
    const found = all.find((candidate) => candidate === name);
    if (found === undefined) {
      throw new Error(`--${option} ${name}: there are ${all.join(', ')}`);
    }
    return found;
  });
}

interface Job {
  readonly place: Place;
  readonly objective: BenchObjective;
  readonly model: BenchModel;
}

function jobs(): readonly Job[] {
  const trained = trainedModels();
  const sections = [
    ...(values.twins ? [] : trained.map((model) => ({ section: 'models' as const, model }))),
    ...twinModels().map((model) => ({ section: 'twins' as const, model })),
  ];
  const wanted = values.models?.split(',');
  const chosen = sections.filter(({ model }) => wanted?.includes(model.name) ?? true);
  const unknown = wanted?.filter((name) => !chosen.some(({ model }) => model.name === name)) ?? [];
  if (unknown.length > 0) {
    throw new Error(`no model ${unknown.join(', ')}; there are ${sections.map(({ model }) => model.name).join(', ')}`);
  }
  const targets = chosenOf('targets', values.targets, benchTargets);
  const objectives = chosenOf('goals', values.goals, benchObjectives);
  return chosen.flatMap(({ section, model }) =>
    targets.flatMap((target) =>
      objectives.map((objective) => ({ place: { section, model: model.name, target, objective }, objective, model })),
    ),
  );
}

/** Measures all jobs, two at a time: one compiles while the other runs. */
async function measureAll(list: readonly Job[]): Promise<void> {
  let file = committed;
  const differences: string[] = [];
  const notCompared = new Set<string>();
  const waiting = [...list];
  const work = async () => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      const { place, objective, model } = job;
      const { figures, compiler } = await measure(model, place.target, objective, false);
      process.stdout.write(
        `${place.model} ${place.target} ${place.objective}: ${grouped(figures.instructions)} instructions, ` +
          `code ${grouped(figures.codeBytes)}, arena ${grouped(figures.arenaBytes)}, stack ${grouped(figures.stackBytes)}\n`,
      );
      if (compiler === committed.compiler) {
        differences.push(...differencesOf(place, figures, committed));
      } else {
        notCompared.add(`compiler ${compiler}, committed figures are of ${committed.compiler}`);
      }
      file = withFigures({ ...file, compiler }, place, figures);
    }
  };
  await Promise.all([work(), work()]);
  if (values.check) {
    process.stdout.write([...new Set(differences)].map((line) => `DIFFERENT ${line}\n`).join(''));
    process.stdout.write([...notCompared].map((why) => `not compared: ${why}\n`).join(''));
    process.stdout.write(differences.length + notCompared.size === 0 ? 'all figures as committed\n' : '');
    process.exitCode = differences.length === 0 ? 0 : 4;
    return;
  }
  writeFileSync(jsonPath, `${JSON.stringify(file, null, 2)}\n`);
  writeFileSync(documentPath, benchDocument(file));
  writeFileSync(cyclesPath, withBoards(readFileSync(cyclesPath, 'utf8'), file));
  for (const { text, passes } of checksOf(file)) {
    process.stdout.write(`${passes ? 'pass' : 'FAIL'}  ${text}\n`);
  }
}

async function printLayers(name: string): Promise<void> {
  const model = [...trainedModels(), ...twinModels()].find((candidate) => candidate.name === name);
  if (model === undefined) {
    throw new Error(`no model ${name}`);
  }
  for (const target of chosenOf('targets', values.targets, benchTargets)) {
    const measurement = await measure(model, target, 'balanced', true);
    process.stdout.write(`${name} on ${target}\n${layerTable(measurement, target).join('\n')}\n`);
  }
}

try {
  await (values.layers === undefined ? measureAll(jobs()) : printLayers(values.layers));
} catch (error) {
  if (!(error instanceof DiagnosticError)) {
    throw error;
  }
  process.stderr.write(`${error.diagnostics.map(formatDiagnostic).join('\n')}\n`);
  process.exitCode = exitCodeOf(error.diagnostics[0]!);
}
