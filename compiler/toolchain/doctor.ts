import { currentPlatform, findArmGcc, findTool, type Tool, type ToolOptions } from './find-tool.ts';
import { installCommand, type ToolName } from './install-hints.ts';

/** One tool as `msc doctor` lists it. */
export interface ToolReport {
  readonly name: ToolName;
  /** What msc does with it. */
  readonly purpose: string;
  /** Whether `msc run` on the emulated core needs it; the others add something. */
  readonly required: boolean;
  /** Null when it is not there. */
  readonly found: Pick<Tool, 'path' | 'version' | 'origin'> | null;
  /** Command, or address, that brings it to this computer. */
  readonly install: string;
}

const purposes: readonly { readonly name: ToolName; readonly purpose: string; readonly required: boolean }[] = [
  { name: 'arm-none-eabi-gcc', purpose: 'builds the firmware of `msc run`', required: true },
  { name: 'qemu-system-arm', purpose: 'emulates the core in `msc run`', required: true },
  { name: 'cc', purpose: 'counts instructions per layer (QEMU plugin); `--emulator host`', required: false },
  { name: 'clang', purpose: 'second opinion on the generated C in the tests', required: false },
  { name: 'renode', purpose: '`--emulator renode`: the whole STM32 chip', required: false },
];

/** Looks for every tool that msc can use. A toolchain named wrongly fails with `tool-not-found`. */
export function examineTools(options: ToolOptions = {}): Promise<readonly ToolReport[]> {
  const platform = currentPlatform(options.env);
  return Promise.all(
    purposes.map(async ({ name, purpose, required }) => {
      const tool = name === 'arm-none-eabi-gcc' ? await findArmGcc(options) : await findTool(name, options);
      return {
        name,
        purpose,
        required,
        found: tool === undefined ? null : { path: tool.path, version: tool.version, origin: tool.origin },
        install: installCommand(name, platform),
      };
    }),
  );
}
