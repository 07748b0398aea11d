import { momentOf, type PlannedProgram, roleOf, shapesOf } from './plan-shapes.ts';
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
    return [
      grouped(shape.offset),
      grouped(shape.offset + shape.sizeBytes),
      grouped(shape.sizeBytes),
      shape.kind === 'scratch' ? '-' : `${shape.slots} of ${shape.height}`,
      `${momentOf(planned, shape.from)} .. ${momentOf(planned, shape.to)}`,
      `${short}${others}${role === '' ? '' : ` [${role}]`}`,
    ];
  });
  const { plan, program } = planned;
  return [
    ...table(['offset', 'end', 'bytes', 'rows', 'steps', 'what'], rows, [true, true, true, true, false, false]),
    '',
    `arena ${grouped(plan.sizeBytes)} bytes; no plan of this schedule is below ${grouped(plan.lowerBoundBytes)}`,
    ...program.segments
      .filter(({ first, end }) => end - first > 1)
      .map(({ first, end }) => `steps ${first} to ${end - 1} advance together, row by row`),
    '',
  ].join('\n');
}

/** The same for machines: offsets and sizes in bytes, times as kernel calls count them. */
export function planReport(planned: PlannedProgram) {
  const { plan, program } = planned;
  return {
    arenaBytes: plan.sizeBytes,
    lowerBoundBytes: plan.lowerBoundBytes,
    calls: program.calls.length,
    buffers: shapesOf(planned).map((shape) => ({
      kind: shape.kind,
      name: shape.name,
      tensors: shape.tensors.map(({ name, dtype, shape: dimensions }) => ({ name, dtype, shape: dimensions })),
      offset: shape.offset,
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
