export type { KernelSources } from './amalgamate.ts';
export { type BundleView, emitBundle, viewOfBundle } from './bundle.ts';
export { emitModel, type OutputFile, type TemplateSources } from './emit.ts';
export { cNameFrom, isCName } from './names.ts';
export type { IoMode, PortView } from './ports.ts';
export { type ArenaMode, type EmissionOptions, type ModelView, viewOfProgram } from './view.ts';
