/** Segments: runs of steps that advance together, row by row, without computing anything twice (see `Segment`). */
import { type Graph, type Tensor, type TensorId, tensorOf } from '../ir/index.ts';
import { rowsDue, rowsOfTurn, tickOfTurn, turnsOf } from './pace.ts';
import type { Pace, Segment, Step } from './program.ts';
import { isDrivenByRows, rowCountOf, rowsOf, rowsRead } from './row-access.ts';
import { bytesMeet, placeOf, sourceOf, type Views } from './views.ts';

/** How many rows the steps of a segment compute at a time. */
export interface Stride {
  readonly rows: number;
  /** Steps on smaller images compute fewer, so that all take as many turns; else all compute the same number. */
  readonly tapered: boolean;
}

/**
 * The segment of steps [first, end), each as late as the steps that read its rows allow; null if they cannot advance
 * together: a step is not driven by rows, or their images do not scale in step.
 */
export function segmentOf(
  graph: Graph,
  steps: readonly Step[],
  { first, end }: { readonly first: number; readonly end: number },
  stride: Stride,
  views: Views,
  streamed: TensorId | null = null,
): Segment | null {
  const members = steps.slice(first, end);
  if (!members.every((step) => isDrivenByRows(step) && keepsRows(graph, views, step))) {
    return null;
  }
  const found = scalesOf(members, views);
  if (found === null) {
    return null;
  }
  const { scales, finest } = found;
  const turns = members.map((_, k) => turnOf(scales[k]!, stride));
  const links = members.map((_, k) => linksTo(members, views, k));
  const skips = skipsOf(members, turns, links);
  const paces = withLags(
    members,
    turns.map((turn, k) => ({ ...turn, skip: skips[k]! })),
    links,
  );
  const ticks = Math.max(...paces.map((pace, k) => tickOfTurn(pace, turnsOf(pace, rowCountOf(members[k]!))) + 1));
  if (streamed === null) {
    return { first, end, ticks, paces };
  }
  // The first step reads the input: its rows are those that scales start from.
  const rowsPerTick = turns.map(({ every }) => every).reduce(greatestCommonDivisor) * finest;
  const pace = inputPace(members, paces, views, tensorOf(graph, streamed), rowsPerTick);
  return pace === null ? null : { first, end, ticks, paces, input: { tensor: streamed, pace } };
}

/** The pace of rows that come from outside, each just in time for the first step that reads it. */
function inputPace(
  members: readonly Step[],
  paces: readonly Pace[],
  views: Views,
  streamed: Tensor,
  rowsPerTick: number,
): Pace | null {
  const needs: { readonly tick: number; readonly rows: number }[] = [];
  members.forEach((step, k) => {
    step.view.inputs.forEach((tensor, operand) => {
      if (tensor?.kind === 'computed' && sourceOf(views, tensor.id) === streamed.id) {
        const isWhole = rowsOf(tensor).height !== rowsOf(streamed).height;
        const height = rowCountOf(step);
        for (let m = 1; m <= turnsOf(paces[k]!, height); m++) {
          const range = rowsOfTurn(paces[k]!, m, height);
          const { begin, end } = range.end > range.begin ? rowsRead(step, operand, range) : { begin: 0, end: 0 };
          if (end > begin) {
            needs.push({ tick: tickOfTurn(paces[k]!, m), rows: isWhole ? rowsOf(streamed).height : end });
          }
        }
      }
    });
  });
  if (needs.length === 0) {
    return null;
  }
  // No tick passes before the first row has come: so a row never comes before what ran ahead of it in the plan.
  const skip = Math.min(rowsPerTick - 1, ...needs.map(({ tick, rows }) => (tick + 1) * rowsPerTick - rows));
  return { lag: 0, every: 1, rows: rowsPerTick, skip };
}

/** True if the step's operands and result have the rows of the bytes that they are views of, or are one row. */
function keepsRows(graph: Graph, views: Views, step: Step): boolean {
  const tensors = [...step.view.inputs.slice(0, step.call.work.kind === 'run' ? undefined : 1), ...step.view.outputs];
  return tensors.every((tensor) => {
    if (tensor === null || tensor.kind !== 'computed') {
      return true;
    }
    const [own, source] = [rowsOf(tensor), rowsOf(tensorOf(graph, sourceOf(views, tensor.id)))];
    const { strideBytes } = placeOf(views, tensor);
    return own.height === 1 || (own.height === source.height && strideBytes === source.rowBytes);
  });
}

