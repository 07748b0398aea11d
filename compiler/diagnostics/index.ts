export { type CatalogueEntry, catalogue, type DiagnosticName } from './catalogue/index.ts';
export {
  type Diagnostic,
  DiagnosticError,
  diagnostic,
  exitCodeOf,
  type Finding,
  fail,
  type Severity,
  stopOnErrors,
} from './diagnostic.ts';
export { formatDiagnostic } from './format.ts';
