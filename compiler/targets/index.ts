export { nearest } from './nearest.ts';
export { parseTarget } from './parse.ts';
export {
  type Core,
  type CoreFeatures,
  contiguousRegions,
  type Memory,
  type MemoryKind,
  type MemoryRegion,
  type Target,
  totalBytes,
} from './target.ts';
