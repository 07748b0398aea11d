/**
 * A validator of memory plans that shares nothing with the planner. It makes every call of every kernel that the generated code
 * would make, from the segments, the contracts of the kernels (`Work`, `KernelCall.inPlace`), slots, phases and offsets, and
 * keeps for each byte of the arena which byte of which tensor stands there.
 */
import { sizeBytesOf, sizeOfDType, type Tensor, type TensorId } from '../../compiler/ir/index.ts';
import type { Pace, Segment, Step } from '../../compiler/schedule/index.ts';
import { arenaShadow, type Shadow } from './arena-shadow.ts';
import type { Placement } from './trace/placements.ts';
import { viewPlaces } from './view-places.ts';

/** What the validator found. */
export interface PlacementCheck {
  /** Everything that is wrong, the first of a kind for each call; empty if all is well. */
  readonly faults: readonly string[];
  /** The most bytes that are needed at a time: no plan of these calls can be smaller. */
  readonly neededBytes: number;
  /** Bytes of all tensors, whole, and all scratches, where nothing shares any: no plan may be larger. */
  readonly apartBytes: number;
}

/** Where a tensor stands. */
interface Place {
  readonly tensor: Tensor;
  /** The tensor that it is a view of, or itself. */
  readonly source: TensorId;
  /** Number of its first byte: bytes of a tensor have numbers that no others have, but those of its views. */
  readonly key: number;
  readonly offset: number;
  /** Bytes from the start of a row to that of the next. */
  readonly stride: number;
  readonly slots: number;
  readonly phase: number;
}

/** Bytes from an address on, and the numbers that belong there. */
export interface Span {
  readonly address: number;
  readonly key: number;
  readonly bytes: number;
}

/** Everything that is wrong with the places of a program's tensors and scratches; empty if all is well. */
export function placementFaults(placement: Placement): readonly string[] {
  return checkPlacement(placement).faults;
}

/** Runs the calls of a placed program and checks every byte that they read and write. */
export function checkPlacement(placement: Placement): PlacementCheck {
  const { program, plan } = placement;
  const { graph, steps } = program;
  const places = placesOf(placement);
  const endOf = (place: Place) => Math.max(...wholeOf(place).map(({ key, bytes }) => key + bytes));
  const keys = Math.max(0, ...[...places.values()].map(endOf));
  const shadow = arenaShadow(plan.sizeBytes, keys, (key) => nameOf(places, key));
  for (const place of places.values()) {
    const { tensor, offset, stride } = place;
    const alignment = Math.max(4, sizeOfDType(tensor.dtype));
    if (offset % alignment !== 0 || (isApart(place) && stride % alignment !== 0)) {
      shadow.fault(`'${tensor.name}' is not aligned`);
    }
  }
  const whole = (id: TensorId) => wholeOf(places.get(id)!);
  const variables = [...graph.tensors.values()].filter(({ kind }) => kind === 'variable').map(({ id }) => id);
  shadow.call('the caller, before the first step');
  shadow.write([...graph.inputs, ...variables].flatMap(whole));
  for (const segment of program.segments) {
    for (let tick = 0; tick < segment.ticks; tick++) {
      for (let index = segment.first; index < segment.end; index++) {
        runStep({ placement, places, shadow }, segment, index, tick);
      }
    }
  }
  shadow.call('the caller, after the last step');
  shadow.read([...graph.outputs.filter((id) => places.has(id)), ...variables].flatMap(whole));
  const groups = new Map<TensorId, number>();
  for (const place of places.values()) {
    groups.set(place.source, sizeBytesOf(graph.tensors.get(place.source)!));
  }
  const sizes = [...groups.values(), ...steps.map(({ call }) => call.scratchBytes)];
  return {
    faults: shadow.faults,
    neededBytes: shadow.neededBytes(),
    apartBytes: sizes.reduce((sum, size) => sum + Math.ceil(size / 8) * 8, 0),
  };
}

interface Run {
  readonly placement: Placement;
  readonly places: ReadonlyMap<TensorId, Place>;
  readonly shadow: Shadow;
}

