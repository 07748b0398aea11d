import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseTarget, type Target } from '../targets/index.ts';
import { packageRoot } from './package-root.ts';

/** The texts of all target files, by target name: what `parseTarget` takes. */
export function targetTexts(): ReadonlyMap<string, string> {
  const folder = join(packageRoot(), 'targets');
  return new Map(
    readdirSync(folder)
      .filter((file) => file.endsWith('.json'))
      .toSorted()
      .map((file) => [basename(file, '.json'), readFileSync(join(folder, file), 'utf8')]),
  );
}

/** The target `name`; fails with `unknown-target` or `invalid-target`. */
export function loadTarget(name: string): Target {
  return parseTarget(targetTexts(), name);
}
