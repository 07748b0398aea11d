import { fail } from '../diagnostics/index.ts';
import { type Elf, functionAt } from '../toolchain/index.ts';

/** What the harness said: see `templates/harness/harness.h`. */
export interface Records {
  /** By inference, or by emission of a test. */
  readonly outputs: readonly Uint8Array[];
  readonly ticks: readonly number[];
  readonly status: number | null;
  /** Words of the fault report, see `start.c`. */
  readonly fault: readonly number[] | null;
  /** Null when the harness did not come to its end. */
  readonly end: { readonly stackBytes: number; readonly emptyTicks: number } | null;
}

/** Reads the records; an incomplete last one is left out, as after a time-out. */
export function readRecords(bytes: Uint8Array): Records {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const outputs: Uint8Array[] = [];
  const ticks: number[] = [];
  let status: number | null = null;
  let fault: number[] | null = null;
  let end: Records['end'] = null;
  for (let at = 0; at + 5 <= bytes.byteLength; ) {
    const tag = String.fromCharCode(bytes[at]!);
    const size = view.getUint32(at + 1, true);
    const from = at + 5;
    const word = (i: number) => view.getUint32(from + 4 * i, true);
    at = from + size;
    if (at > bytes.byteLength) {
      break;
    }
    if (tag === 'O') {
      outputs.push(bytes.slice(from, at));
    } else if (tag === 'T') {
      ticks.push(word(0));
    } else if (tag === 'S') {
      status = view.getInt32(from, true);
    } else if (tag === 'F') {
      fault = Array.from({ length: size / 4 }, (_, i) => word(i));
    } else if (tag === 'E') {
      end = { stackBytes: word(0), emptyTicks: word(1) };
    } else {
      break;
    }
  }
  return { outputs, ticks, status, fault, end };
}

// Armv7-M Architecture Reference Manual, B3.2.15: bits of the configurable fault status register
const faultBits: readonly (readonly [number, string])[] = [
  [0, 'a jump to where there is no code'],
  [1, 'access to an address without memory, or a write to constants'],
  [4, 'no memory for the exception frame: the stack is used up'],
  [8, 'instruction fetch from an address without memory'],
  [9, 'access to an address without memory'],
  [10, 'access to an address without memory (imprecise)'],
  [12, 'no memory for the exception frame: the stack is used up'],
  [16, 'undefined instruction'],
  [17, 'invalid state: a jump to an address without Thumb bit'],
  [18, 'invalid return'],
  [19, 'FPU instruction on a core whose FPU is off or missing'],
  [24, 'unaligned access'],
  [25, 'division by zero'],
];

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}

/** Whether the harness has said its last word: it came to its end, or told why not. */
export function isComplete(records: Records): boolean {
  return records.end !== null || records.fault !== null || records.status !== null;
}

/** One readable line about a fault. `stackLimit` is the lowest address of the model's stack. */
export function describeFault(words: readonly number[], elf: Elf, stackLimit: number): string {
  const [pc = 0, lr = 0, , sp = 0, cfsr = 0, hfsr = 0, mmfar = 0, bfar = 0] = words;
  const name = (address: number) => functionAt(elf, (address & ~1) >>> 0) ?? 'no function';
  const causes = faultBits.filter(([bit]) => (cfsr & (1 << bit)) !== 0).map(([, text]) => text);
  if (causes.length === 0 && sp < stackLimit + 32) {
    causes.push('the stack is used up');
  }
  const addresses = [
    ...((cfsr & (1 << 7)) === 0 ? [] : [`at address ${hex(mmfar)}`]),
    ...((cfsr & (1 << 15)) === 0 ? [] : [`at address ${hex(bfar)}`]),
  ];
  return [
    `fault in ${name(pc)} (pc ${hex(pc)}, called from ${name(lr)})`,
    [causes.length === 0 ? 'cause not given' : causes.join(', '), ...addresses].join(' '),
    `cfsr ${hex(cfsr)}, hfsr ${hex(hfsr)}, sp ${hex(sp)}`,
  ].join('; ');
}

/** Fails with `emulator-failed` unless the harness came to its end with `expected` outputs (any number when null). */
export function checkEnd(
  records: Records,
  run: {
    readonly where: string;
    readonly describeFault: (words: readonly number[]) => string;
    readonly ending: string;
  },
  expected: number | null,
): void {
  const progress =
    expected === null
      ? `after ${records.outputs.length} results`
      : `in inference ${records.outputs.length + 1} of ${expected}`;
  if (records.fault !== null) {
    fail('emulator-failed', { where: run.where, found: `${progress}: ${run.describeFault(records.fault)}` });
  }
  if (records.status !== null) {
    fail('emulator-failed', { where: run.where, found: `${progress}: run() returned the status ${records.status}` });
  }
  if (records.end === null) {
    fail('emulator-failed', { where: run.where, found: `${progress}: ${run.ending}` });
  }
  if (expected !== null && records.outputs.length !== expected) {
    throw new Error(`the harness ran ${records.outputs.length} inferences instead of ${expected}`);
  }
}