/** What one tick of a segment makes of one of its steps. */
function runStep({ placement: { program, plan }, places, shadow }: Run, segment: Segment, index: number, tick: number) {
  const step = program.steps[index]!;
  const { work, scratchBytes, inPlace } = step.call;
  const name = `step ${index} (${step.node.operator} '${step.node.name}')`;
  const place = (tensor: Tensor) => places.get(tensor.id)!;
  const operands = step.view.inputs.flatMap((tensor, i) =>
    tensor === null || tensor.kind === 'constant' ? [] : [{ place: place(tensor), mayHandOver: inPlace.includes(i) }],
  );
  const results = step.view.outputs.map(place);
  const scratch: Span | null =
    scratchBytes > 0 ? { address: plan.scratchOffsets.get(index)!, key: -2 - index, bytes: scratchBytes } : null;
  if (scratch !== null && scratch.address % 8 !== 0) {
    shadow.fault(`the scratch of step ${index} is not aligned`);
  }
  const isAlone = segment.end - segment.first === 1;
  const due = (ticks: number, height: number) =>
    isAlone ? (ticks === 0 ? 0 : height) : rowsFinished(segment.paces[index - segment.first]!, ticks, height);
  const [input, output] = [operands[0]?.place, results[0]!];
  if (work.kind === 'rows') {
    runRows(shadow, name, step, { input: input!, output, scratch, mayHandOver: inPlace.includes(0) }, due, tick);
  } else if (work.kind === 'reduction') {
    const height = heightOf(input!.tensor);
    for (let y = due(tick, height), end = due(tick + 1, height); y < end; ) {
      const count = Math.min(end - y, runFrom(input!, y));
      shadow.call(name);
      shadow.read([rowsAt(input!, y, count)]);
      shadow.keepScratch(scratch, y === 0);
      if (y + count === height) {
        shadow.write(wholeOf(output));
        shadow.still(scratch, [rowsAt(input!, y, count)]);
      }
      y += count;
    }
  } else if (work.kind === 'run' && (!isAlone || [output, ...operands.map((each) => each.place)].some(isApart))) {
    const height = heightOf(output.tensor);
    const units = work.units / height;
    for (let y = due(tick, height), end = due(tick + 1, height); y < end; ) {
      const count = Math.min(
        end - y,
        ...[output, ...operands.map((operand) => operand.place)].map((p) => runFrom(p, y)),
      );
      shadow.call(name);
      runUnits(
        shadow,
        operands.map((operand) => ({ ...rowsAt(operand.place, y, count), mayHandOver: operand.mayHandOver })),
        rowsAt(output, y, count),
        scratch,
        count * units,
      );
      y += count;
    }
  } else if (tick === 0) {
    shadow.call(name);
    if ([...operands.map((operand) => operand.place), ...results].some(isApart)) {
      shadow.fault('a kernel for whole tensors is given rows that lie within longer ones');
    }
    const spans = operands.flatMap((operand) =>
      wholeOf(operand.place).map((span) => ({ ...span, mayHandOver: operand.mayHandOver })),
    );
    if (work.kind === 'run') {
      runUnits(shadow, spans, wholeOf(output)[0]!, scratch, work.units);
      return;
    }
    const targets = results.flatMap(wholeOf);
    shadow.read(spans);
    shadow.useScratch(scratch);
    shadow.write(targets);
    const replaced = (span: Span & { readonly mayHandOver: boolean }) =>
      span.mayHandOver && targets.some(({ address, bytes }) => address === span.address && bytes === span.bytes);
    shadow.still(scratch, [...spans.filter((span) => !replaced(span)), ...targets]);
  }
}

interface Image {
  readonly input: Place;
  readonly output: Place;
  readonly scratch: Span | null;
  readonly mayHandOver: boolean;
}

/** The driver's loop: rows of the result from windows of rows of the operand. */
function runRows(
  shadow: Shadow,
  name: string,
  step: Step,
  { input, output, scratch, mayHandOver }: Image,
  due: (ticks: number, height: number) => number,
  tick: number,
): void {
  const { work } = step.call;
  if (work.kind !== 'rows') {
    return;
  }
  const { kernelHeight, stride, dilation, padTop, rowsPerCall = 1 } = work.window;
  const [batches, inputHeight] = input.tensor.shape as [number, number];
  const height = output.tensor.shape[1]!;
  const inputRow = sizeBytesOf(input.tensor) / batches / inputHeight;
  const outputRow = sizeBytesOf(output.tensor) / batches / height;
  const row = (place: Place, n: number, y: number, bytes: number): Span => ({
    address:
      place.offset +
      (batches === 1 ? slotOf(place, y) * place.stride : (n * (place === input ? inputHeight : height) + y) * bytes),
    key: place.key + (batches === 1 ? y * place.stride : (n * (place === input ? inputHeight : height) + y) * bytes),
    bytes,
  });
  const window = (n: number, y: number) =>
    Array.from({ length: kernelHeight }, (_, k) => y * stride - padTop + k * dilation)
      .filter((r) => r >= 0 && r < inputHeight)
      .map((r) => row(input, n, r, inputRow));
  for (let n = 0; n < batches; n++) {
    for (let y = due(tick, height), end = due(tick + 1, height); y < end; ) {
      const count = Math.min(end - y, rowsPerCall, batches === 1 ? runFrom(output, y) : height);
      const windows = Array.from({ length: count }, (_, i) => window(n, y + i));
      shadow.call(name);
      shadow.read(windows.flat());
      shadow.useScratch(scratch);
      const kept = new Map(windows.flat().map((span) => [span.key, span]));
      const written: Span[] = [];
      for (let i = 0; i < count; i++) {
        const target = row(output, n, y + i, outputRow);
        shadow.read(windows[i]!);
        shadow.write([target]);
        written.push(target);
        for (const span of mayHandOver ? windows.flat() : []) {
          if (span.address === target.address && span.bytes === target.bytes) {
            kept.delete(span.key);
          }
        }
      }
      shadow.still(scratch, [...kept.values(), ...written]);
      y += count;
    }
  }
}

