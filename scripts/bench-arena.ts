/**
 * Plans the arena of every model given, or of every model of the zoo, and prints how far each plan is from the proven bound:
 *
 *     npx tsx scripts/bench-arena.ts [--target stm32f7] [--goals speed,balanced,ram] [MODEL...]
 *
 * `ms` is processor time of placing the items of the chosen schedule once, without the choice of the schedule.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { loadAssets, loadTargetTexts } from '../compiler/cli/assets.ts';
import { planArena } from '../compiler/memory/plan-program.ts';
import { compile } from '../compiler/pipeline.ts';
import { grouped } from '../compiler/report/text.ts';
import { parseTarget } from '../compiler/targets/index.ts';
import { zooModels } from '../test/support/zoo.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    target: { type: 'string', default: 'stm32f7' },
    goals: { type: 'string', default: 'speed,balanced,ram' },
  },
});
const target = parseTarget(await loadTargetTexts(), values.target);
const assets = await loadAssets();
const models =
  positionals.length > 0
    ? positionals.map((path) => ({ fileName: basename(path), path }))
    : zooModels().map(({ fileName, path }) => ({ fileName, path }));

console.log('| model | goal | arena | bound | gap | items | ms |');
console.log('|---|---|---:|---:|---:|---:|---:|');
for (const { fileName, path } of models) {
  for (const objective of values.goals.split(',') as ('speed' | 'balanced' | 'ram')[]) {
    const { program } = compile(readFileSync(path), { fileName, target, assets, objective });
    const before = process.cpuUsage();
    const plan = planArena(program, { alignmentBytes: target.features.cacheLineBytes });
    const { user, system } = process.cpuUsage(before);
    const gap = plan.sizeBytes - plan.lowerBoundBytes;
    const items = program.buffers.length + program.scratches.length;
    const cells = [fileName, objective, grouped(plan.sizeBytes), grouped(plan.lowerBoundBytes)];
    console.log(
      `| ${[...cells, plan.optimal ? 'proven' : grouped(gap), items, Math.round((user + system) / 1000)].join(' | ')} |`,
    );
  }
}
