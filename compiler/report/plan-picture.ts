/** A plan as one SVG file: buffers over time, without scripts, for light and dark paper. */

import { type TimeAxis, timeAxis } from './plan-axis.ts';
import { type Box, boxesOf, largestBox } from './plan-ink.ts';
import {
  bytesInUse,
  momentOf,
  type PlannedProgram,
  type PlanShape,
  placeOf,
  roleOf,
  shapesOf,
  timesOf,
} from './plan-shapes.ts';
import { pictureStyle } from './plan-style.ts';
import { px, shortened, tellingParts, xmlText } from './svg-text.ts';
import { grouped } from './text.ts';

/** What stands above the picture. */
export interface PictureTitle {
  readonly model: string;
  readonly target: string;
}

const colours = 8;
/** Keeps the file of any model small: about 20 bytes each. */
const mostBoxes = 6000;
/** The largest ones are drawn; what is left out is said. */
const mostShapes = 1200;

const left = 76;
const right = 120;
const bandTop = 70;
const longestLabel = 26;
const plotHeight = 430;
const stripHeight = 70;
const fontWidth = 5.6;

interface Paper {
  readonly planned: PlannedProgram;
  readonly axis: TimeAxis;
  readonly xOf: (time: number) => number;
  readonly yOf: (byte: number) => number;
  /** Upper edge of the arena. */
  readonly top: number;
  /** By step, as they stand above the picture. */
  readonly stepNames: readonly string[];
}

/**
 * Draws a plan. Across: kernel calls, segment by segment; upwards: bytes of the arena. A shape shows which of a buffer's rows
 * are in use when, so that rings are stripes. The same plan gives the same text, whatever its tensors are called it is valid XML.
 */
export function planPicture(planned: PlannedProgram, title: PictureTitle): string {
  const axis = timeAxis(planned);
  const highest = Math.max(planned.plan.sizeBytes, planned.plan.lowerBoundBytes, 1);
  const nodes = planned.program.steps.map(({ node }) => node);
  const stepNames = tellingParts(nodes.map(({ name }) => name)).map(
    (name, i) => `${i} ${shortened(name === '' ? nodes[i]!.operator : name, longestLabel - 4)}`,
  );
  const longest = stepNames.reduce((most, name) => Math.max(most, name.length), 8);
  const top = bandTop + 22 + Math.round(longest * fontWidth);
  const paper: Paper = {
    planned,
    axis,
    top,
    stepNames,
    xOf: (time) => left + axis.xOf(time),
    yOf: (byte) => top + plotHeight * (1 - byte / highest),
  };
  const all = shapesOf(planned);
  const shapes = [...all].sort((a, b) => b.sizeBytes - a.sizeBytes).slice(0, mostShapes);
  const [width, height] = [left + axis.width + right, top + plotHeight + 34 + stripHeight + 82];
  const omitted = all.length - shapes.length;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${px(width)} ${height}" width="${px(width)}" height="${height}" role="img" font-family="ui-sans-serif, system-ui, 'Segoe UI', Helvetica, Arial, sans-serif" font-size="11">`,
    `<title>${xmlText(`Memory plan of ${title.model} for ${title.target}`)}</title>`,
    `<style>${pictureStyle}</style>`,
    '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatched" width="6" height="6"/><path class="hatch" d="M0 0V6"/></pattern></defs>',
    `<rect class="paper" width="100%" height="100%"/>`,
    ...heading(paper, title, omitted),
    ...bands(paper),
    ...byteAxis(paper, highest),
    ...drawn(paper, shapes),
    ...memoryEdges(paper),
    ...limits(paper),
    ...strip(paper, bytesInUse(all, timesOf(planned))),
    ...legend(height - 30),
    '</svg>',
    '',
  ].join('\n');
}

function heading({ planned }: Paper, { model, target }: PictureTitle, omitted: number): readonly string[] {
  const { program, plan } = planned;
  const facts = [
    `${grouped(plan.sizeBytes)} bytes of arena`,
    `${program.buffers.length} buffers`,
    `${program.steps.length} steps`,
    `${grouped(program.calls.length)} kernel calls`,
    ...(omitted > 0 ? [`${omitted} smaller buffers are not drawn`] : []),
  ];
  return [
    `<text class="head" x="${left}" y="32">${xmlText(`${shortened(model, 60)} for ${target}`)}</text>`,
    `<text class="note" x="${left}" y="52">${facts.join(' \u00b7 ')}</text>`,
  ];
}

