/** A priority queue. */
export interface Heap<T> {
  readonly push: (item: T) => void;
  /** Takes out the best item; of equals the one that came first. */
  readonly pop: () => T | undefined;
}

/** An empty queue, ordered by `isBetter`. */
export function heapOf<T>(isBetter: (a: T, b: T) => boolean): Heap<T> {
  const entries: { readonly item: T; readonly sequence: number }[] = [];
  let pushed = 0;
  const precedes = (i: number, j: number) => {
    const a = entries[i]!;
    const b = entries[j]!;
    return isBetter(a.item, b.item) || (!isBetter(b.item, a.item) && a.sequence < b.sequence);
  };
  const swap = (i: number, j: number) => {
    [entries[i], entries[j]] = [entries[j]!, entries[i]!];
  };
  return {
    push(item) {
      let i = entries.push({ item, sequence: pushed++ }) - 1;
      for (let parent = (i - 1) >> 1; i > 0 && precedes(i, parent); parent = (i - 1) >> 1) {
        swap(i, parent);
        i = parent;
      }
    },
    pop() {
      const top = entries[0];
      const last = entries.pop();
      if (top === undefined || last === undefined || entries.length === 0) {
        return top?.item;
      }
      entries[0] = last;
      for (let i = 0; ; ) {
        let best = i;
        for (const child of [2 * i + 1, 2 * i + 2]) {
          if (child < entries.length && precedes(child, best)) {
            best = child;
          }
        }
        if (best === i) {
          return top.item;
        }
        swap(i, best);
        i = best;
      }
    },
  };
}
