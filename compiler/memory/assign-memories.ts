/** Decides which items lie in which memory: what is used most in the fastest, within their capacities. */

/** What is known of items in a memory: whether they have places there at all. */
export type FitAnswer =
  | 'fits'
  /** Proven: there are none. */
  | 'impossible'
  /** None were found. */
  | 'unknown';

/** Items to divide among memories. Memories are in the order of their waits, which never fall. */
export interface AssignmentProblem {
  readonly sizes: readonly number[];
  /** By item: bytes read and written. */
  readonly heats: readonly number[];
  /** By memory: what a byte that is read or written costs. */
  readonly waits: readonly number[];
  readonly mayLieIn: (item: number, memory: number) => boolean;
  /** Of items in ascending order. More items never fit where fewer do not. */
  readonly ask: (memory: number, items: readonly number[]) => FitAnswer;
}

/** Where the items lie. */
export interface Assignment {
  /** By item: the index of its memory, or -1 where no room was found. */
  readonly memoryOf: readonly number[];
  /** The sum of heat times wait over all items that have a memory. */
  readonly cost: number;
  /** Bytes of the items without a memory. */
  readonly leftBytes: number;
  /** Proven: no assignment leaves less, or costs less. */
  readonly isBest: boolean;
}

/** Questions of whether items fit. Counts down. */
interface Work {
  left: number;
}

/**
 * The cheapest assignment that is found: items by heat or by size, each in the fastest memory with room (and in the slowest, where
 * that leaves less out); then single moves, exchanges and
 * evictions as long as they help; then branch and bound over all assignments. Deterministic. Of assignments that cost the same
 * it takes the one that fills memories in their order. `questions` bounds how often is asked whether items fit, for the
 * first assignment beyond what it needs.
 */
export function assignMemories(problem: AssignmentProblem, questions: number): Assignment {
  const work: Work = { left: questions };
  const { sizes, heats } = problem;
  const items = sizes.map((_, item) => item);
  const density = (item: number) => heats[item]! / Math.max(1, sizes[item]!);
  const byDensity = [...items].sort((a, b) => density(b) - density(a) || sizes[b]! - sizes[a]! || a - b);
  const bySize = [...items].sort((a, b) => sizes[b]! - sizes[a]! || a - b);
  const memories = problem.waits.map((_, memory) => memory);
  const starts = [memories, [...memories].reverse()].flatMap((memoryOrder) =>
    [byDensity, bySize].map((order) => greedyAssignment(problem, order, memoryOrder)),
  );
  const start = starts.reduce((best, next) => (isBetter(problem, next, best) ? next : best));
  return searched(problem, improved(problem, start, work), work);
}

/** The first step alone: each item of `order` in the first memory of `memoryOrder` that has room for it. */
export function greedyAssignment(
  problem: AssignmentProblem,
  order: readonly number[],
  memoryOrder: readonly number[] = problem.waits.map((_, memory) => memory),
): readonly number[] {
  const memoryOf = new Array<number>(problem.sizes.length).fill(-1);
  for (const item of order) {
    memoryOf[item] =
      memoryOrder.find((memory) => problem.mayLieIn(item, memory) && fitsWith(problem, memoryOf, memory, [item], [])) ??
      -1;
  }
  return memoryOf;
}

/** What an assignment costs, and what it leaves out. */
export function costOf({ sizes, heats, waits }: AssignmentProblem, memoryOf: readonly number[]) {
  let [cost, leftBytes] = [0, 0];
  memoryOf.forEach((memory, item) => {
    cost += memory < 0 ? 0 : heats[item]! * waits[memory]!;
    leftBytes += memory < 0 ? sizes[item]! : 0;
  });
  return { cost, leftBytes };
}

function isBetter(problem: AssignmentProblem, one: readonly number[], other: readonly number[]): boolean {
  const [a, b] = [costOf(problem, one), costOf(problem, other)];
  return a.leftBytes < b.leftBytes || (a.leftBytes === b.leftBytes && a.cost < b.cost);
}

/** True if a memory holds what it has with `added` and without `removed`. */
function fitsWith(
  problem: AssignmentProblem,
  memoryOf: readonly number[],
  memory: number,
  added: readonly number[],
  removed: readonly number[],
): boolean {
  const members = memoryOf.flatMap((where, item) =>
    (where === memory && !removed.includes(item)) || added.includes(item) ? [item] : [],
  );
  return problem.ask(memory, members) === 'fits';
}

