/** Runs `msc` as a user does: a process of its own, of the built program, which starts four times as fast as the source. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
// An address, so that the processes may start in any folder.
const loader = pathToFileURL(join(root, 'node_modules/tsx/dist/loader.mjs')).href;
const built = temporaryFolder();

beforeAll(async () => {
  for (const name of ['templates', 'cmsis-kernels', 'targets', 'renode', 'node_modules', 'package.json']) {
    symlinkSync(join(root, name), join(built, name), name === 'package.json' ? 'file' : 'junction');
  }
  const { code, stdout } = await start([
    ...[join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'tsconfig.build.json')],
    ...['--outDir', join(built, 'dist'), '--noCheck', '--declaration', 'false'],
  ]);
  if (code !== 0) {
    throw new Error(`msc cannot be built: ${stdout}`);
  }
}, 60_000);

/** The project's own model. */
export const digits = join(root, 'examples/digits/digits.ms');

/** The same model as TensorFlow Lite has it. */
export const digitsTflite = join(root, 'examples/digits/digits.tflite');

/** How a process ended, and what it said. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `msc` with these arguments, in `folder` if given. */
export function msc(args: readonly string[], folder: string = root): Promise<Outcome> {
  return start([join(built, 'dist/compiler/cli/main.js'), ...args], folder);
}

/** The same, straight from the source. */
export function mscFromSource(args: readonly string[]): Promise<Outcome> {
  return start(['--import', loader, join(root, 'compiler/cli/main.ts'), ...args]);
}

function start(args: readonly string[], folder: string = root): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { cwd: folder }, (_, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr });
    });
  });
}

/** A folder that is removed after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'msc-cli-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The names at every level of a JSON value: `memory: [arenaBytes, …]`; of arrays, those of the first element. */
export function namesOf(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.length > 0 && typeof value[0] === 'object' ? [namesOf(value[0])] : [];
  }
  if (typeof value !== 'object' || value === null) {
    return null;
  }
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, namesOf(inner)]));
}
