import { essentialItems, withFollowers } from './essential-items.ts';
import { searchOf, type Work } from './exact-room.ts';
import type { Placement, PlacementProblem } from './lay-out.ts';

/** A placement, and what no placement can be below. */
export interface ProvenPlacement extends Placement {
  readonly boundBytes: number;
}

/** Heights below the plan that are asked for once the plan itself could not be proven: the bound is then the last one refuted. */
const boundProbes = 4;

/** Of the effort: for the first search of all items, each search of a core, and all probes for the bound. */
const [firstShare, coreShare, probesShare] = [0.25, 0.25, 0.5];

/** Items of a core: what cannot be placed without the others cannot be with them, and few items are searched faster. */
const coreCounts: readonly number[] = [12, 18];

/** With more items than this, the search is not tried: its tables grow with the square, and its depth with it. */
const mostItems = 100;

/**
 * Lowers a placement until it is proven that there is none below, or `effort` is spent: asks whether the items fit into less, takes
 * what fits, and ends at the first height that is impossible. Without an answer, heights between the bound and the placement are
 * tried, by halving, for a better bound. Deterministic.
 *
 * @param effort bounds that the longest search may compare; all of them compare about twice as many
 */
export function provePlacement(
  problem: PlacementProblem,
  start: Placement,
  boundBytes: number,
  effort: number,
): ProvenPlacement {
  if (start.heightBytes <= boundBytes || effort <= 0) {
    return { ...start, boundBytes };
  }
  const { items, followers } = essentialItems(problem);
  if (items.length > mostItems) {
    return { ...start, boundBytes };
  }
  const work: Work = { left: 0 };
  const fits = searchOf(problem, items, work);
  let best = start;
  let bound = boundBytes;
  /** The outcome for a height below the placement. */
  const ask = (heightBytes: number) => {
    const answer = fits(heightBytes);
    if (answer.outcome === 'impossible') {
      bound = Math.max(bound, heightBytes + 1);
    }
    if (answer.outcome === 'fits') {
      const starts = withFollowers(new Map(items.map((item, i) => [item, answer.starts[i]!])), followers);
      best = placementOf(problem, starts);
    }
    return answer.outcome;
  };
  const lowerUntilStuck = (share: number) => {
    work.left = effort * share;
    while (best.heightBytes > bound && ask(best.heightBytes - 1) === 'fits') {}
  };
  lowerUntilStuck(firstShare);
  for (const count of coreCounts) {
    if (best.heightBytes > bound && count < items.length) {
      work.left = effort * coreShare;
      const core = mostBlamed(problem, items, fits.blame(), count);
      if (searchOf(problem, core, work)(best.heightBytes - 1).outcome === 'impossible') {
        bound = best.heightBytes;
      }
    }
  }
  lowerUntilStuck(1);
  let high = best.heightBytes - 1;
  for (let probe = 0; probe < boundProbes && bound < high; probe++) {
    work.left = (effort * probesShare) / boundProbes;
    const middle = Math.floor((bound + high) / 2);
    const outcome = ask(middle);
    high = outcome === 'impossible' ? high : Math.min(middle, best.heightBytes - 1);
  }
  return { ...best, boundBytes: bound };
}

/** The items that were in most dead ends; of those that were in as many the larger ones. */
function mostBlamed({ sizes }: PlacementProblem, items: readonly number[], blame: readonly number[], count: number) {
  const order = items.map((_, i) => i).sort((a, b) => blame[b]! - blame[a]! || sizes[items[b]!]! - sizes[items[a]!]!);
  return order.slice(0, count).map((i) => items[i]!);
}

function placementOf({ sizes }: PlacementProblem, starts: ReadonlyMap<number, number>): Placement {
  const inTurn = sizes.map((_, i) => starts.get(i)!);
  return {
    starts: inTurn,
    heightBytes: inTurn.reduce((most, at, i) => Math.max(most, at + sizes[i]!), 0),
  };
}
