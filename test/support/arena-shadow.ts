import type { Span } from './check-placement.ts';

/** The bytes of an arena, each with the number of the byte of a tensor that stands there. */
export interface Shadow {
  readonly faults: readonly string[];
  readonly fault: (text: string) => void;
  /** What follows is done in one more call. */
  readonly call: (name: string) => void;
  /** The bytes must be what they should be. */
  readonly read: (spans: readonly Span[]) => void;
  readonly write: (spans: readonly Span[]) => void;
  /** A scratch that the call uses. */
  readonly useScratch: (scratch: Span | null) => void;
  /** A scratch that keeps what is in it from the first of several calls on. */
  readonly keepScratch: (scratch: Span | null, isFirst: boolean) => void;
  /** At the end of the call scratch and bytes must still be what they were. */
  readonly still: (scratch: Span | null, spans: readonly Span[]) => void;
  /** The most bytes that are needed at a time, as far as calls were made. */
  readonly neededBytes: () => number;
}

/** An arena of so many bytes for tensors whose bytes have the numbers below `keys`; `nameOf` says what a number stands for. */
export function arenaShadow(sizeBytes: number, keys: number, nameOf: (key: number) => string): Shadow {
  const content = new Int32Array(sizeBytes).fill(-1);
  const written = new Int32Array(keys).fill(-1);
  const lastRead = new Int32Array(keys).fill(-1);
  const scratches: { readonly key: number; readonly from: number; to: number; readonly bytes: number }[] = [];
  const faults: string[] = [];
  let name = '';
  let call = -1;
  const fault = (text: string) => {
    faults.push(`${name}: ${text}`);
  };
  const isInside = ({ address, bytes, key }: Span) => {
    const inside = address >= 0 && address + bytes <= sizeBytes;
    if (!inside) {
      fault(`${nameOf(key)} leaves the arena`);
    }
    return inside;
  };
  const expectContent = (span: Span) => {
    const { address, key, bytes } = span;
    if (!isInside(span)) {
      return;
    }
    for (let i = 0; i < bytes; i++) {
      const expected = key < 0 ? key : key + i;
      if (content[address + i] !== expected) {
        fault(`${nameOf(expected)} is not at ${address + i}, there is ${nameOf(content[address + i]!)}`);
        return;
      }
    }
  };
  const put = (span: Span) => {
    if (isInside(span)) {
      const { address, key, bytes } = span;
      for (let i = 0; i < bytes; i++) {
        content[address + i] = key < 0 ? key : key + i;
      }
    }
  };
  return {
    faults,
    fault,
    call: (next) => {
      name = next;
      call++;
    },
    read: (spans) => {
      for (const span of spans) {
        expectContent(span);
        lastRead.fill(call, span.key, span.key + span.bytes);
      }
    },
    write: (spans) => {
      for (const span of spans) {
        put(span);
        written.fill(call, span.key, span.key + span.bytes);
      }
    },
    useScratch: (scratch) => {
      if (scratch !== null) {
        put(scratch);
        scratches.push({ key: scratch.key, from: call, to: call, bytes: scratch.bytes });
      }
    },
    keepScratch: (scratch, isFirst) => {
      const known = scratches.find(({ key }) => key === scratch?.key);
      if (scratch !== null && (isFirst || known === undefined)) {
        put(scratch);
        scratches.push({ key: scratch.key, from: call, to: call, bytes: scratch.bytes });
      } else if (scratch !== null && known !== undefined) {
        expectContent(scratch);
        known.to = call;
      }
    },
    still: (scratch, spans) => {
      for (const span of scratch === null ? spans : [scratch, ...spans]) {
        expectContent(span);
      }
    },
    neededBytes: () => {
      // as a call starts, all that is read later is there, and its scratch; what it writes may take over what it reads
      const changes = new Int32Array(call + 2);
      const add = (from: number, to: number, bytes: number) => {
        if (from <= to) {
          changes[from]! += bytes;
          changes[to + 1]! -= bytes;
        }
      };
      for (let key = 0; key < keys; key++) {
        add(written[key]! + 1, lastRead[key]!, 1);
      }
      for (const { from, to, bytes } of scratches) {
        add(from, to, bytes);
      }
      let most = 0;
      let bytes = 0;
      for (const change of changes) {
        bytes += change;
        most = Math.max(most, bytes);
      }
      return most;
    },
  };
}
