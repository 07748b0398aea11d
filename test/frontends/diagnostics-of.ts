import { type Diagnostic, DiagnosticError } from '../../compiler/diagnostics/index.ts';

/** The diagnostics that `read` ends with; empty if it succeeds. Any other error passes through. */
export function diagnosticsOf(read: () => unknown): readonly Diagnostic[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof DiagnosticError) {
      return error.diagnostics;
    }
    throw error;
  }
}

/** "name: where: found" of the first diagnostic, or null. */
export function firstFinding(read: () => unknown): string | null {
  const [first] = diagnosticsOf(read);
  return first === undefined ? null : `${first.name}: ${first.where}: ${first.found}`;
}
