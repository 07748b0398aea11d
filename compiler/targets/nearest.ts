/** Edits (insert, delete, replace) that make `b` of `a`. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}

/** The candidate that `name` was probably meant to be: at most a third of its letters differ. */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  const wanted = name.toLowerCase();
  const ranked = candidates
    .map((candidate) => ({
      candidate,
      edits: Math.min(
        distance(wanted, candidate),
        wanted.startsWith(candidate) || candidate.startsWith(wanted) ? 1 : 99,
      ),
    }))
    .toSorted((a, b) => a.edits - b.edits || b.candidate.length - a.candidate.length);
  const best = ranked[0];
  return best !== undefined && wanted !== '' && best.edits <= Math.max(1, Math.floor(wanted.length / 3))
    ? best.candidate
    : undefined;
}
