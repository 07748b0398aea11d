import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BlockCount } from '../cycles/index.ts';
import { addressOf, type Elf, packageText, runTool, type Tool } from '../toolchain/index.ts';

/** What the plugin wrote: see `templates/qemu-plugin/count.c`. */
export interface PluginCounts {
  readonly inferences: readonly number[];
  /** Of the first inference. */
  readonly steps: ReadonlyMap<number, number>;
  /** How often each block of the first inference ran. */
  readonly blocks: readonly BlockCount[];
  /** Address of the last block that ran. */
  readonly lastAddress: number | null;
}

const countsFile = 'counts.txt';
const library = process.platform === 'win32' ? 'count.dll' : 'count.so';

/** Version of the plugin interface that a QEMU takes: 9.0 raised its minimum to 2. */
export function pluginInterface(qemuVersion: string): number {
  return Number.parseInt(qemuVersion, 10) >= 9 ? 2 : 1;
}

/** Compiles the plugin in `folder` with the host's compiler; false where that fails. */
export async function buildPlugin(compiler: Tool, folder: string, interfaceVersion: number): Promise<boolean> {
  writeFileSync(join(folder, 'count.c'), packageText('templates', 'qemu-plugin', 'count.c'));
  const { exitCode } = await runTool({
    command: compiler.path,
    args: [
      ...['-shared', '-fPIC', '-O2', `-DPLUGIN_INTERFACE=${interfaceVersion}`, 'count.c', '-o', library],
      // QEMU itself gives the functions; macOS wants to be told so
      ...(process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : []),
    ],
    cwd: folder,
    timeoutSeconds: 60,
  });
  return exitCode === 0;
}

/** Steps and their addresses that a model built with `steps.h` carries. */
export function stepMarks(elf: Elf): readonly { readonly step: number; readonly address: number }[] {
  const bytes = elf.sections.find((section) => section.name === '.harness_steps')?.bytes ?? new Uint8Array(0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.byteLength / 8 }, (_, i) => ({
    step: view.getUint32(8 * i, true),
    address: (view.getUint32(8 * i + 4, true) & ~1) >>> 0,
  }));
}

/** QEMU's arguments for counting `entry` to its return in the image, steps at `marks`; files go to `folder`. */
export function pluginArgs(elf: Elf, entry: string, marks: ReturnType<typeof stepMarks>, folder: string): string[] {
  writeFileSync(join(folder, 'steps.txt'), marks.map(({ step, address }) => `${step} ${address}\n`).join(''));
  rmSync(join(folder, countsFile), { force: true });
  const options = [`entry=${addressOf(elf, entry)}`, `exit=${addressOf(elf, 'harness_returned')}`];
  return ['-plugin', [`./${library}`, ...options, 'steps=steps.txt', `out=${countsFile}`].join(',')];
}

/** Reads what the plugin wrote in `folder`; null when QEMU did not load it. */
export function readPluginCounts(folder: string): PluginCounts | null {
  const file = join(folder, countsFile);
  if (!existsSync(file)) {
    return null;
  }
  const inferences: number[] = [];
  const steps = new Map<number, number>();
  const blocks: BlockCount[] = [];
  let lastAddress: number | null = null;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [kind, ...numbers] = line.split(' ').map((word, i) => (i === 0 ? word : Number(word))) as [
      string,
      ...number[],
    ];
    const [first = 0, second = 0, instructions = 0, times = 0, fell = 0] = numbers;
    if (kind === 'inference') {
      inferences.push(first);
    } else if (kind === 'step') {
      // a step may be marked in several places: where the compiler copied code, or at each of its row blocks
      steps.set(first, (steps.get(first) ?? 0) + second);
    } else if (kind === 'block') {
      blocks.push({ step: first, address: second, instructions, times, fell });
    } else if (kind === 'last') {
      lastAddress = first;
    }
  }
  return { inferences, steps, blocks, lastAddress };
}
