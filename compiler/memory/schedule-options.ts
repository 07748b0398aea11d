/** What can be done with a run of steps: alone, a few rows a call, or together row by row; and what each way costs. */
import { type Graph, sizeBytesOf, type TensorId, tensorOf } from '../ir/index.ts';
import type { CodeGoal, KernelCost, KernelRecord, LoweringOptions } from '../ops/index.ts';
import {
  type Program,
  programOf,
  rowCountOf,
  rowsOfTurn,
  type Segment,
  type Step,
  type Stride,
  segmentOf,
  turnsOf,
  type ViewSources,
  viewOfRows,
  wholeSegment,
} from '../schedule/index.ts';
import { distancesOf, type Item } from './distances.ts';
import { leastRoomForPairs, mostBytesInUse } from './placement-bound.ts';
import { planArena } from './plan-program.ts';
import { withSharedRings } from './share-rings.ts';

/** Steps [first, end) done in one way. */
export interface ScheduleOption {
  readonly first: number;
  readonly end: number;
  readonly segment: Segment;
  /** The steps, lowered for the rows that they compute at a time. */
  readonly steps: readonly Step[];
  /** Modelled instructions. */
  readonly instructions: number;
  /** No plan can do with less RAM while these steps run. */
  readonly leastBytes: number;
  /** RAM that a plan for these steps alone takes, beside what lives across them: found by placing it. */
  readonly plannedBytes: () => number;
}

export interface OptionContext {
  readonly graph: Graph;
  readonly sources: ViewSources;
  /** Tensors that are no views and lie in memory of the caller. */
  readonly outside: ReadonlySet<TensorId>;
  readonly steps: readonly Step[];
  readonly lowering: LoweringOptions;
  /** Instructions that a byte of flash is worth: what a kernel costs that is used nowhere else. */
  readonly instructionsPerByte: number;
  readonly goal: CodeGoal;
  /** Steps may advance together: takes code for the loops, and for kernels that suit rows better. */
  readonly mayGoTogether: boolean;
  /** The input whose rows come one after another while the first steps run; null if inputs are whole. */
  readonly streamed: TensorId | null;
}

/** Ways of going together that are tried: rows at a time of the finest image. */
const strides: readonly Stride[] = [
  { rows: 1, tapered: true },
  { rows: 2, tapered: true },
  { rows: 3, tapered: true },
  { rows: 4, tapered: true },
  { rows: 6, tapered: true },
  { rows: 2, tapered: false },
  { rows: 3, tapered: false },
];

/** Most steps that go together: longer runs are rarely better, and their number grows with the square of it. */
const longestSegment = 40;

/** A step that needs less than this part of what the largest needs alone is cold: it goes together with others only beside hot ones. */
const coldPart = 1 / 3;
/** Most cold steps at either end of steps that go together. */
const coldSteps = 4;

/** Orders that are tried to place a part of a program. */
const partIterations = 120;

/** Instructions of the generated code around a call of a few rows. */
const instructionsPerCall = 50;
/** Of a step that has nothing to do in a tick. */
const instructionsPerTick = 14;

/** Every way that is worth a look, for every run of steps. */
export function scheduleOptions(context: OptionContext): readonly ScheduleOption[] {
  const lower = lowerings(context);
  const uses = usesOf(context);
  const together = { ...context, steps: byRows(context.steps, context.lowering) };
  const alone = context.steps.map((_, step) => aloneOptions(context, step, lower, uses));
  const peaks = alone.map((options) => Math.min(...options.map(({ leastBytes }) => leastBytes)));
  const lastReader = context.streamed === null ? -1 : (uses.last.get(context.streamed) ?? -1);
  const options = alone.slice(lastReader + 1).flat();
  const hot = peaks.map((peak) => peak > Math.max(...peaks) * coldPart);
  const longest = Math.max(longestSegment, lastReader + 1);
  for (let end = lastReader + 1; lastReader >= 0 && end <= Math.min(peaks.length, longest); end++) {
    const ways = strides.flatMap((stride) => togetherOption(together, { first: 0, end }, stride, lower, uses) ?? []);
    if (ways.length === 0) {
      break;
    }
    options.push(...undominated(ways));
  }
  for (let first = lastReader + 1; context.mayGoTogether && first < peaks.length; first++) {
    for (let end = first + 2; end <= Math.min(peaks.length, first + longestSegment); end++) {
      const range = { first, end };
      if (!isWorthIt(hot.slice(first, end))) {
        continue;
      }
      const one = togetherOption(together, range, strides[0]!, lower, uses);
      if (one === null) {
        break;
      }
      if (one.leastBytes < Math.max(...peaks.slice(first, end))) {
        const others = strides.slice(1).map((stride) => togetherOption(together, range, stride, lower, uses)!);
        options.push(...undominated([one, ...others]));
      }
    }
  }
  return options;
}

