// Brings what is missing: npm packages, an Arm compiler, QEMU, a C compiler of this computer. Plain Node, because it
// runs before anything is installed; silent when all is there. Exit 0: ready; 5: what is missing must be installed by
// hand, and the commands are printed.

import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const windows = process.platform === 'win32';
const armGcc = 'arm-none-eabi-gcc';

const say = (text) => process.stderr.write(`setup: ${text}\n`);

/** Runs a command of the set-up; its output goes to stderr, because stdout belongs to what the set-up is for. */
function run(command, args) {
  say([command, ...args].join(' '));
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], env, shell: windows }).status === 0;
}

function isExecutable(path) {
  try {
    accessSync(path, windows ? constants.F_OK : constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function executableIn(folder, name) {
  return (windows ? ['.exe', '.cmd', ''] : ['']).map((suffix) => join(folder, name + suffix)).find(isExecutable);
}

function onPath(...names) {
  const folders = (process.env.PATH ?? process.env.Path ?? '').split(delimiter).filter((folder) => folder !== '');
  return names
    .flatMap((name) => folders.map((folder) => executableIn(folder, name)))
    .find((path) => path !== undefined);
}

/** Folders with the tools that xpm installed: the project's links, then the store. */
function xpackFolders() {
  const store =
    process.env.XPACKS_STORE_FOLDER ??
    (process.platform === 'darwin'
      ? join(homedir(), 'Library', 'xPacks')
      : windows
        ? join(process.env.APPDATA ?? homedir(), 'xPacks')
        : join(homedir(), '.local', 'xPacks'));
  const versions = join(store, '@xpack-dev-tools', armGcc);
  const installed = existsSync(versions) ? readdirSync(versions) : [];
  return [join(root, 'xpacks', '.bin'), ...installed.map((version) => join(versions, version, '.content', 'bin'))];
}

/** The Arm compiler, if its C library is there too: distributions package it apart. */
function findArmGcc() {
  const given = process.env.MSC_TOOLCHAIN;
  const found = given
    ? [given, executableIn(given, armGcc), executableIn(join(given, 'bin'), armGcc)].find(
        (path) => path && isExecutable(path),
      )
    : (xpackFolders()
        .map((folder) => executableIn(folder, armGcc))
        .find((path) => path !== undefined) ?? onPath(armGcc));
  if (found === undefined) {
    return undefined;
  }
  const { stdout } = spawnSync(found, ['-print-file-name=libc.a'], { encoding: 'utf8' });
  return stdout?.trim() === 'libc.a' ? undefined : found;
}

/** Whether node_modules holds what package-lock.json says; packages for other platforms may be missing. */
function npmPackagesAreThere() {
  try {
    const packages = (path) => JSON.parse(readFileSync(join(root, path), 'utf8')).packages;
    const installed = packages('node_modules/.package-lock.json');
    return Object.entries(packages('package-lock.json')).every(
      ([path, wanted]) => path === '' || wanted.optional === true || installed[path]?.version === wanted.version,
    );
  } catch {
    return false;
  }
}

const tools = [
  {
    name: armGcc,
    find: findArmGcc,
    apt: ['gcc-arm-none-eabi', 'libnewlib-arm-none-eabi'],
    byHand: { darwin: 'npx xpm install', win32: 'npx xpm install', linux: 'npx xpm install' },
  },
  {
    name: 'qemu-system-arm',
    find: () => onPath('qemu-system-arm'),
    apt: ['qemu-system-arm'],
    byHand: {
      darwin: 'brew install qemu',
      win32: 'winget install SoftwareFreedomConservancy.QEMU',
      linux: 'install the package of your distribution that has qemu-system-arm',
    },
  },
  {
    name: 'a C compiler for this computer',
    find: () => onPath('gcc', 'clang', 'cc'),
    apt: ['gcc', 'libc6-dev'],
    byHand: {
      darwin: 'xcode-select --install',
      win32: 'winget install BrechtSanders.WinLibs.POSIX.UCRT',
      linux: 'install gcc or clang',
    },
  },
];

const missingTools = () => tools.filter((tool) => tool.find() === undefined);

/** apt-get with the rights to install, or null. */
function usableApt() {
  if (onPath('apt-get') === undefined) {
    return null;
  }
  if (process.getuid?.() === 0) {
    return ['apt-get'];
  }
  const sudo = onPath('sudo');
  return sudo !== undefined && spawnSync(sudo, ['-n', 'true'], { stdio: 'ignore' }).status === 0
    ? [sudo, '-n', 'apt-get']
    : null;
}

function installTools(missing) {
  say(`missing: ${missing.map((tool) => tool.name).join(', ')}`);
  const apt = usableApt();
  if (apt !== null) {
    const [command, ...first] = apt;
    const packages = missing.flatMap((tool) => tool.apt);
    // an old list is better than none: the installation itself decides
    run(command, [...first, 'update', '-q']);
    run(command, [...first, 'install', '-y', '-q', '--no-install-recommends', ...packages]);
  } else if (missing.some((tool) => tool.name === armGcc)) {
    run('npx', ['--yes', 'xpm@0.23', 'install']);
  }
}

function sayHowToInstall(missing) {
  const hasApt = onPath('apt-get') !== undefined;
  for (const tool of missing) {
    const command = hasApt
      ? `sudo apt-get install -y ${tool.apt.join(' ')}`
      : (tool.byHand[process.platform] ?? tool.byHand.linux);
    say(`please install ${tool.name}:  ${command}`);
  }
}

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  say(`Node.js ${process.versions.node} is too old: 20.19 or newer is needed (https://nodejs.org)`);
  process.exit(5);
}
if (!npmPackagesAreThere() && !run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund'])) {
  say('npm ci failed');
  process.exit(5);
}
if (missingTools().length > 0) {
  installTools(missingTools());
}
const stillMissing = missingTools();
if (stillMissing.length > 0) {
  sayHowToInstall(stillMissing);
  process.exit(5);
}