/** Moves items to faster memories, alone or with another one that makes room, until nothing gets better. */
function improved(problem: AssignmentProblem, start: readonly number[], work: Work): readonly number[] {
  const { heats, waits } = problem;
  const byHeat = start.map((_, item) => item).sort((a, b) => heats[b]! - heats[a]! || a - b);
  let best = start;
  for (let found: readonly number[] | null = best; found !== null && work.left > 0; ) {
    found = betterMove(problem, best, byHeat, work);
    best = found ?? best;
  }
  return best;

  function betterMove({ mayLieIn }: AssignmentProblem, memoryOf: readonly number[], order: readonly number[], w: Work) {
    const isFaster = (memory: number, than: number) => than < 0 || waits[memory]! < waits[than]!;
    for (const item of order) {
      const from = memoryOf[item]!;
      for (let to = 0; to < waits.length && isFaster(to, from) && w.left > 0; to++) {
        if (!mayLieIn(item, to)) {
          continue;
        }
        w.left--;
        if (fitsWith(problem, memoryOf, to, [item], [])) {
          return memoryOf.with(item, to);
        }
        const residents = order.filter((other) => memoryOf[other] === to).reverse();
        for (const other of residents) {
          const target = targetOf(memoryOf, item, to, other, w);
          if (target !== null) {
            return memoryOf.with(item, to).with(other, target);
          }
        }
      }
    }
    return null;
  }

  /** Where `other` can go so that `item` can take its place and the whole gets better; null for nowhere. */
  function targetOf(memoryOf: readonly number[], item: number, to: number, other: number, w: Work): number | null {
    for (let target = 0; target < waits.length && w.left > 0; target++) {
      const next = memoryOf.with(item, to).with(other, target);
      if (target === to || !problem.mayLieIn(other, target) || !isBetter(problem, next, memoryOf)) {
        continue;
      }
      w.left -= 2;
      const moving = memoryOf[item] === target ? [item] : [];
      if (fitsWith(problem, memoryOf, to, [item], [other]) && fitsWith(problem, memoryOf, target, [other], moving)) {
        return target;
      }
    }
    return null;
  }
}

/** Looks for something better than `start` among all assignments, the hottest items first. */
function searched(problem: AssignmentProblem, start: readonly number[], work: Work): Assignment {
  const { sizes, heats, waits, mayLieIn, ask } = problem;
  const order = sizes.map((_, item) => item).sort((a, b) => heats[b]! - heats[a]! || sizes[b]! - sizes[a]! || a - b);
  const choices = order.map((item) =>
    waits.flatMap((_, memory) => (mayLieIn(item, memory) && ask(memory, [item]) !== 'impossible' ? [memory] : [])),
  );
  /** The least that the items from the k-th on cost. */
  const rest = new Array<number>(order.length + 1).fill(0);
  for (let k = order.length - 1; k >= 0; k--) {
    rest[k] = rest[k + 1]! + heats[order[k]!]! * (choices[k]!.length === 0 ? 0 : waits[choices[k]![0]!]!);
  }
  let best = start;
  let { cost: bestCost, leftBytes } = costOf(problem, start);
  let isBest = true;
  const memoryOf = new Array<number>(order.length).fill(-1);
  const members = waits.map((): readonly number[] => []);
  const visit = (k: number, cost: number): void => {
    if (leftBytes === 0 && cost + rest[k]! >= bestCost) {
      return;
    }
    const item = order[k];
    if (item === undefined) {
      best = [...memoryOf];
      [bestCost, leftBytes] = [cost, 0];
      return;
    }
    for (const memory of choices[k]!) {
      if (work.left <= 0) {
        isBest = false;
        return;
      }
      work.left--;
      const before = members[memory]!;
      const next = [...before, item].sort((a, b) => a - b);
      const answer = ask(memory, next);
      isBest &&= answer !== 'unknown';
      if (answer === 'fits') {
        memoryOf[item] = memory;
        members[memory] = next;
        visit(k + 1, cost + heats[item]! * waits[memory]!);
        members[memory] = before;
        memoryOf[item] = -1;
      }
    }
  };
  visit(0, 0);
  // An assignment that leaves items out is the best one only if none holds all; of those it need not leave the least.
  return { memoryOf: best, cost: bestCost, leftBytes, isBest: isBest && leftBytes === 0 };
}