/** Segments as bands with the names of their steps above. */
function bands({ planned, axis, top, stepNames }: Paper): readonly string[] {
  const { program } = planned;
  return program.segments.flatMap(({ first, end }, i) => {
    const { x, width } = axis.bands[i]!;
    const steps = program.steps.slice(first, end);
    const names = steps.map(({ node }, k) => `${first + k} ${node.name} (${node.operator})`);
    const fitting = Math.max(1, Math.floor(width / 13));
    const shown = steps.length <= fitting ? steps : steps.slice(0, Math.max(1, fitting - 1));
    const pitch = Math.min(16, width / Math.min(steps.length, fitting));
    const lines = shown.map((_, k) => stepNames[first + k]!);
    const labels =
      shown.length < steps.length && fitting > 1 ? [...lines, `+ ${steps.length - shown.length} more`] : lines;
    const start = left + x + width / 2 - ((labels.length - 1) * pitch) / 2;
    return [
      `<g><title>${xmlText(shortened(names.slice(0, 12).join('; '), 600))}</title>`,
      `<rect class="${i % 2 === 0 ? 'even' : 'odd'}" x="${px(left + x)}" y="${bandTop}" width="${px(width)}" height="${top - bandTop + plotHeight}"/>`,
      ...(steps.length > 1
        ? [`<path class="brace" d="M${px(left + x + 2)} ${top - 4}v4H${px(left + x + width - 2)}v-4"/>`]
        : []),
      ...(width < 9
        ? []
        : labels.map(
            (label, k) =>
              `<text class="step" transform="translate(${px(start + k * pitch + 3.5)} ${top - 10})rotate(-90)">${xmlText(label)}</text>`,
          )),
      '</g>',
    ];
  });
}

function byteAxis({ axis, yOf }: Paper, highest: number): readonly string[] {
  const rough = highest / 6;
  const power = 10 ** Math.max(0, Math.floor(Math.log10(rough)));
  const step = Math.max(1, power * ([1, 2, 5, 10].find((factor) => power * factor >= rough) ?? 10));
  const ticks = Array.from({ length: Math.floor(highest / step) + 1 }, (_, i) => i * step);
  return ticks.flatMap((bytes) => [
    `<path class="grid" d="M${left} ${px(yOf(bytes))}h${px(axis.width)}"/>`,
    `<text class="tick" text-anchor="end" x="${left - 8}" y="${px(yOf(bytes) + 3.5)}">${grouped(bytes)}</text>`,
  ]);
}

function drawn(paper: Paper, shapes: readonly PlanShape[]): readonly string[] {
  const boxes = boxesOf(shapes, paper, mostBoxes);
  const colourOf = new Map(
    [...shapes].sort((a, b) => a.from - b.from || a.offset - b.offset).map((shape, i) => [shape, i % colours] as const),
  );
  const names = tellingParts(shapes.map(({ kind, name }) => (kind === 'scratch' ? '' : name)));
  const frames = shapes.flatMap((shape) =>
    shape.slots < shape.height ? [`<g class="b${colourOf.get(shape)!}">${frameOf(paper, shape)}</g>`] : [],
  );
  const bodies = shapes.flatMap((shape, i) => {
    const title = titleOf(paper.planned, shape);
    const kind = shape.kind === 'scratch' ? 'scratch' : `b b${colourOf.get(shape)!}`;
    return [
      `<g class="${kind}"><title>${xmlText(title)}</title>`,
      `<path d="${boxes[i]!.map(pathOf).join('')}"/>`,
      ...labelOf(shape, names[i]!, largestBox(boxes[i]!)),
      '</g>',
    ];
  });
  // Frames first: rings lie in each other's free rows.
  return [...frames, ...bodies];
}

/** The bytes that a ring takes, from its first row to its last. */
function frameOf({ xOf, yOf }: Paper, { from, to, offset, sizeBytes }: PlanShape): string {
  const [x, y] = [xOf(from), yOf(offset + sizeBytes)];
  return `<rect class="frame" x="${px(x)}" y="${px(y)}" width="${px(xOf(to + 1) - x)}" height="${px(yOf(offset) - y)}"/>`;
}

