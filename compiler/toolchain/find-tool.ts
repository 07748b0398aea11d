import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fail } from '../diagnostics/index.ts';
import { installCommand, type Platform, platformOf, type ToolName } from './install-hints.ts';
import { packageRoot } from './package-root.ts';
import { runTool } from './run-tool.ts';

/** Where a tool was found: named by the user, in the xpack store, on the PATH. */
export type ToolOrigin = 'explicit' | 'xpack' | 'path';

/** A tool that is there. */
export interface Tool {
  /** As it calls itself: `arm-none-eabi-gcc`, `gcc`, `clang`, `qemu-system-arm`. */
  readonly name: string;
  readonly path: string;
  readonly origin: ToolOrigin;
  readonly version: string;
}

export interface ToolOptions {
  /** Folder of the Arm toolchain (itself or its `bin`), or path of its gcc; by default `MSC_TOOLCHAIN`. */
  readonly toolchain?: string | undefined;
  /** By default the environment of the process. */
  readonly env?: NodeJS.ProcessEnv | undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, process.platform === 'win32' ? constants.F_OK : constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function executableIn(folder: string, name: string): string | undefined {
  const suffixes = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  return suffixes.map((suffix) => join(folder, name + suffix)).find(isExecutable);
}

function onPath(name: string, env: NodeJS.ProcessEnv): string | undefined {
  return (env.PATH ?? env.Path ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => executableIn(folder, name))
    .find((path) => path !== undefined);
}

/** Whether the platform installs by apt, brew, winget, or in a way of its own. */
export function currentPlatform(env: NodeJS.ProcessEnv = process.env): Platform {
  return platformOf(process.platform, onPath('apt-get', env) !== undefined);
}

function versionOrder(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

/** Folders where xpm puts links to the package's tools, then its store's contents, the newest version first. */
function xpackFolders(env: NodeJS.ProcessEnv): readonly string[] {
  const home = homedir();
  const store =
    env.XPACKS_STORE_FOLDER ??
    {
      darwin: join(home, 'Library', 'xPacks'),
      win32: join(env.APPDATA ?? join(home, 'AppData', 'Roaming'), 'xPacks'),
    }[process.platform as string] ??
    join(home, '.local', 'xPacks');
  const versions = join(store, '@xpack-dev-tools', 'arm-none-eabi-gcc');
  let installed: string[] = [];
  try {
    installed = readdirSync(versions).toSorted(versionOrder).reverse();
  } catch {
    // no store: nothing was ever installed by xpm
  }
  return [
    join(process.cwd(), 'xpacks', '.bin'),
    join(packageRoot(), 'xpacks', '.bin'),
    ...installed.map((version) => join(versions, version, '.content', 'bin')),
  ];
}

/** Version out of `--version`: the first dotted number behind a space that ends the first line, or stands in it. */
async function versionOf(path: string): Promise<string> {
  const { stdout } = await runTool({ command: path, args: ['--version'], timeoutSeconds: 20 });
  const line = stdout.split('\n')[0] ?? '';
  return (
    line
      .match(/ (\d+\.\d+(?:\.\d+)*)/g)
      ?.at(line.includes('clang') ? 0 : -1)
      ?.trim() ?? 'unknown'
  );
}

async function describe(path: string, name: string, origin: ToolOrigin): Promise<Tool> {
  return { name, path, origin, version: await versionOf(path) };
}

function explicitGcc(given: string): string {
  const gcc = 'arm-none-eabi-gcc';
  const found = isExecutable(given) ? given : (executableIn(given, gcc) ?? executableIn(join(given, 'bin'), gcc));
  return (
    found ??
    fail('tool-not-found', {
      where: gcc,
      found: `there is none in '${given}'`,
      requires: "the toolchain's folder, its bin folder or the path of its gcc",
      hint: 'Correct --toolchain or MSC_TOOLCHAIN, or leave it out.',
    })
  );
}

/** The Arm compiler: the one named by the user, else of the xpack store, else on the PATH; undefined without one. */
export async function findArmGcc(options: ToolOptions = {}): Promise<Tool | undefined> {
  const env = options.env ?? process.env;
  const name = 'arm-none-eabi-gcc';
  const given = options.toolchain ?? env.MSC_TOOLCHAIN;
  if (given !== undefined && given !== '') {
    return describe(explicitGcc(given), name, 'explicit');
  }
  for (const folder of xpackFolders(env)) {
    const path = executableIn(folder, name);
    if (path !== undefined) {
      return describe(path, name, 'xpack');
    }
  }
  const path = onPath(name, env);
  return path === undefined ? undefined : describe(path, name, 'path');
}

const programs: Readonly<Record<Exclude<ToolName, 'arm-none-eabi-gcc'>, readonly string[]>> = {
  'qemu-system-arm': ['qemu-system-arm'],
  cc: ['gcc', 'clang', 'cc'],
  clang: ['clang'],
  renode: ['renode'],
  'renode-test': ['renode-test'],
};

interface Located {
  readonly name: string;
  readonly path: string;
}

/** Name and path of a tool on the PATH, without asking it anything. The host's compiler may be named by `CC`. */
export function locateTool(
  tool: Exclude<ToolName, 'arm-none-eabi-gcc'>,
  options: ToolOptions = {},
): Located | undefined {
  const env = options.env ?? process.env;
  const named = tool === 'cc' && env.CC !== undefined && env.CC !== '' ? [env.CC] : [];
  return [...named, ...programs[tool]]
    .map((name) => ({ name, path: isExecutable(name) ? name : onPath(name, env) }))
    .find((located): located is Located => located.path !== undefined);
}

/** Any tool but the Arm compiler, on the PATH; undefined without it. */
export async function findTool(
  tool: Exclude<ToolName, 'arm-none-eabi-gcc'>,
  options: ToolOptions = {},
): Promise<Tool | undefined> {
  const located = locateTool(tool, options);
  return located === undefined ? undefined : describe(located.path, located.name, 'path');
}

/** What `found` is, or `tool-not-found` with the command that installs it here. */
export function requireTool(found: Tool | undefined, tool: ToolName, purpose: string): Tool {
  return (
    found ??
    fail('tool-not-found', {
      where: tool,
      found: `it is not installed; it is needed ${purpose}`,
      hint: `Install it: ${installCommand(tool, currentPlatform())}`,
    })
  );
}
