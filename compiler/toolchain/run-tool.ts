import { execa } from 'execa';
import { fail } from '../diagnostics/index.ts';

/** How a tool ended. */
export interface ToolResult {
  /** Null when it was ended by a signal. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

export interface ToolRun {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** Then it gets SIGTERM, and SIGKILL one second later. */
  readonly timeoutSeconds?: number;
  /** Ends the tool as a time-out does. */
  readonly cancelSignal?: AbortSignal;
}

/** Runs a tool to its end, whatever that is; never throws for what the tool does. */
export async function runTool(run: ToolRun): Promise<ToolResult> {
  const result = await execa(run.command, run.args, {
    reject: false,
    stdin: 'ignore',
    forceKillAfterDelay: 1000,
    ...(run.cwd === undefined ? {} : { cwd: run.cwd }),
    ...(run.timeoutSeconds === undefined ? {} : { timeout: run.timeoutSeconds * 1000 }),
    ...(run.cancelSignal === undefined ? {} : { cancelSignal: run.cancelSignal }),
    // messages that do not depend on where they are read
    env: { LC_ALL: 'C' },
  });
  return {
    exitCode: result.exitCode ?? null,
    stdout: result.stdout,
    stderr: result.exitCode === undefined && result.stderr === '' ? (result.shortMessage ?? '') : result.stderr,
    timedOut: result.timedOut,
  };
}

/** Runs a tool that must succeed: fails with `tool-failed` and the tool's own words. `what` is what it was doing. */
export async function runToolOrFail(what: string, run: ToolRun): Promise<ToolResult> {
  const result = await runTool(run);
  if (result.exitCode !== 0 || result.timedOut) {
    fail('tool-failed', {
      where: `${run.command} (${what})`,
      found: `${endOf(result)}\n${(result.stderr || result.stdout).trimEnd()}`.trimEnd(),
    });
  }
  return result;
}

/** "exit code 1", "a signal", "no end within its time". */
export function endOf(result: ToolResult): string {
  if (result.timedOut) {
    return 'no end within its time';
  }
  return result.exitCode === null ? 'ended by a signal' : `exit code ${result.exitCode}`;
}

/** Maps with at most `limit` calls under way; the first failure ends it after those that run. */
export async function mapParallel<A, B>(
  items: readonly A[],
  limit: number,
  map: (item: A, index: number) => Promise<B>,
): Promise<B[]> {
  const results: B[] = new Array(items.length);
  const rest = items.entries();
  const worker = async () => {
    for (const [index, item] of rest) {
      results[index] = await map(item, index);
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, worker));
  for (const end of ended) {
    if (end.status === 'rejected') {
      throw end.reason;
    }
  }
  return results;
}
