import type { Isa } from '../ops/index.ts';
import type { Target } from '../targets/index.ts';

/** Instruction sets whose kernels a target can run. */
export function isasOf(target: Target): readonly Isa[] {
  return target.features.dsp ? ['portable', 'dsp'] : ['portable'];
}
