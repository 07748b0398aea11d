import { basename } from 'node:path';
import { fail } from '../diagnostics/index.ts';
import { compile } from '../pipeline.ts';
import { planPicture } from '../report/plan-picture.ts';
import { planReport, planTable } from '../report/plan-table.ts';
import { reportSchema } from '../report/report.ts';
import { loadAssets } from './assets.ts';
import { flashOption, objectiveOption, targetOption } from './options.ts';
import { ramOption } from './ram.ts';
import { writeFileAt } from './write-files.ts';

/** The options of `msc plan` that are for models. */
export interface PlanModelFlags {
  readonly target?: string;
  readonly optimize?: string;
  readonly ram?: readonly string[];
  readonly flash?: string;
  readonly streamInput?: boolean;
  readonly svg?: string;
  readonly json?: boolean;
}

/** `msc plan MODEL`: where the model's buffers stand, as a table, as JSON or as a picture. */
export async function planModel(path: string, model: Uint8Array, flags: PlanModelFlags): Promise<void> {
  if (flags.target === undefined) {
    fail('invalid-option', { where: '--target', found: 'no target', requires: 'a target for a model: -t NAME' });
  }
  const options = {
    objective: objectiveOption(flags.optimize ?? 'balanced'),
    ...ramOption(flags.ram),
    ...flashOption(flags.flash),
    streamInput: flags.streamInput ?? false,
  };
  const [target, assets] = await Promise.all([targetOption(flags.target), loadAssets()]);
  const result = compile(model, { fileName: path, target, assets, ...options });
  if (flags.svg !== undefined) {
    await writeFileAt(flags.svg, planPicture(result, { model: basename(path), target: target.name }));
  }
  if (flags.json === true) {
    const report = { schema: reportSchema, target: target.name, ...planReport(result) };
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  } else if (flags.svg === undefined) {
    process.stdout.write(planTable(result));
  } else {
    process.stdout.write(`${flags.svg}\n`);
  }
}
