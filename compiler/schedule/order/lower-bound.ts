import type { LiveModel } from './live-bytes.ts';
import type { Region } from './regions.ts';

/** Regions of more steps get the bound from each step's own values: the table of who follows whom grows with the square. */
const maximumStepsOfTable = 2048;

/**
 * Bytes that no order of the region stays below. During a step live, whatever the order: what it reads and writes, what
 * comes from before it by necessity and goes to a step that must follow or beyond the region.
 * `liveBytes` are live at the region's start.
 */
export function lowerBoundOf(model: LiveModel, region: Region, liveBytes: number): number {
  const { from, to } = region;
  const mustFollow = to - from > maximumStepsOfTable ? () => false : followersOf(model, region);
  const values = model.valueBytes.flatMap((bytes, value) => {
    const writer = model.writer[value]!;
    const lastReader = model.readers[value]!.at(-1) ?? -1;
    const staysLive = model.kept[value]! || lastReader >= to;
    const isOfRegion = staysLive ? writer >= from : lastReader >= from;
    return isOfRegion && writer < to ? [{ value, bytes, writer, staysLive }] : [];
  });
  const atStart = values.filter(({ writer }) => writer < from).reduce((sum, { bytes }) => sum + bytes, 0);
  let bound = 0;
  for (let step = from; step < to; step++) {
    let bytes = liveBytes - atStart;
    for (const { value, bytes: size, writer, staysLive } of values) {
      const readers = model.readers[value]!;
      const isWritten = writer < from || mustFollow(writer, step);
      const isNeeded = staysLive || readers.some((reader) => mustFollow(step, reader));
      bytes += readers.includes(step) || (isWritten && isNeeded) ? size : 0;
    }
    for (const value of model.writes[step]!) {
      bytes += model.valueBytes[value]!;
    }
    const canDie = (value: number) =>
      !model.kept[value]! && model.readers[value]!.every((reader) => reader < to && !mustFollow(step, reader));
    const place = model.replaces[step]!.find(canDie);
    bound = Math.max(bound, place === undefined ? bytes : bytes - model.valueBytes[place]!);
  }
  return bound;
}

/** Whether of two steps of the region, in every order, the second comes after the first. */
function followersOf(model: LiveModel, { from, to }: Region): (step: number, other: number) => boolean {
  const words = Math.ceil((to - from) / 32);
  const table = new Uint32Array((to - from) * words);
  for (let step = to - 1; step >= from; step--) {
    const row = (step - from) * words;
    for (const next of model.after[step]!.filter((other) => other < to)) {
      const index = next - from;
      table[row + (index >>> 5)]! |= 1 << (index & 31);
      for (let w = 0; w < words; w++) {
        table[row + w]! |= table[index * words + w]!;
      }
    }
  }
  return (step, other) => {
    const index = other - from;
    return index > step - from && (table[(step - from) * words + (index >>> 5)]! & (1 << (index & 31))) !== 0;
  };
}