function pathOf({ x, y, width, height }: Box): string {
  // Neighbours end on the same pixels, and what is thin is still seen.
  const [x0, y0] = [Math.round(x * 10) / 10, Math.round(y * 10) / 10];
  return `M${px(x0)} ${px(y0)}h${px(Math.max(width, 0.5))}v${px(Math.max(height, 0.5))}h${px(-Math.max(width, 0.5))}z`;
}

function titleOf(planned: PlannedProgram, shape: PlanShape): string {
  const { offset, sizeBytes, slots, height, rowBytes } = shape;
  const place = placeOf(planned, offset);
  const role = roleOf(planned, shape);
  const { byTensor } = planned.program.views;
  const names = shape.tensors.slice(0, 4).map(({ id, name, dtype, shape: dimensions }) => {
    const { offsetBytes = 0, pitchBytes = null } = byTensor.get(id) ?? {};
    const from = offsetBytes > 0 || pitchBytes !== null ? ` from byte ${grouped(offsetBytes)} on` : '';
    const rows = pitchBytes === null ? '' : `, rows ${grouped(pitchBytes)} bytes apart`;
    return `${shortened(name, 80)} ${dtype} [${dimensions.join(', ')}]${from}${rows}`;
  });
  const more = shape.tensors.length - names.length;
  return [
    ...(shape.kind === 'scratch' ? [shortened(shape.name, 100)] : names),
    ...(more > 0 ? [`and ${more} more views of it`] : []),
    ...(role === '' ? [] : [`${role} of the model`]),
    `${place.memory === null ? '' : `${place.memory}: `}bytes ${grouped(place.offset)} to ${grouped(place.offset + sizeBytes)} (${grouped(sizeBytes)})`,
    ...(slots < height
      ? [`a ring: ${slots} of ${height} rows of ${grouped(rowBytes)} bytes`]
      : height > 1
        ? [`all ${height} rows of ${grouped(rowBytes)} bytes`]
        : []),
    `in use: ${momentOf(planned, shape.from)} .. ${momentOf(planned, shape.to)} (steps)`,
  ].join('\n');
}

function labelOf(shape: PlanShape, telling: string, box: Box | null): readonly string[] {
  if (box === null || shape.kind === 'scratch') {
    return [];
  }
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const isUpright = box.width < box.height && box.width < 60;
  const [long, across] = isUpright ? [box.height, box.width] : [box.width, box.height];
  const most = Math.floor((long - 8) / fontWidth);
  if (across < 10 || most < 3) {
    return [];
  }
  const size = `${grouped(shape.sizeBytes)} B`;
  const name = shortened(telling, most);
  const whole = `${name} \u00b7 ${size}`;
  const label = xmlText(whole.length <= most ? whole : name);
  if (isUpright) {
    return [`<text transform="translate(${px(x + 3.5)} ${px(y)})rotate(-90)">${label}</text>`];
  }
  const lines = [`<text x="${px(x)}" y="${px(y + 3.5)}">${label}</text>`];
  return across >= 30 && whole.length > most && size.length <= most
    ? [`<text x="${px(x)}" y="${px(y - 2.5)}">${label}</text>`, `<text x="${px(x)}" y="${px(y + 10.5)}">${size}</text>`]
    : lines;
}

/** The arena's end, and what no plan can be below. */
function limits({ planned, axis, yOf }: Paper): readonly string[] {
  const { sizeBytes, lowerBoundBytes } = planned.plan;
  const line = (name: string, bytes: number, labels: readonly string[], shift: number) => [
    `<path class="${name}" d="M${left} ${px(yOf(bytes))}h${px(axis.width)}"/>`,
    ...labels.map(
      (label, i) =>
        `<text class="${name}-text" x="${px(left + axis.width + 8)}" y="${px(yOf(bytes) + 3.5 + 13 * i + shift)}">${label}</text>`,
    ),
  ];
  if (sizeBytes <= lowerBoundBytes) {
    return line('peak', sizeBytes, [`arena ${grouped(sizeBytes)}`, '= lower bound'], 0);
  }
  const shift = Math.max(0, 18 - (yOf(lowerBoundBytes) - yOf(sizeBytes)));
  return [
    ...line('bound', lowerBoundBytes, ['lower bound', grouped(lowerBoundBytes)], shift),
    ...line('peak', sizeBytes, [`arena ${grouped(sizeBytes)}`], 0),
  ];
}

