import { existsSync } from 'node:fs';
import type { Tool } from './find-tool.ts';
import { runTool } from './run-tool.ts';

/** What the objdump beside a gcc makes of the code between two addresses of an image in `folder`; null where there is none, or it fails. */
export async function disassemble(
  gcc: Tool,
  folder: string,
  image: string,
  [start, end]: readonly [startAddress: number, endAddress: number],
): Promise<string | null> {
  const objdump = gcc.path.replace(/gcc(?=(\.exe|\.cmd)?$)/, 'objdump');
  if (objdump === gcc.path || !existsSync(objdump)) {
    return null;
  }
  const { exitCode, stdout } = await runTool({
    command: objdump,
    args: ['-d', `--start-address=${start}`, `--stop-address=${end}`, image],
    cwd: folder,
    timeoutSeconds: 60,
  });
  return exitCode === 0 ? stdout : null;
}
