import { momentOf, type PlannedProgram, placeOf, roleOf, shapesOf } from './plan-shapes.ts';
import { memoryLines, memoryUses } from './report.ts';
import { grouped, table } from './text.ts';

/** Control characters would move the columns. */
const printable = (text: string) => text.replace(/[\p{Cc}\u2028\u2029]/gu, ' ');

const longestName = 48;

/** A plan as text: a line for each buffer and scratch, by offset; then the arena and its bound. */
export function planTable(planned: PlannedProgram): string {
  const shapes = shapesOf(planned);
  const rows = shapes.map((shape) => {
    const role = roleOf(planned, shape);
    const name = printable(shape.name);
    const short = name.length > longestName ? `...${name.slice(3 - longestName)}` : name;
    const others = shape.tensors.length > 1 ? ` (and ${shape.tensors.length - 1} more)` : '';
    const place = placeOf(planned, shape.offset);
    return [
      ...(place.memory === null ? [] : [place.memory]),
      grouped(place.offset),
      grouped(place.offset + shape.sizeBytes),
      grouped(shape.sizeBytes),
      shape.kind === 'scratch' ? '-' : `${shape.slots} of ${shape.height}`,
      `${momentOf(planned, shape.from)} .. ${momentOf(planned, shape.to)}`,
      `${short}${others}${role === '' ? '' : ` [${role}]`}`,
    ];
  });
  const { plan, program } = planned;
  const inMemories = plan.parts.length > 0;
  const head = [...(inMemories ? ['memory'] : []), 'offset', 'end', 'bytes', 'rows', 'steps', 'what'];
  const isNumber = [...(inMemories ? [false] : []), true, true, true, true, false, false];
  return [
    ...table(head, rows, isNumber),
    '',
    ...memoryLines(memoryUses(plan)),
    `arena ${grouped(plan.sizeBytes)} bytes; no plan of this schedule is below ${grouped(plan.lowerBoundBytes)}`,
    ...program.segments
      .filter(({ first, end }) => end - first > 1)
      .map(({ first, end }) => `steps ${first} to ${end - 1} advance together, row by row`),
    '',
  ].join('\n');
}

/** The same for machines: offsets (in the array of the memory, if there are several) and sizes in bytes, times as kernel calls count them. */
export function planReport(planned: PlannedProgram) {
  const { plan, program } = planned;
  return {
    arenaBytes: plan.sizeBytes,
    lowerBoundBytes: plan.lowerBoundBytes,
    memories: memoryUses(plan),
    calls: program.calls.length,
    buffers: shapesOf(planned).map((shape) => ({
      kind: shape.kind,
      name: shape.name,
      tensors: shape.tensors.map(({ name, dtype, shape: dimensions }) => ({ name, dtype, shape: dimensions })),
      ...placeOf(planned, shape.offset),
      sizeBytes: shape.sizeBytes,
      slots: shape.slots,
      height: shape.height,
      rowBytes: shape.rowBytes,
      from: momentOf(planned, shape.from),
      to: momentOf(planned, shape.to),
    })),
    segments: program.segments.map(({ first, end, ticks }) => ({ first, end, ticks })),
  };
}
