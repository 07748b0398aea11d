import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of msc's own package, from the sources and from `dist/` alike: `templates/`, `targets/` lie in it. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) || !existsSync(join(folder, 'templates'))) {
    const parent = dirname(folder);
    if (parent === folder) {
      throw new Error('the package of msc is incomplete: no templates/ beside package.json');
    }
    folder = parent;
  }
  return folder;
}

/** Text of a file of the package, by its path from the root. */
export function packageText(...path: readonly string[]): string {
  return readFileSync(join(packageRoot(), ...path), 'utf8');
}
