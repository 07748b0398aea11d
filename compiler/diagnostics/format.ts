import type { Diagnostic } from './diagnostic.ts';

/** The text that a person reads: four lines at most, without a trailing newline. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const lines = [
    `${diagnostic.severity} ${diagnostic.code} ${diagnostic.name}`,
    `  ${diagnostic.where}: ${diagnostic.found}`,
  ];
  if (diagnostic.requires !== undefined) {
    lines.push(`  requires: ${diagnostic.requires}`);
  }
  lines.push(`  hint: ${diagnostic.hint}`);
  return lines.join('\n');
}
