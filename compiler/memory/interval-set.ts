/** An open interval of integers: both ends are outside. */
export type Interval = readonly [from: number, to: number];

/** Open intervals, apart from each other, ascending. A shared end is outside of both neighbours. */
export type IntervalSet = readonly Interval[];

/** The union of open intervals. */
export function intervalSet(intervals: readonly Interval[]): IntervalSet {
  const sorted = intervals.filter(([from, to]) => from < to).sort((a, b) => a[0] - b[0] || b[1] - a[1]);
  const merged: [number, number][] = [];
  for (const [from, to] of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && from < last[1]) {
      last[1] = Math.max(last[1], to);
    } else {
      merged.push([from, to]);
    }
  }
  return merged;
}

/** True if `value` lies inside of one of the intervals. */
export function contains(set: IntervalSet, value: number): boolean {
  return set.some(([from, to]) => from < value && value < to);
}