/** Where the parts of an arena in several memories begin, with their names at the right. */
function memoryEdges({ planned, axis, yOf }: Paper): readonly string[] {
  return planned.plan.parts.flatMap(({ memory, baseOffset, sizeBytes }) => [
    `<path class="bound" d="M${left} ${px(yOf(baseOffset))}h${px(axis.width)}"/>`,
    `<text class="note" x="${px(left + axis.width + 8)}" y="${px(yOf(baseOffset + sizeBytes / 2) + 3.5)}">${xmlText(`${memory.name} ${grouped(sizeBytes)}`)}</text>`,
  ]);
}

/** How many bytes are in use, under the plan. */
function strip({ planned, axis, xOf, top }: Paper, used: readonly number[]): readonly string[] {
  const stripTop = top + plotHeight + 34;
  const most = used.reduce((a, b) => Math.max(a, b), 1);
  const columns = new Map<number, number>();
  used.forEach((bytes, time) => {
    for (let x = Math.floor(xOf(time)); x < Math.ceil(xOf(time + 1)); x++) {
      columns.set(x, Math.max(columns.get(x) ?? 0, bytes));
    }
  });
  const base = stripTop + stripHeight;
  const points: string[] = [];
  let last = -1;
  for (const [x, bytes] of [...columns].sort(([a], [b]) => a - b)) {
    if (bytes !== last) {
      points.push(`H${x}V${px(base - (stripHeight * bytes) / most)}`);
      last = bytes;
    }
  }
  const end = left + axis.width;
  return [
    `<text class="tick" text-anchor="end" x="${left - 8}" y="${stripTop + 8}">${grouped(most)}</text>`,
    `<text class="tick" text-anchor="end" x="${left - 8}" y="${base}">0</text>`,
    `<path class="use" d="M${left} ${base}${points.join('')}H${px(end)}V${base}z"/>`,
    `<path class="grid" d="M${left} ${base}H${px(end)}"/>`,
    `<text class="tick" x="${px(end + 8)}" y="${stripTop + 8}">bytes in use</text>`,
    `<text class="tick" x="${px(end + 8)}" y="${stripTop + 21}">at a time</text>`,
    `<text class="tick" x="${left}" y="${base + 16}">call 0</text>`,
    `<text class="tick" text-anchor="end" x="${px(end)}" y="${base + 16}">call ${grouped(planned.program.calls.length)}</text>`,
    `<text class="tick" text-anchor="middle" x="${px(left + axis.width / 2)}" y="${base + 16}">time in kernel calls, each band to a scale of its own</text>`,
  ];
}

function legend(y: number): readonly string[] {
  const entries: readonly (readonly [mark: (x: number) => string, text: string])[] = [
    [(x) => `<g class="b b0"><path d="M${x} ${y - 10}h26v12h-26z"/></g>`, 'rows in use'],
    [
      (x) =>
        `<g class="b b0"><rect class="frame" x="${x}" y="${y - 10}" width="26" height="12"/><path d="M${x} ${y - 10}h8v4h-8zM${x + 6} ${y - 6}h10v4h-10zM${x + 14} ${y - 2}h12v4h-12z"/></g>`,
      'a ring: rows take each other\u2019s place',
    ],
    [(x) => `<g class="scratch"><path d="M${x} ${y - 10}h26v12h-26z"/></g>`, 'scratch of a kernel'],
    [(x) => `<path class="peak" d="M${x} ${y - 4}h26"/>`, 'size of the arena'],
    [(x) => `<path class="bound" d="M${x} ${y - 4}h26"/>`, 'lower bound of this schedule'],
    [(x) => `<path class="brace" d="M${x} ${y - 6}v4h26v-4"/>`, 'steps that advance together, row by row'],
  ];
  let x = left;
  return entries.map(([mark, text]) => {
    const at = x;
    x += 34 + Math.round(text.length * 5.7) + 22;
    return `${mark(at)}<text class="note" x="${at + 34}" y="${y}">${text}</text>`;
  });
}
