/**
 * How far apart buffers may start. For two buffers A and B, the distance d = start of B - start of A is forbidden if then some
 * byte would be used by both at a time. All follows from when each row is in use, and from what kernels promise of the calls in
 * which a row of the result may lie where a row of the operand was (`KernelCall.inPlace`).
 */
import {
  type Buffer,
  type Handover,
  type Program,
  rowsOf,
  rowsRead,
  type Scratch,
  unitBytes,
} from '../schedule/index.ts';
import { type Interval, type IntervalSet, intervalSet } from './interval-set.ts';

/** Something to place: a buffer, or the scratch of a step. */
export type Item =
  | { readonly kind: 'buffer'; readonly buffer: Buffer }
  | { readonly kind: 'scratch'; readonly scratch: Scratch };

/** For items i and j at `[i][j]`: the forbidden distances from the start of i to the start of j. */
export function distancesOf(program: Program, items: readonly Item[]): readonly (readonly IntervalSet[])[] {
  const handovers = new Map<string, Handover[]>();
  for (const handover of program.handovers) {
    const key = `${handover.from} ${handover.to}`;
    const list = handovers.get(key);
    if (list === undefined) {
      handovers.set(key, [handover]);
    } else {
      list.push(handover);
    }
  }
  const between = (a: Buffer, b: Buffer) => handovers.get(`${a.id} ${b.id}`) ?? [];
  const sets = items.map(() => items.map((): IntervalSet => []));
  items.forEach((a, i) => {
    items.slice(0, i).forEach((b, j) => {
      const found: Interval[] = [];
      if (a.kind === 'buffer' && b.kind === 'buffer') {
        whileInUse(a.buffer, b.buffer, found);
        for (const handover of between(a.buffer, b.buffer)) {
          duringCall(program, handover, a.buffer, b.buffer, found);
        }
        const turned: Interval[] = [];
        for (const handover of between(b.buffer, a.buffer)) {
          duringCall(program, handover, b.buffer, a.buffer, turned);
        }
        found.push(...turned.map(mirrored));
      } else if (a.kind === 'buffer' && b.kind === 'scratch') {
        besideScratch(a.buffer, b.scratch, found);
      } else if (a.kind === 'scratch' && b.kind === 'buffer') {
        const turned: Interval[] = [];
        besideScratch(b.buffer, a.scratch, turned);
        found.push(...turned.map(mirrored));
      } else if (a.kind === 'scratch' && b.kind === 'scratch' && spansMeet(a.scratch.spans, b.scratch.spans)) {
        found.push([-b.scratch.sizeBytes, a.scratch.sizeBytes]);
      }
      sets[i]![j] = intervalSet(found);
      sets[j]![i] = intervalSet(found.map(mirrored));
    });
  });
  return sets;
}

const mirrored = ([from, to]: Interval): Interval => [-to, -from];

/** Rows of both that are in use at a time. */
function whileInUse(a: Buffer, b: Buffer, found: Interval[]): void {
  if (a.written[0]! > b.read[b.height - 1]! || b.written[0]! > a.read[a.height - 1]!) {
    return;
  }
  let [first, end] = [0, 0];
  for (let row = 0; row < a.height; row++) {
    while (first < b.height && b.read[first]! < a.written[row]!) {
      first++;
    }
    while (end < b.height && b.written[end]! <= a.read[row]!) {
      end++;
    }
    if (first < end) {
      apart(a, row, row + 1, b, first, end, found);
    }
  }
}

/** Forbids all distances at which rows [i, iEnd) of `a` and [j, jEnd) of `b` share a byte. */
function apart(a: Buffer, i: number, iEnd: number, b: Buffer, j: number, jEnd: number, found: Interval[]): void {
  for (const [aFrom, aTo] of bytesOfRows(a, i, iEnd)) {
    for (const [bFrom, bTo] of bytesOfRows(b, j, jEnd)) {
      found.push([aFrom - bTo, aTo - bFrom]);
    }
  }
}

/** Where rows [begin, end) lie in their buffer: at most two runs of bytes. */
function bytesOfRows(buffer: Buffer, begin: number, end: number): readonly Interval[] {
  const { slots, phase, rowBytes } = buffer;
  if (end - begin >= slots) {
    return [[0, slots * rowBytes]];
  }
  const first = (begin + phase) % slots;
  const last = first + end - begin;
  return last <= slots
    ? [[first * rowBytes, last * rowBytes]]
    : [
        [first * rowBytes, slots * rowBytes],
        [0, (last - slots) * rowBytes],
      ];
}

