/** The tools that msc may call. */
export type ToolName = 'arm-none-eabi-gcc' | 'qemu-system-arm' | 'cc' | 'clang' | 'renode' | 'renode-test';

/** How a platform installs packages: Debian and Ubuntu, macOS, Windows, or none that msc knows. */
export type Platform = 'apt' | 'brew' | 'winget' | 'other';

/** The package manager's kind, by Node's platform name and whether apt-get is there. */
export function platformOf(platform: NodeJS.Platform, hasApt: boolean): Platform {
  if (platform === 'darwin') {
    return 'brew';
  }
  if (platform === 'win32') {
    return 'winget';
  }
  return hasApt ? 'apt' : 'other';
}

const renodeCommands: Readonly<Record<Platform, string>> = {
  apt: 'https://github.com/renode/renode/releases (portable package; put renode and renode-test on the PATH)',
  brew: 'brew install --cask renode',
  winget: 'https://github.com/renode/renode/releases',
  other: 'https://github.com/renode/renode/releases',
};

const commands: Readonly<Record<ToolName, Readonly<Record<Platform, string>>>> = {
  'arm-none-eabi-gcc': {
    apt: 'sudo apt-get install -y gcc-arm-none-eabi libnewlib-arm-none-eabi',
    brew: 'npx xpm install',
    winget: 'npx xpm install',
    other: 'npx xpm install',
  },
  'qemu-system-arm': {
    apt: 'sudo apt-get install -y qemu-system-arm',
    brew: 'brew install qemu',
    winget: 'winget install SoftwareFreedomConservancy.QEMU',
    other: 'install the package of QEMU that has qemu-system-arm',
  },
  cc: {
    apt: 'sudo apt-get install -y gcc libc6-dev',
    brew: 'xcode-select --install',
    winget: 'winget install BrechtSanders.WinLibs.POSIX.UCRT',
    other: 'install gcc or clang',
  },
  clang: {
    apt: 'sudo apt-get install -y clang',
    brew: 'xcode-select --install',
    winget: 'winget install LLVM.LLVM',
    other: 'install clang',
  },
  renode: renodeCommands,
  'renode-test': renodeCommands,
};

/** The command, or the address, that brings `tool` to this platform. */
export function installCommand(tool: ToolName, platform: Platform): string {
  return commands[tool][platform];
}
