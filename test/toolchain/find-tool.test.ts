import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { examineTools, findArmGcc, findTool, installCommand } from '../../compiler/toolchain/index.ts';

const root = mkdtempSync(join(tmpdir(), 'msc-test-'));
afterAll(() => rmSync(root, { recursive: true }));

/** A program that only knows `--version`. */
function fake(folder: string, name: string, line: string): string {
  mkdirSync(join(root, folder), { recursive: true });
  const path = join(root, folder, name);
  writeFileSync(path, `#!/bin/sh\necho '${line}'\n`);
  chmodSync(path, 0o755);
  return path;
}

const gcc = 'arm-none-eabi-gcc';
const explicit = fake(
  'toolchain/bin',
  gcc,
  'arm-none-eabi-gcc (Arm GNU Toolchain 13.3.Rel1 (Build arm-13.24)) 13.3.1 20240614',
);
const xpack = (version: string) => `store/@xpack-dev-tools/arm-none-eabi-gcc/${version}/.content/bin`;
const older = fake(xpack('9.2.1-1.1'), gcc, 'arm-none-eabi-gcc (xPack GNU Arm Embedded GCC) 9.2.1 20191025');
const newer = fake(xpack('14.2.1-1.1'), gcc, 'arm-none-eabi-gcc (xPack GNU Arm Embedded GCC x86_64) 14.2.1 20241119');
const path = fake('path', gcc, 'arm-none-eabi-gcc (15:12.2.rel1-1) 12.2.1 20221205');
fake('path', 'qemu-system-arm', 'QEMU emulator version 9.0.2 (Debian 1:9.0.2+ds-1)');
fake('path', 'clang', 'Debian clang version 14.0.6');

const env = { PATH: join(root, 'path'), XPACKS_STORE_FOLDER: join(root, 'store') };

describe.skipIf(process.platform === 'win32')('the Arm compiler', () => {
  it.each([
    ['its folder', join(root, 'toolchain')],
    ['its bin folder', join(root, 'toolchain', 'bin')],
    ['its path', explicit],
  ])('is the one that the user names by %s', async (_, toolchain) => {
    const expected = { name: gcc, path: explicit, origin: 'explicit', version: '13.3.1' };
    expect(await findArmGcc({ toolchain, env })).toEqual(expected);
    expect(await findArmGcc({ env: { ...env, MSC_TOOLCHAIN: toolchain } })).toEqual(expected);
  });

  it('is else the newest of the xpack store', async () => {
    expect(older).not.toBe(newer);
    expect(await findArmGcc({ env })).toEqual({ name: gcc, path: newer, origin: 'xpack', version: '14.2.1' });
  });

  it('is else on the PATH', async () => {
    const noStore = { ...env, XPACKS_STORE_FOLDER: join(root, 'none') };
    expect(await findArmGcc({ env: noStore })).toEqual({ name: gcc, path, origin: 'path', version: '12.2.1' });
  });

  it('is else missing', async () => {
    expect(await findArmGcc({ env: { PATH: '', XPACKS_STORE_FOLDER: join(root, 'none') } })).toBeUndefined();
  });
});

describe.skipIf(process.platform === 'win32')('other tools', () => {
  it('are found on the PATH, with their version', async () => {
    expect(await findTool('qemu-system-arm', { env })).toMatchObject({ version: '9.0.2', origin: 'path' });
    expect(await findTool('cc', { env })).toMatchObject({ name: 'clang', version: '14.0.6' });
    expect(await findTool('renode', { env })).toBeUndefined();
  });

  it('are examined all together', async () => {
    const report = await examineTools({ env });
    expect(report.map((tool) => [tool.name, tool.found?.version])).toEqual([
      [gcc, '14.2.1'],
      ['qemu-system-arm', '9.0.2'],
      ['cc', '14.0.6'],
      ['clang', '14.0.6'],
      ['renode', undefined],
    ]);
    expect(report.every((tool) => tool.install !== '')).toBe(true);
  });

  it('have an install command on every platform', () => {
    expect(installCommand('qemu-system-arm', 'apt')).toBe('sudo apt-get install -y qemu-system-arm');
    expect(installCommand('qemu-system-arm', 'brew')).toBe('brew install qemu');
    expect(installCommand(gcc, 'winget')).toBe('npx xpm install');
  });
});
