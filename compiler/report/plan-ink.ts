/** From cells to rectangles on paper, few enough to draw, and the place where a name fits into them. */
import { type Cell, mergedCells, type PlanShape } from './plan-shapes.ts';

/** A rectangle in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How times and bytes become pixels. */
export interface Scale {
  readonly xOf: (time: number) => number;
  readonly yOf: (byte: number) => number;
}

const finestGrid = 0.25;

/** The boxes of every shape: on a grid as fine as `most` boxes in all allow. Spaces narrower than the grid are filled. */
export function boxesOf(shapes: readonly PlanShape[], scale: Scale, most: number): readonly (readonly Box[])[] {
  for (let grid = finestGrid; ; grid *= 2) {
    const boxes = shapes.map(({ cells }) => boxesOnGrid(cells, scale, grid));
    if (grid > 1024 || boxes.reduce((sum, { length }) => sum + length, 0) <= most) {
      return boxes;
    }
  }
}

function boxesOnGrid(cells: readonly Cell[], { xOf, yOf }: Scale, grid: number): readonly Box[] {
  const drawn = cells.map(({ low, high, spans }): Cell => {
    const columns: [number, number][] = [];
    for (const [from, to] of spans) {
      const [left, right] = [Math.floor(xOf(from) / grid), Math.ceil(xOf(to + 1) / grid)];
      const last = columns.at(-1);
      if (last !== undefined && left <= last[1]) {
        last[1] = Math.max(last[1], right);
      } else {
        columns.push([left, right]);
      }
    }
    return { low, high, spans: columns };
  });
  return mergedCells(drawn).flatMap(({ low, high, spans }) =>
    spans.map(([left, right]) => ({
      x: left * grid,
      y: yOf(high),
      width: (right - left) * grid,
      height: yOf(low) - yOf(high),
    })),
  );
}

const columnWidth = 4;
const rowHeight = 3;

/** The largest upright box of ink, about; null where nothing is large enough to hold a mark. */
export function largestBox(boxes: readonly Box[]): Box | null {
  const left = Math.min(...boxes.map(({ x }) => x));
  const top = Math.min(...boxes.map(({ y }) => y));
  const columns = Math.ceil((Math.max(...boxes.map(({ x, width }) => x + width)) - left) / columnWidth);
  const rows = Math.ceil((Math.max(...boxes.map(({ y, height }) => y + height)) - top) / rowHeight);
  if (!(columns > 0 && rows > 0)) {
    return null;
  }
  const ink = Array.from({ length: rows }, () => new Uint8Array(columns));
  for (const box of boxes) {
    const lastRow = Math.min(rows, Math.ceil((box.y + box.height - top) / rowHeight - 0.5));
    const lastColumn = Math.min(columns, Math.ceil((box.x + box.width - left) / columnWidth - 0.5));
    for (let row = Math.max(0, Math.ceil((box.y - top) / rowHeight - 0.5)); row < lastRow; row++) {
      ink[row]!.fill(1, Math.max(0, Math.ceil((box.x - left) / columnWidth - 0.5)), lastColumn);
    }
  }
  let best: Box | null = null;
  const heights = new Array<number>(columns).fill(0);
  ink.forEach((line, row) => {
    for (let column = 0; column < columns; column++) {
      heights[column] = line[column] === 1 ? heights[column]! + 1 : 0;
    }
    for (const { from, to, height } of rectanglesUnder(heights)) {
      const box = {
        x: left + from * columnWidth,
        y: top + (row + 1 - height) * rowHeight,
        width: (to - from) * columnWidth,
        height: height * rowHeight,
      };
      if (best === null || worthOf(box) > worthOf(best)) {
        best = box;
      }
    }
  });
  return best;
}

/** Room for a line of text: height counts up to what a line needs. */
function worthOf({ width, height }: Box): number {
  return Math.max(Math.min(height, 12) * width, Math.min(width, 12) * height) + width * height * 1e-4;
}

/** For every height of a row of columns, the widest rectangle of that height around each. */
function rectanglesUnder(heights: readonly number[]) {
  const found: { readonly from: number; readonly to: number; readonly height: number }[] = [];
  const open: { readonly from: number; readonly height: number }[] = [];
  for (let column = 0; column <= heights.length; column++) {
    const height = heights[column] ?? 0;
    let from = column;
    while (open.length > 0 && open.at(-1)!.height >= height) {
      const last = open.pop()!;
      found.push({ from: last.from, to: column, height: last.height });
      from = last.from;
    }
    if (height > 0) {
      open.push({ from, height });
    }
  }
  return found;
}
