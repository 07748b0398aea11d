import type { KernelRecord } from '../kernel.ts';
import type { Conv2dAttributes } from './definition.ts';
import { float32Portable, float32Tiled } from './float32.ts';
import { int8PointwiseWideDsp } from './int8-1x1-wide.ts';
import { int8SingleChannelDsp } from './int8-3x3x1.ts';
import { int8ThreeChannelsDsp } from './int8-3x3x3.ts';
import { int8PointwiseDsp, int8WideDsp, int8WindowDsp } from './int8-dsp.ts';
import { int8Portable } from './int8-portable.ts';
import { int8WinogradDsp } from './int8-winograd.ts';

export const conv2dKernels: readonly KernelRecord<Conv2dAttributes>[] = [
  int8Portable,
  int8PointwiseDsp,
  int8PointwiseWideDsp,
  int8WindowDsp,
  int8WideDsp,
  int8WinogradDsp,
  int8SingleChannelDsp,
  int8ThreeChannelsDsp,
  float32Portable,
  float32Tiled,
];
