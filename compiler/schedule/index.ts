export { assignBuffers } from './assign-buffers.ts';
export { chooseKernels, codeGoalOf, type Objective, type SelectionOptions } from './choose-kernels.ts';
export { isasOf } from './isas.ts';
export { overlapDistance } from './overlap.ts';
export type { Buffer, Program, Scratch, Step } from './program.ts';
