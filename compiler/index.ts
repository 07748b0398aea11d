/** The public API: `compile` turns a model into C, `compileTogether` several into one file, without touching the system. */
export { type BundleModel, type BundleOptions, type BundleResult, compileTogether } from './bundle.ts';
export { type Diagnostic, DiagnosticError, formatDiagnostic } from './diagnostics/index.ts';
export { type Assets, type CompileOptions, type CompileResult, compile, readGraph } from './pipeline.ts';
export { parseTarget, type Target } from './targets/index.ts';
