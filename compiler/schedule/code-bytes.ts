import type { CodeGoal } from '../ops/index.ts';
import type { Program } from './program.ts';

/** The generated functions around the kernels, and what kernels of all kinds call. */
const glueBytes = 600;
/** A step's call with its parameters. */
const bytesPerStep = 40;
/** How its rows lie, where it has them one by one. */
const bytesPerLayout = 90;
/** Which rows are due, where it goes together with others. */
const bytesPerTick = 80;

/**
 * Modelled bytes of code of these programs together: each kernel once, with the most that one of its nodes asks for, and what
 * calls them. On a Cortex-M7 that is from 22 % below to 26 % above what is measured for the zoo's tflite models, but for those of
 * hello_world, which have some hundred bytes. Of resnet8_int8 in 12 strips of columns it is 2 % below.
 */
export function modelledCodeBytes(programs: readonly Pick<Program, 'steps' | 'segments'>[], goal: CodeGoal): number {
  const byKernel = new Map<string, number>();
  let callBytes = 0;
  for (const { steps, segments } of programs) {
    for (const { first, end } of segments) {
      for (const { kernel, view, call } of steps.slice(first, end)) {
        const { codeBytes } = kernel.cost(view, goal);
        byKernel.set(kernel.name, Math.max(byKernel.get(kernel.name) ?? 0, codeBytes));
        callBytes += bytesPerStep;
        callBytes += call.work.kind === 'rows' ? bytesPerLayout : 0;
        callBytes += end - first > 1 ? bytesPerTick : 0;
      }
    }
  }
  const kernelBytes = [...byKernel.values()].reduce((sum, bytes) => sum + bytes, 0);
  return Math.round(kernelBytes + glueBytes + callBytes);
}
