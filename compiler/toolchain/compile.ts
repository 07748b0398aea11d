import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import type { Target } from '../targets/index.ts';
import { type Elf, readElf } from './elf.ts';
import type { Tool } from './find-tool.ts';
import { mapParallel, runToolOrFail } from './run-tool.ts';

/** A file that a build writes into its folder before it compiles. */
export interface SourceFile {
  /** Path within the build folder; `.c` and `.S` files are compiled, others are there to be included. */
  readonly name: string;
  readonly text: string;
  /** More flags for this file. */
  readonly flags?: readonly string[];
}

export type OptimizeFlag = '-O0' | '-O1' | '-O2' | '-O3' | '-Os';

/** What to compile and link. */
export interface Build {
  readonly sources: readonly SourceFile[];
  readonly includeDirs?: readonly string[];
  readonly optimize: OptimizeFlag;
  /** For every file: warnings, definitions, sanitizers. */
  readonly flags?: readonly string[];
  readonly linkFlags?: readonly string[];
}

/** A linked file, and the objects it was made of. */
export interface Linked {
  readonly path: string;
  /** Object file by source name. */
  readonly objects: ReadonlyMap<string, string>;
}

/** Writes the sources into `folder`. */
export function writeSources(folder: string, sources: readonly SourceFile[]): void {
  for (const source of sources) {
    mkdirSync(dirname(join(folder, source.name)), { recursive: true });
    writeFileSync(join(folder, source.name), source.text);
  }
}

function isCompiled(source: SourceFile): boolean {
  return /\.[cS]$/.test(source.name);
}

/**
 * Compiles each `.c` and `.S` of `sources` (already in `folder`) to an object beside it, several at a time.
 * Everything is named relative to `folder`, so that no path of this computer gets into the objects.
 */
export async function compileObjects(
  compiler: Tool,
  folder: string,
  build: Build,
  machineFlags: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const units = build.sources.filter(isCompiled);
  const objects = await mapParallel(units, availableParallelism(), async (source) => {
    const object = `${source.name}.o`;
    await runToolOrFail(`compiling ${source.name}`, {
      command: compiler.path,
      args: [
        ...machineFlags,
        // as files on the user's side are compiled: standard C, and no function kept that nothing calls
        ...(source.name.endsWith('.c') ? ['-std=c99'] : []),
        build.optimize,
        '-ffunction-sections',
        '-fdata-sections',
        '-I.',
        ...(build.includeDirs ?? []).map((include) => `-I${include}`),
        ...(build.flags ?? []),
        ...(source.flags ?? []),
        '-c',
        source.name,
        '-o',
        object,
      ],
      cwd: folder,
    });
    return [source.name, object] as const;
  });
  return new Map(objects);
}

/** Links objects (named relative to `folder`) to `output`. */
export async function link(
  compiler: Tool,
  folder: string,
  objects: Iterable<string>,
  output: string,
  flags: readonly string[],
): Promise<void> {
  await runToolOrFail(`linking ${output}`, {
    command: compiler.path,
    args: [...objects, '-o', output, ...flags],
    cwd: folder,
  });
}

/** Flags that link a bare-metal image: our own start-up, and of the libraries only what is called. */
export function firmwareLinkFlags(target: Target, linkFlags: readonly string[]): readonly string[] {
  return [...target.gccFlags, '-nostartfiles', '-Wl,--gc-sections', ...linkFlags, '-lm', '-lc', '-lgcc'];
}

/** Builds a bare-metal image in `folder`; the linker script and the memories are among `linkFlags`. */
export async function compileFirmware(
  compiler: Tool,
  target: Target,
  folder: string,
  build: Build,
): Promise<Linked & { readonly elf: Elf }> {
  writeSources(folder, build.sources);
  const objects = await compileObjects(compiler, folder, build, target.gccFlags);
  const output = 'firmware.elf';
  await link(compiler, folder, objects.values(), output, firmwareLinkFlags(target, build.linkFlags ?? []));
  const path = join(folder, output);
  return { path, objects, elf: readElf(readFileSync(path)) };
}

/** Builds a program of this computer in `folder`. */
export async function compileHost(compiler: Tool, folder: string, build: Build): Promise<Linked> {
  writeSources(folder, build.sources);
  const objects = await compileObjects(compiler, folder, build, []);
  const output = process.platform === 'win32' ? 'program.exe' : 'program';
  await link(compiler, folder, objects.values(), output, [...(build.flags ?? []), ...(build.linkFlags ?? []), '-lm']);
  return { path: join(folder, output), objects };
}
