export {
  type Build,
  compileFirmware,
  compileHost,
  compileObjects,
  firmwareLinkFlags,
  type Linked,
  link,
  type OptimizeFlag,
  type SourceFile,
  writeSources,
} from './compile.ts';
export { disassemble } from './disassemble.ts';
export { examineTools, type ToolReport } from './doctor.ts';
export {
  addressOf,
  type Elf,
  type ElfSection,
  type ElfSymbol,
  functionAt,
  type ImageSizes,
  imageSizes,
  readElf,
  sameImage,
} from './elf.ts';
export {
  currentPlatform,
  findArmGcc,
  findTool,
  locateTool,
  requireTool,
  type Tool,
  type ToolOptions,
} from './find-tool.ts';
export { installCommand, type ToolName } from './install-hints.ts';
export { loadTarget, targetTexts } from './load-targets.ts';
export { packageRoot, packageText } from './package-root.ts';
export { endOf, mapParallel, runTool, runToolOrFail, type ToolResult } from './run-tool.ts';
export { type CompiledFrame, readStackUsage, type StackBound, stackBound } from './stack-usage.ts';
