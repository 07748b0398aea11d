import { codeGoalOf, instructionsPerByte, type Objective } from '../schedule/index.ts';

/** What kernels are chosen for. */
export interface KernelWish {
  readonly objective: Objective;
  /** Instructions that a byte of flash is worth. */
  readonly bytePrice: number;
}

/** What a choice of kernels led to. */
export interface FlashCost {
  /** Weights, tables and modelled code. */
  readonly flashBytes: number;
  /** Modelled. */
  readonly instructions: number;
  /** False if the arena is larger than it may be. */
  readonly fitsRam: boolean;
}

/** Prices of a byte that are tried beyond that of the objective, ascending. */
const prices: readonly number[] = [2, 8, 32, 100, 400, 1600, 6400, 25600, 102400];

/**
 * The fastest plan within `flashBytes` that is found: as the objective has it if that fits, else with the lowest price of a byte
 * at which it fits, found by halving, of code compiled for speed and of code compiled for size. Without one that fits, the plan
 * that takes least flash, of those that fit the RAM if any do.
 */
export function planWithinFlash<Plan extends FlashCost>(
  objective: Objective,
  flashBytes: number,
  planFor: (wish: KernelWish) => Plan,
): Plan {
  const fits = (plan: Plan) => plan.fitsRam && plan.flashBytes <= flashBytes;
  const own = planFor({ objective, bytePrice: instructionsPerByte[objective] });
  if (fits(own)) {
    return own;
  }
  const tried: Plan[] = [own];
  const plan = (wish: KernelWish) => {
    const next = planFor(wish);
    tried.push(next);
    return next;
  };
  const ladders: readonly Objective[] = codeGoalOf(objective) === 'size' ? [objective] : [objective, 'size'];
  for (const rung of ladders) {
    const dearer = rung === objective ? prices.filter((price) => price > instructionsPerByte[objective]) : prices;
    if (!fits(plan({ objective: rung, bytePrice: dearer.at(-1)! }))) {
      continue;
    }
    for (let [low, high] = [0, dearer.length - 1]; low < high; ) {
      const middle = (low + high) >> 1;
      if (fits(plan({ objective: rung, bytePrice: dearer[middle]! }))) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
  }
  const fitting = tried.filter(fits);
  if (fitting.length > 0) {
    return fitting.reduce((best, next) => (next.instructions < best.instructions ? next : best));
  }
  const inRam = tried.filter(({ fitsRam }) => fitsRam);
  return (inRam.length > 0 ? inRam : tried).reduce((best, next) => (next.flashBytes < best.flashBytes ? next : best));
}
