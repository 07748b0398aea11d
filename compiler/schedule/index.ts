export { assignBuffers } from './assign-buffers.ts';
export { chooseKernels, chooseKernelsTogether, type Objective, type SelectionOptions } from './choose-kernels.ts';
export { isasOf } from './isas.ts';
export { type OrderedGraph, type OrderOptions, orderNodes } from './order-nodes.ts';
export { overlapDistance } from './overlap.ts';
export type { Buffer, Program, Scratch, Step } from './program.ts';
