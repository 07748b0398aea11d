import { catalogue, type DiagnosticName } from './catalogue/index.ts';

export type Severity = 'error' | 'warning' | 'note';

/** One finding, as a plain value: the same in text, in JSON and in the API. */
export interface Diagnostic {
  /** `MSC` and four digits, as in the catalogue. */
  readonly code: string;
  readonly name: DiagnosticName;
  readonly severity: Severity;
  /** What it is about: "conv2d 'block3/conv' (node 17)", "tensor 'x'", "mobilenet.ms". */
  readonly where: string;
  /** What was found there. */
  readonly found: string;
  /** What would have been right. */
  readonly requires?: string;
  readonly hint: string;
}

/** The facts of one finding; the rest comes from the catalogue. */
export interface Finding {
  readonly where: string;
  readonly found: string;
  readonly requires?: string;
  readonly hint?: string;
  readonly severity?: Severity;
}

/** Makes a diagnostic of the catalogue's entry `name`. */
export function diagnostic(name: DiagnosticName, finding: Finding): Diagnostic {
  const entry = catalogue[name];
  return {
    code: `MSC${entry.code}`,
    name,
    severity: finding.severity ?? 'error',
    where: finding.where,
    found: finding.found,
    ...(finding.requires === undefined ? {} : { requires: finding.requires }),
    hint: finding.hint ?? entry.hint,
  };
}

/** Ends a phase: carries everything that the phase found, at least one error among it. */
export class DiagnosticError extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((d) => `${d.code} ${d.name}: ${d.where}: ${d.found}`).join('\n'));
    this.name = 'DiagnosticError';
    this.diagnostics = diagnostics;
  }
}

/** Throws a {@link DiagnosticError} with this one finding. */
export function fail(name: DiagnosticName, finding: Finding): never {
  throw new DiagnosticError([diagnostic(name, finding)]);
}

/** Throws if an error is among `diagnostics`; call it at the end of a phase. */
export function stopOnErrors(diagnostics: readonly Diagnostic[]): void {
  if (diagnostics.some((d) => d.severity === 'error')) {
    throw new DiagnosticError(diagnostics);
  }
}

/** The exit code that belongs to a diagnostic: see `docs/diagnostics.md`. */
export function exitCodeOf(diagnostic: Diagnostic): 1 | 2 | 3 | 4 | 5 {
  if (diagnostic.name === 'results-differ') {
    return 4;
  }
  switch (diagnostic.code[3]) {
    case '4':
      return 3;
    case '6':
    case '7':
      return 5;
    case '8':
      return 2;
    default:
      return 1;
  }
}