/** False if the rows of a streamed input cannot drive the steps in this order: their images do not scale in step. */
export function canStream(context: OptionContext): boolean {
  const { graph, sources, streamed } = context;
  if (streamed === null) {
    return true;
  }
  const steps = byRows(context.steps, context.lowering);
  const isReader = (step: Step) =>
    step.view.inputs.some((input) => input !== null && (sources.get(input.id) ?? input.id) === streamed);
  const lastReader = steps.reduce((last, step, index) => (isReader(step) ? index : last), -1);
  return segmentOf(graph, steps, { first: 0, end: lastReader + 1 }, strides[0]!, sources, streamed) !== null;
}

/** True if the run of steps is hot, but for a few steps at its ends. */
function isWorthIt(hot: readonly boolean[]): boolean {
  const first = hot.indexOf(true);
  return first >= 0 && first <= coldSteps && hot.length - 1 - hot.lastIndexOf(true) <= coldSteps;
}

/** Options of one run of steps without those that another one beats in RAM and instructions. */
function undominated(options: readonly ScheduleOption[]): readonly ScheduleOption[] {
  return options.filter(
    (one, i) =>
      !options.some(
        (other, k) =>
          other.leastBytes <= one.leastBytes &&
          other.instructions <= one.instructions &&
          (k < i || other.leastBytes < one.leastBytes || other.instructions < one.instructions),
      ),
  );
}

type Lower = (index: number, found: Choice, rowsPerCall: number) => Step;

/** A kernel for a step, and the instructions of all its rows. */
interface Choice {
  readonly kernel: KernelRecord;
  readonly instructions: number;
}

/** Lowers each step once for each kernel and number of rows. */
function lowerings({ steps, lowering }: OptionContext): Lower {
  const known = new Map<string, Step>();
  return (index, { kernel, instructions }, rowsPerCall) => {
    const step = steps[index]!;
    const own = step.call.work.kind === 'rows' ? (step.call.work.window.rowsPerCall ?? 1) : Number.POSITIVE_INFINITY;
    if (kernel === step.kernel && own <= rowsPerCall) {
      return { ...step, instructions };
    }
    const key = `${index} ${kernel.name} ${rowsPerCall}`;
    const found = known.get(key);
    if (found !== undefined) {
      return { ...found, instructions };
    }
    const lowered = { ...step, kernel, call: kernel.lower(step.view, { ...lowering, rowsPerCall }) };
    known.set(key, lowered);
    return { ...lowered, instructions };
  };
}

/** A step alone: as its kernel likes it, and with fewer rows a call, which takes less scratch. */
function aloneOptions(context: OptionContext, index: number, lower: Lower, uses: Uses): readonly ScheduleOption[] {
  const step = context.steps[index]!;
  const { work } = step.call;
  const most = work.kind === 'rows' ? (work.window.rowsPerCall ?? 1) : 1;
  const segment = wholeSegment(index, rowCountOf(step));
  const range = { first: index, end: index + 1 };
  const natural = optionOf(context, range, segment, [step], uses, true);
  const fewer = [8, 4, 2, 1]
    .filter((rows) => rows < most)
    .map((rows) => {
      const found = cheapest(context, index, rowCountOf(step), rows);
      return optionOf(context, range, segment, [lower(index, found, rows)], uses, true);
    });
  return [natural, ...fewer];
}

/** The steps as they are when they go together. */
export function byRows(steps: readonly Step[], lowering: LoweringOptions): readonly Step[] {
  return steps.map((step) => reducing(step, lowering));
}

/** The step by a kernel that takes rows one after another, where there is one: means of whole images. */
function reducing(step: Step, lowering: LoweringOptions): Step {
  const kernel = step.alternatives.find(({ reduces }) => reduces === true);
  return kernel === undefined || step.kernel.reduces === true
    ? step
    : { ...step, kernel, call: kernel.lower(step.view, lowering), instructions: kernel.cost(step.view).instructions };
}

/** Steps that advance together. */
function togetherOption(
  context: OptionContext,
  range: { readonly first: number; readonly end: number },
  stride: Stride,
  lower: Lower,
  uses: Uses,
): ScheduleOption | null {
  const streamed = range.first === 0 ? context.streamed : null;
  const segment = segmentOf(context.graph, context.steps, range, stride, context.sources, streamed);
  if (segment === null) {
    return null;
  }
  const members = segment.paces.map((pace, k) => {
    const index = range.first + k;
    const height = rowCountOf(context.steps[index]!);
    const { kernel, instructions } = cheapest(context, index, height, pace.rows);
    return lower(index, { kernel, instructions: instructions + segment.ticks * instructionsPerTick }, pace.rows);
  });
  return optionOf(context, range, segment, members, uses, false);
}

