export {
  bytePriceOf,
  chooseKernels,
  chooseKernelsTogether,
  codeGoalOf,
  instructionsPerByte,
  type Objective,
  type SelectionOptions,
} from './choose-kernels.ts';
export { modelledCodeBytes } from './code-bytes.ts';
export { type ColumnWindow, columnWindows } from './column-windows.ts';
export { isasOf } from './isas.ts';
export { type OrderedGraph, type OrderOptions, orderNodes } from './order-nodes.ts';
export { rowsDue, rowsOfTurn, turnsOf, wholeSegment } from './pace.ts';
export type { Buffer, Call, Handover, Pace, Program, Scratch, Segment, Step } from './program.ts';
export { sizeOfBuffer } from './program.ts';
export { isDrivenByRows, type RowRange, rowCountOf, rowsOf, rowsRead, rowsWritten, unitBytes } from './row-access.ts';
export { rowsInTick, type Stride, segmentOf } from './segments.ts';
export { programOf } from './storage.ts';
export {
  columnsNeeded,
  columnsOfTile,
  isClosed,
  layerOfTile,
  type TiledGraph,
  type Tiling,
  tileColumns,
  tileName,
} from './tile-columns.ts';
export { instructionsPerCall, viewOfRows } from './view-of-rows.ts';
export { isPitched, placeOf, sourceOf, type View, type Views, viewsOf } from './views.ts';