/** Rows of the finest image for a row of each step, and rows of what is read for one of those; null where they contradict each other. */
function scalesOf(
  members: readonly Step[],
  views: Views,
): { readonly scales: readonly number[]; readonly finest: number } | null {
  const ofTensor = new Map<TensorId, number>();
  const scales: number[] = [];
  for (const step of members) {
    const inputs = step.view.inputs.flatMap((tensor) =>
      tensor?.kind === 'computed' ? [sourceOf(views, tensor.id)] : [],
    );
    const known = inputs.flatMap((id) => ofTensor.get(id) ?? []);
    if (known.length === 0 && scales.length > 0) {
      return null;
    }
    const from = known[0] ?? 1;
    if (known.some((scale) => scale !== from)) {
      return null;
    }
    for (const id of inputs) {
      ofTensor.set(id, from);
    }
    const { work } = step.call;
    const scale = work.kind === 'rows' ? from * work.window.stride : from;
    scales.push(scale);
    const output = sourceOf(views, step.view.outputs[0]!.id);
    if ((ofTensor.get(output) ?? scale) !== scale) {
      return null;
    }
    ofTensor.set(output, scale);
  }
  const finest = Math.min(...scales);
  return scales.every((scale) => scale % finest === 0)
    ? { scales: scales.map((scale) => scale / finest), finest }
    : null;
}

function turnOf(scale: number, { rows, tapered }: Stride): { readonly rows: number; readonly every: number } {
  const own = tapered ? Math.max(1, Math.floor(rows / scale)) : rows;
  return { rows: own, every: scale * own };
}

/** A step that reads what another one writes. */
interface Link {
  readonly reader: number;
  readonly operand: number;
}

function linksTo(members: readonly Step[], views: Views, writer: number): readonly Link[] {
  const written = members[writer]!.view.outputs[0]!;
  return members.flatMap((step, reader) =>
    reader <= writer
      ? []
      : step.view.inputs.flatMap((tensor, operand) =>
          tensor?.kind === 'computed' && bytesMeet(views, written, tensor) ? [{ reader, operand }] : [],
        ),
  );
}

type Turn = Pick<Pace, 'rows' | 'every'>;

/** Rows that are missing in each step's first turn, so that its turns end where those of the steps before it end. */
function skipsOf(
  members: readonly Step[],
  turns: readonly Turn[],
  links: readonly (readonly Link[])[],
): readonly number[] {
  const skips = members.map(() => 0);
  members.forEach((_, writer) => {
    for (const { reader } of links[writer]!) {
      const { work } = members[reader]!.call;
      const { rows } = turns[reader]!;
      if (rows > 1 && work.kind === 'rows') {
        const { kernelHeight, dilation, padTop, stride } = work.window;
        const ahead = (kernelHeight - 1) * dilation - padTop;
        const many = turns[writer]!.rows * rows * stride * 1024;
        const possible = Math.floor((many - skips[writer]! - ahead - 1) / stride) + 1;
        skips[reader] = Math.max(skips[reader]!, ((-possible % rows) + rows) % rows);
      } else {
        skips[reader] = Math.max(skips[reader]!, rows > 1 ? skips[writer]! % rows : 0);
      }
    }
  });
  return skips;
}

/** The paces with lags: each step as late as its readers allow. */
function withLags(
  members: readonly Step[],
  turns: readonly Omit<Pace, 'lag'>[],
  links: readonly (readonly Link[])[],
): readonly Pace[] {
  const tick = turns.map(({ every }) => every).reduce(greatestCommonDivisor);
  const lags = new Array<number>(members.length).fill(0);
  for (let k = members.length - 1; k >= 0; k--) {
    const { every, rows, skip } = turns[k]!;
    let lag = links[k]!.length === 0 ? 0 : Number.POSITIVE_INFINITY;
    for (const { reader, operand } of links[k]!) {
      const step = members[reader]!;
      const height = rowCountOf(step);
      const turn = turns[reader]!;
      for (let m = 1; m <= turnsOf(turn, height); m++) {
        const range = rowsOfTurn(turn, m, height);
        const { begin, end } = range.end > range.begin ? rowsRead(step, operand, range) : { begin: 0, end: 0 };
        if (end > begin) {
          const needed = areSameRows(members[k]!, step, operand) ? end : rowCountOf(members[k]!);
          const at = tickOfTurn({ lag: lags[reader]!, every: turn.every }, m);
          lag = Math.min(lag, at - (Math.ceil((needed + skip) / rows) - 1) * every);
        }
      }
    }
    lags[k] = Math.floor((Number.isFinite(lag) ? lag : 0) / tick) * tick;
  }
  const earliest = Math.min(...lags);
  return turns.map(({ every, rows, skip }, k) => ({
    lag: (lags[k]! - earliest) / tick,
    every: every / tick,
    rows,
    skip,
  }));
}

/** True if row y of the reader's operand is what the writer has after row y of its own: no reduction, no view as one row. */
function areSameRows(writer: Step, reader: Step, operand: number): boolean {
  const [written, read] = [writer.view.outputs[0]!, reader.view.inputs[operand]!];
  return writer.call.work.kind !== 'reduction' && rowsOf(written).height === rowsOf(read).height;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** Rows [begin, end) that step `k` of a segment computes in `tick`. */
export function rowsInTick(segment: Segment, k: number, tick: number, height: number) {
  const pace = segment.paces[k]!;
  return { begin: rowsDue(pace, tick, height), end: rowsDue(pace, tick + 1, height) };
}
