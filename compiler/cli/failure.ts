import { type Diagnostic, DiagnosticError, exitCodeOf, formatDiagnostic } from '../diagnostics/index.ts';
import { reportSchema } from '../report/report.ts';

/** Exit code of a bug in msc. */
const internalErrorExitCode = 70;

/**
 * Runs a command. Diagnostics go to stderr as text, and with `json` to stdout as the report of a failure;
 * anything else that is thrown is a bug: said in one line, with the stack only where `MSC_DEBUG` is set.
 */
export async function runCommand(json: boolean, command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    if (error instanceof DiagnosticError) {
      reportDiagnostics(error.diagnostics, json);
      process.exitCode = worstExitCode(error.diagnostics);
      return;
    }
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(
      `error MSC9001 internal-error\n  ${message.split('\n')[0]}\n` +
        '  hint: This is a bug in msc: please report it with the model. MSC_DEBUG=1 prints where it happened.\n',
    );
    if (process.env.MSC_DEBUG !== undefined && error instanceof Error) {
      process.stderr.write(`${error.stack}\n`);
    }
    process.exitCode = internalErrorExitCode;
  }
}

function reportDiagnostics(diagnostics: readonly Diagnostic[], json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify({ schema: reportSchema, diagnostics }, null, 2)}\n`);
  }
  process.stderr.write(`${diagnostics.map(formatDiagnostic).join('\n')}\n`);
}

function worstExitCode(diagnostics: readonly Diagnostic[]): number {
  const [first] = diagnostics.filter((diagnostic) => diagnostic.severity === 'error');
  return first === undefined ? 0 : exitCodeOf(first);
}
