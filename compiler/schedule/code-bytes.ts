import type { CodeGoal } from '../ops/index.ts';
import type { Step } from './program.ts';

/** The generated functions around the kernels, and what kernels of all kinds call. */
const glueBytes = 700;
/** A step's call with its parameters. */
const bytesPerStep = 15;

/**
 * Modelled bytes of code of a program of these steps: each kernel once, with the most that one of its nodes asks for, and what
 * calls them. On a Cortex-M7 that is from 22 % below to 13 % above what is measured for eight of the zoo's ten tflite models; of
 * the float ones resnet8 has 4,600 bytes instead of 2,895, and hello_world 620 instead of 885.
 */
export function modelledCodeBytes(steps: readonly Step[], goal: CodeGoal): number {
  const byKernel = new Map<string, number>();
  for (const { kernel, view } of steps) {
    const { codeBytes } = kernel.cost(view, goal);
    byKernel.set(kernel.name, Math.max(byKernel.get(kernel.name) ?? 0, codeBytes));
  }
  const kernelBytes = [...byKernel.values()].reduce((sum, bytes) => sum + bytes, 0);
  return Math.round(kernelBytes + glueBytes + bytesPerStep * steps.length);
}
