import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Assets } from '../pipeline.ts';

/** The folder that holds `templates/`, `cmsis-kernels/` and `targets/`: the package's own, from source or from `dist/`. */
export const packageRoot = rootAbove(fileURLToPath(new URL('.', import.meta.url)));

/** Reads the kernel library and the templates. */
export async function loadAssets(): Promise<Assets> {
  const [kernels, templates] = await Promise.all([
    readFolders('cmsis-kernels', ['include/msc', 'portable', 'dsp'], /\.[ch]$/),
    readFolders('templates', ['.'], /\.hbs$/),
  ]);
  return { kernels, templates };
}

/** The target files as text, by name without ending. */
export async function loadTargetTexts(): Promise<ReadonlyMap<string, string>> {
  const texts = await readFolders('targets', ['.'], /\.json$/);
  return new Map([...texts].map(([name, text]) => [name.replace(/\.json$/, ''), text]));
}

async function readFolders(root: string, folders: readonly string[], ending: RegExp): Promise<Map<string, string>> {
  const lists = await Promise.all(
    folders.map(async (folder) => {
      const names = (await readdir(join(packageRoot, root, folder))).filter((name) => ending.test(name)).sort();
      return Promise.all(
        names.map(async (name): Promise<readonly [string, string]> => {
          const text = await readFile(join(packageRoot, root, folder, name), 'utf8');
          return [folder === '.' ? name : `${folder}/${name}`, text];
        }),
      );
    }),
  );
  return new Map(lists.flat());
}

function rootAbove(folder: string): string {
  const parts = folder.replaceAll('\\', '/').split('/compiler/cli');
  const above = parts.slice(0, -1).join('/compiler/cli');
  return above.endsWith('/dist') ? above.slice(0, -'/dist'.length) : above;
}
