import { type PlannedProgram, timesOf } from './plan-shapes.ts';

/** Where times stand in a picture. */
export interface TimeAxis {
  readonly width: number;
  /** Left end of a time, relative to the axis; `timesOf` gives the right end of the last one. */
  readonly xOf: (time: number) => number;
  /** By segment. */
  readonly bands: readonly { readonly x: number; readonly width: number }[];
}

const leastWidth = 1120;
const mostWidth = 5600;
/** Of a segment: a line of text fits. */
const leastBand = 15;
/** Of what the caller does before and after. */
const endWidth = 16;

/**
 * Times from left to right, segment by segment. A segment of many calls gets more room, but by the square root of their number
 * only: row streaming takes hundreds of calls where the steps around it take one each.
 */
export function timeAxis(planned: PlannedProgram): TimeAxis {
  const { segments, calls } = planned.program;
  const callsOf = new Array<number>(segments.length).fill(0);
  const segmentOfStep = segments.flatMap(({ first, end }, i) => new Array<number>(end - first).fill(i));
  const streamed = segments.findIndex(({ input }) => input !== undefined);
  for (const { step } of calls) {
    callsOf[segmentOfStep[step] ?? streamed]!++;
  }
  const count = Math.max(1, segments.length);
  const width = Math.min(mostWidth, Math.max(leastWidth, count * (leastBand + 3) + 2 * endWidth));
  const least = Math.min(leastBand, (width - 2 * endWidth) / count);
  const weights = callsOf.map((some) => Math.sqrt(some));
  const total = weights.reduce((sum, weight) => sum + weight, 0) || 1;
  const spare = width - 2 * endWidth - least * segments.length;
  const knots: { readonly time: number; readonly x: number }[] = [
    { time: 0, x: 0 },
    { time: 1, x: endWidth },
  ];
  const bands = callsOf.map((some, i) => {
    const { time, x } = knots.at(-1)!;
    const band = { x, width: least + (spare * weights[i]!) / total };
    knots.push({ time: time + 2 * some, x: x + band.width });
    return band;
  });
  knots.push({ time: timesOf(planned), x: width });
  const xOf = (time: number) => {
    let [low, high] = [0, knots.length - 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      [low, high] = knots[middle]!.time <= time ? [middle, high] : [low, middle];
    }
    const [a, b] = [knots[low]!, knots[high]!];
    return b.time === a.time ? b.x : a.x + ((b.x - a.x) * (time - a.time)) / (b.time - a.time);
  };
  return { width, xOf, bands };
}