/** The kernel that costs least for so many rows at a time, and the instructions of all rows. */
function cheapest(
  { steps, instructionsPerByte, goal }: OptionContext,
  index: number,
  height: number,
  rows: number,
): Choice {
  const step = steps[index]!;
  const used = new Set(steps.map(({ kernel }) => kernel.name));
  const turn = { rows: Math.min(rows, height), skip: 0 };
  const turns = turnsOf(turn, height);
  const last = rowsOfTurn(turn, turns, height);
  const isReduction = step.call.work.kind === 'reduction';
  const costOf = (kernel: KernelRecord): KernelCost => {
    if (isReduction) {
      const cost = kernel.cost(step.view, goal);
      const perTurn = instructionsPerCall + 2 * step.view.inputs[0]!.shape.at(-1)!;
      return { ...cost, instructions: cost.instructions + turns * perTurn };
    }
    const full = kernel.cost(viewOfRows(step, turn.rows), goal);
    const left = last.end - last.begin;
    const rest = left === turn.rows ? full : kernel.cost(viewOfRows(step, left), goal);
    const instructions = (turns - 1) * full.instructions + rest.instructions + turns * instructionsPerCall;
    return { ...full, instructions };
  };
  const candidates = step.alternatives
    .filter(({ reduces }) => (reduces === true) === isReduction)
    .map((kernel) => {
      const { instructions, codeBytes, tableBytes = 0 } = costOf(kernel);
      const newBytes = tableBytes + (kernel === step.kernel || used.has(kernel.name) ? 0 : codeBytes);
      return { kernel, instructions, cost: instructions + newBytes * instructionsPerByte };
    });
  return candidates.reduce((best, next) => (next.cost < best.cost ? next : best));
}

/** The option, with the RAM that it needs at least. */
function optionOf(
  context: OptionContext,
  { first, end }: { readonly first: number; readonly end: number },
  segment: Segment,
  steps: readonly Step[],
  uses: Uses,
  isExact: boolean,
): ScheduleOption {
  const { program, crossingBytes } = partOf(context, first, end, segment, steps, uses);
  const own = Math.max(mostBytesInUse(program), isExact ? leastRoom(program) : 0);
  const instructions = steps.reduce((sum, step) => sum + step.instructions, 0);
  return {
    first,
    end,
    segment,
    steps,
    instructions,
    leastBytes: crossingBytes + own,
    plannedBytes: () => {
      const part = partOf(context, first, end, segment, steps, uses).program;
      return (
        crossingBytes +
        planArena(withSharedRings(part), { alignmentBytes: 1, iterations: partIterations, effort: 300_000 }).sizeBytes
      );
    },
  };
}

/** Least room for an operand and its result. */
function leastRoom(program: Program): number {
  const items = program.buffers.map((buffer): Item => ({ kind: 'buffer', buffer }));
  const distances = distancesOf(program, items);
  const sizes = program.buffers.map(({ slots, rowBytes }) => slots * rowBytes);
  return leastRoomForPairs({ sizes, distances });
}

/** First and last step, by index, that touch the bytes of each source; -1 and the number of steps for the caller. */
interface Uses {
  readonly first: ReadonlyMap<TensorId, number>;
  readonly last: ReadonlyMap<TensorId, number>;
}

function usesOf({ graph, sources, steps }: OptionContext): Uses {
  const first = new Map<TensorId, number>();
  const last = new Map<TensorId, number>();
  const touch = (id: TensorId, at: number) => {
    const tensor = tensorOf(graph, id);
    if (tensor.kind === 'computed') {
      const source = sources.get(id) ?? id;
      first.set(source, Math.min(first.get(source) ?? at, at));
      last.set(source, Math.max(last.get(source) ?? at, at));
    }
  };
  for (const id of graph.inputs) {
    touch(id, -1);
  }
  steps.forEach((step, index) => {
    for (const tensor of [...step.view.inputs, ...step.view.outputs]) {
      if (tensor !== null) {
        touch(tensor.id, index);
      }
    }
  });
  for (const id of graph.outputs) {
    touch(id, steps.length);
  }
  return { first, last };
}

/** Steps [first, end) as a program of their own, and the bytes of tensors that live across it untouched. */
function partOf(
  { graph, sources, outside }: OptionContext,
  first: number,
  end: number,
  segment: Segment,
  steps: readonly Step[],
  uses: Uses,
): { readonly program: Program; readonly crossingBytes: number } {
  const touched = new Set<TensorId>();
  for (const step of steps) {
    for (const tensor of [...step.view.inputs, ...step.view.outputs]) {
      if (tensor?.kind === 'computed') {
        touched.add(sources.get(tensor.id) ?? tensor.id);
      }
    }
  }
  const inputs: TensorId[] = [];
  const outputs: TensorId[] = [];
  let crossingBytes = 0;
  for (const [id, from] of uses.first) {
    const isBefore = from < first;
    const isAfter = uses.last.get(id)! >= end;
    if (touched.has(id)) {
      if (isBefore) {
        inputs.push(id);
      }
      if (isAfter) {
        outputs.push(id);
      }
    } else if (isBefore && isAfter && !outside.has(id)) {
      crossingBytes += sizeBytesOf(tensorOf(graph, id));
    }
  }
  const part = { ...graph, inputs, outputs, nodes: steps.map((step) => step.node) };
  const own = { ...segment, first: 0, end: steps.length };
  return { program: programOf(part, steps, [own], sources, outside), crossingBytes };
}