/** Byte of a row's start in its buffer. */
function startOfRow({ slots, phase, rowBytes }: Buffer, row: number): number {
  return ((row + phase) % slots) * rowBytes;
}

/** Rows of `a` that are read for the last time, and rows of `b` that are written, in one call. */
function duringCall(program: Program, handover: Handover, a: Buffer, b: Buffer, found: Interval[]): void {
  const step = program.steps[handover.step]!;
  const call = program.calls[handover.call]!;
  const [operand, result] = [step.view.inputs[handover.operand]!, step.view.outputs[0]!];
  const at = 2 * handover.call + 1;
  const isDying = (row: number) => a.read[row] === at;
  if (rowsOf(operand).height !== a.height || rowsOf(result).height !== b.height) {
    wholeInCall(step.call.work, a, b, isDying, found);
    return;
  }
  const read = rowsRead(step, handover.operand, call);
  const { work } = step.call;
  if (work.kind === 'run' && a.height === b.height) {
    const units = work.units / a.height;
    const limit = limitOfUnits(unitBytes(operand, work.units), unitBytes(result, work.units), units);
    for (let row = call.begin; row < call.end; row++) {
      if (isDying(row)) {
        const apartRows = startOfRow(a, row) - startOfRow(b, row);
        found.push([apartRows + limit, apartRows + a.rowBytes]);
      }
      const dying = rowsWhere(isDying, row + 1, read.end);
      if (dying !== null) {
        apart(a, dying[0], dying[1], b, row, row + 1, found);
      }
    }
    return;
  }
  if (work.kind !== 'rows') {
    wholeInCall(work, a, b, isDying, found);
    return;
  }
  for (let row = call.begin; row < call.end; row++) {
    const next = row + 1 < call.end ? rowsRead(step, 0, { begin: row + 1, end: call.end }).begin : read.end;
    for (let i = read.begin; i < read.end; i++) {
      if (isDying(i)) {
        const exact = startOfRow(a, i) - startOfRow(b, row);
        found.push([exact - b.rowBytes, exact], [exact, exact + a.rowBytes]);
        if (i >= next) {
          found.push([exact - 1, exact + 1]);
        }
      }
    }
  }
}

/** The range of rows in [begin, end) for which `test` holds, from the first to the last; null if there is none. */
function rowsWhere(test: (row: number) => boolean, begin: number, end: number): Interval | null {
  let first = begin;
  while (first < end && !test(first)) {
    first++;
  }
  let last = end;
  while (last > first && !test(last - 1)) {
    last--;
  }
  return first < last ? [first, last] : null;
}

/**
 * The largest distance, of the result behind the operand, at which no unit of the result is written over a unit of the operand
 * that comes later: unit q ends at `distance + (q + 1) result`, which may reach `(q + 1) operand`.
 */
function limitOfUnits(operandBytes: number, resultBytes: number, units: number): number {
  const growth = operandBytes - resultBytes;
  return growth >= 0 ? growth : units * growth;
}

/** The same for operands and results that the step does not see in the rows of their buffers: these hold all rows. */
function wholeInCall(
  work: Program['steps'][number]['call']['work'],
  a: Buffer,
  b: Buffer,
  isDying: (row: number) => boolean,
  found: Interval[],
): void {
  const [aBytes, bBytes] = [a.height * a.rowBytes, b.height * b.rowBytes];
  if (rowsWhere(isDying, 0, a.height) === null) {
    return;
  }
  if (work.kind === 'run') {
    found.push([limitOfUnits(aBytes / work.units, bBytes / work.units, work.units), aBytes]);
  } else if (work.kind === 'whole' && aBytes === bBytes) {
    found.push([-bBytes, 0], [0, aBytes]);
  } else {
    found.push([-bBytes, aBytes]);
  }
}

/** Rows that are in use during a span of a scratch. */
function besideScratch(buffer: Buffer, { spans, sizeBytes }: Scratch, found: Interval[]): void {
  let [first, end] = [0, 0];
  for (const [from, to] of spans) {
    while (first < buffer.height && buffer.read[first]! < from) {
      first++;
    }
    while (end < buffer.height && buffer.written[end]! <= to) {
      end++;
    }
    if (first < end) {
      for (const [aFrom, aTo] of bytesOfRows(buffer, first, end)) {
        found.push([aFrom - sizeBytes, aTo]);
      }
    }
  }
}

function spansMeet(a: Scratch['spans'], b: Scratch['spans']): boolean {
  return a.some(([from, to]) => b.some(([otherFrom, otherTo]) => from <= otherTo && otherFrom <= to));
}
