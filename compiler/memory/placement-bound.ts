/** What no placement of a program's buffers can be below. */
import type { Program } from '../schedule/index.ts';
import { leastRoomForCliques } from './clique-bound.ts';
import { contains } from './interval-set.ts';
import type { PlacementProblem } from './lay-out.ts';

/** The largest of the bytes that are in use at a time, the least room for any two items, and that for items that never share a byte. */
export function placementBound(program: Program, problem: PlacementProblem): number {
  return Math.max(mostBytesInUse(program), leastRoomForPairs(problem), leastRoomForCliques(problem));
}

/** The most bytes of rows and scratch that are in use at a time. */
export function mostBytesInUse(program: Program): number {
  return bytesInUse(program).reduce((most, bytes) => Math.max(most, bytes), 0);
}

/** Bytes in use at every time of the program. */
export function bytesInUse({ buffers, scratches, calls }: Program): Float64Array {
  const changes = new Float64Array(2 * calls.length + 3);
  const add = (from: number, to: number, bytes: number) => {
    changes[from]! += bytes;
    changes[to + 1]! -= bytes;
  };
  for (const { written, read, rowBytes } of buffers) {
    written.forEach((from, row) => {
      add(from, read[row]!, rowBytes);
    });
  }
  for (const { spans, sizeBytes } of scratches) {
    for (const [from, to] of spans) {
      add(from, to, sizeBytes);
    }
  }
  for (let time = 1; time < changes.length; time++) {
    changes[time]! += changes[time - 1]!;
  }
  return changes;
}

/** The least room for any two items. */
export function leastRoomForPairs({ sizes, distances }: Pick<PlacementProblem, 'sizes' | 'distances'>): number {
  let most = sizes.reduce((a, b) => Math.max(a, b), 0);
  sizes.forEach((_, i) => {
    for (let j = 0; j < i; j++) {
      const set = distances[i]![j]!;
      const [a, b] = [sizes[i]!, sizes[j]!];
      if (set.length > 0 && a + b > most) {
        const tried = [0, ...set.flat()].filter((d) => !contains(set, d));
        const room = Math.min(...tried.map((d) => Math.max(a, d + b) - Math.min(0, d)));
        most = Math.max(most, room);
      }
    }
  });
  return most;
}
