import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fail } from '../diagnostics/index.ts';

/** A file to write, relative to the output folder. */
export interface FileToWrite {
  readonly name: string;
  readonly content: string | Uint8Array;
}

/**
 * Writes all files into `folder`, which is made if needed: first all under temporary names, then renamed, so that a full
 * disk leaves what was there before.
 */
export async function writeFiles(folder: string, files: readonly FileToWrite[]): Promise<void> {
  const temporary = (name: string) => join(folder, `.${name}.${process.pid}.tmp`);
  try {
    await mkdir(folder, { recursive: true });
    for (const file of files) {
      await writeFile(temporary(file.name), file.content);
    }
    for (const file of files) {
      await refuseFolder(join(folder, file.name));
    }
    for (const file of files) {
      await rename(temporary(file.name), join(folder, file.name));
    }
  } catch (error) {
    await Promise.all(files.map((file) => rm(temporary(file.name), { force: true }).catch(() => undefined)));
    fail('cannot-write', { where: folder, found: error instanceof Error ? error.message : String(error) });
  }
}

/** Writes one file, in a folder that is made if needed. */
export async function writeFileAt(path: string, content: string): Promise<void> {
  await writeFiles(dirname(path), [{ name: basename(path), content }]);
}

/** Found before the first file is renamed: a folder of this name would make the last step stop halfway. */
async function refuseFolder(path: string): Promise<void> {
  const there = await stat(path).catch(() => null);
  if (there?.isDirectory() === true) {
    throw new Error(`${path} is a folder`);
  }
}