/** A run of units: each result is written after the operands up to its place have been read for the last time. */
function runUnits(
  shadow: Shadow,
  operands: readonly (Span & { readonly mayHandOver: boolean })[],
  result: Span,
  scratch: Span | null,
  units: number,
): void {
  shadow.read(operands);
  shadow.useScratch(scratch);
  const meets = operands.filter((span) => spansMeet(span, result));
  if (meets.some((span) => span.mayHandOver)) {
    const unit = (span: Span, q: number): Span => {
      const bytes = span.bytes / units;
      return { address: span.address + q * bytes, key: span.key + q * bytes, bytes };
    };
    for (let q = 0; q < units; q++) {
      shadow.read(operands.map((span) => unit(span, q)));
      shadow.write([unit(result, q)]);
    }
  } else {
    shadow.write([result]);
  }
  shadow.still(scratch, [...operands.filter((span) => !(span.mayHandOver && meets.includes(span))), result]);
}

export function spansMeet(a: Span, b: Span): boolean {
  return Math.max(a.address, b.address) < Math.min(a.address + a.bytes, b.address + b.bytes);
}

/** Rows finished after so many ticks: turn 1 in tick `lag`, then one every `every` ticks. */
function rowsFinished({ lag, every, rows, skip }: Pace, ticks: number, height: number): number {
  let finished = 0;
  for (let tick = lag, turn = 0; tick < ticks && finished < height; tick += every, turn++) {
    finished += turn === 0 ? rows - skip : rows;
  }
  return Math.min(finished, height);
}

function heightOf({ shape }: Tensor): number {
  return shape.length === 4 && shape[0] === 1 ? shape[1]! : 1;
}

function slotOf({ slots, phase }: Place, y: number): number {
  return (y + phase) % slots;
}

/** Rows from y on that lie one after another. */
function runFrom(place: Place, y: number): number {
  return isApart(place) ? 1 : place.slots - slotOf(place, y);
}

/** Rows of a tensor that lie one after another. */
function rowsAt(place: Place, y: number, count: number): Span {
  return {
    address: place.offset + slotOf(place, y) * place.stride,
    key: place.key + y * place.stride,
    bytes: count * rowBytesOf(place.tensor),
  };
}

/** A whole tensor: a span, or one for each row where these lie within longer ones. */
function wholeOf(place: Place): readonly Span[] {
  const { tensor, key, offset } = place;
  return isApart(place)
    ? Array.from({ length: heightOf(tensor) }, (_, y) => rowsAt(place, y, 1))
    : [{ address: offset, key, bytes: sizeBytesOf(tensor) }];
}

function rowBytesOf(tensor: Tensor): number {
  return sizeBytesOf(tensor) / heightOf(tensor);
}

/** True if the rows lie within longer ones. */
function isApart({ tensor, stride }: Place): boolean {
  return stride !== rowBytesOf(tensor);
}

/** Every tensor of the arena; views have bytes and numbers of their source. */
function placesOf({ program, plan }: Placement): ReadonlyMap<TensorId, Place> {
  const { graph, steps } = program;
  const executed = new Set(steps.map((step) => step.node));
  const views = viewPlaces(
    graph,
    graph.nodes.filter((node) => !executed.has(node)),
  );
  const places = new Map<TensorId, Place>();
  const keys = new Map<TensorId, number>();
  let next = 0;
  for (const tensor of graph.tensors.values()) {
    const buffer = program.bufferOfTensor.get(tensor.id);
    if (tensor.kind !== 'constant' && buffer !== undefined) {
      const own = { source: tensor.id, offsetBytes: 0, strideBytes: rowBytesOf(tensor) };
      const { source, offsetBytes, strideBytes } = views.get(tensor.id) ?? own;
      if (!keys.has(source)) {
        keys.set(source, next);
        next += sizeBytesOf(graph.tensors.get(source)!);
      }
      const { slots, phase } = buffer.sameRows ? buffer : { slots: heightOf(tensor), phase: 0 };
      places.set(tensor.id, {
        tensor,
        source,
        key: keys.get(source)! + offsetBytes,
        offset: plan.bufferOffsets.get(buffer.id)! + offsetBytes,
        stride: strideBytes,
        slots,
        phase,
      });
    }
  }
  return places;
}

function nameOf(places: ReadonlyMap<TensorId, Place>, key: number): string {
  for (const { tensor, source, key: first } of places.values()) {
    if (tensor.id === source && key >= first && key < first + sizeBytesOf(tensor)) {
      return `byte ${key - first} of '${tensor.name}'`;
    }
  }
  return key < -1 ? `the scratch of step ${-2 - key}` : 'nothing';
}
