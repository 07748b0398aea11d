import { type CodeFunction, type CodeMap, mapCode } from './code-map.ts';
import type { Elf } from './elf.ts';
import { decodeThumb, type ThumbInstruction } from './thumb.ts';

/** The most stack that functions can need, or why it cannot be told. */
export type StackBound =
  | {
      readonly kind: 'known';
      readonly bytes: number;
      /** The functions one calls another in the worst case, the entry first. */
      readonly path: readonly string[];
    }
  | { readonly kind: 'unknown'; readonly why: string };

/** A line of the compiler's report (`-fstack-usage`). */
export interface CompiledFrame {
  readonly bytes: number;
  /** False where the frame's size is known at run time only: `alloca`, arrays of variable length. */
  readonly isStatic: boolean;
}

/** Frames by function, of a `.su` file: `file:line:column:function`, bytes, qualifiers, separated by tabs. */
export function readStackUsage(text: string): ReadonlyMap<string, CompiledFrame> {
  const frames = new Map<string, CompiledFrame>();
  for (const line of text.split('\n')) {
    const [place, size, qualifiers] = line.split('\t');
    if (place === undefined || size === undefined || qualifiers === undefined) {
      continue;
    }
    const name = place.slice(place.lastIndexOf(':') + 1);
    // clones of one function have one name in the report
    const known = frames.get(name);
    frames.set(name, {
      bytes: Math.max(known?.bytes ?? 0, Number(size)),
      isStatic: (known?.isStatic ?? true) && qualifiers.trim() === 'static',
    });
  }
  return frames;
}

/**
 * The most stack that any of `entries` takes, from the stack pointer at its call: every path through the machine code
 * of the image, libraries and inline assembly included. The compiler's report, where there is one, is the lower limit
 * of a frame, and its size where the code sets the stack pointer from a register; the bound is then too large rather
 * than too small. Recursion, calls by pointer and frames of variable size make it unknown. Interrupts come on top.
 *
 * How often a loop turns is not told: where it pushes, the bound is unknown. Only assembly whose loop is a computed jump may
 * push, within what the function took and gave back before: that states how much it is.
 */
export function stackBound(
  elf: Elf,
  entries: readonly string[],
  frames: ReadonlyMap<string, CompiledFrame> = new Map(),
): StackBound {
  const code = mapCode(elf);
  const known = new Map<number, StackBound>();
  const underWay: string[] = [];

  const boundAt = (address: number, caller: string): StackBound => {
    const subject = code.functionFrom(address);
    if (subject === undefined) {
      return unknown(`${caller} calls code without a name`);
    }
    const before = known.get(address);
    if (before !== undefined) {
      return before;
    }
    if (underWay.includes(subject.name)) {
      return unknown(`${[...underWay.slice(underWay.indexOf(subject.name)), subject.name].join(' -> ')} is recursive`);
    }
    underWay.push(subject.name);
    const bound = boundOf(subject, frames.get(subject.name.replace(/(\.\d+)+$/, '')));
    underWay.pop();
    known.set(address, bound);
    return bound;
  };

  const boundOf = (subject: CodeFunction, frame: CompiledFrame | undefined): StackBound => {
    if (frame?.isStatic === false) {
      return unknown(`the frame of ${subject.name} has no fixed size`);
    }
    const walked = walk(code, subject);
    if (walked.why !== null) {
      return unknown(walked.why);
    }
    if (walked.isDynamic && frame === undefined) {
      return unknown(`${subject.name} sets the stack pointer from a register`);
    }
    // what is pushed beside the frame is at most all that is pushed
    const depthOf = (bytes: number) => (walked.isDynamic ? frame!.bytes + bytes : bytes);
    let worst: StackBound = {
      kind: 'known',
      bytes: Math.max(depthOf(walked.bytes), frame?.bytes ?? 0),
      path: [subject.name],
    };
    for (const [target, bytes] of walked.calls) {
      const callee = boundAt(target, subject.name);
      if (callee.kind === 'unknown') {
        return callee;
      }
      const total = depthOf(bytes) + callee.bytes;
      if (total > worst.bytes) {
        worst = { kind: 'known', bytes: total, path: [subject.name, ...callee.path] };
      }
    }
    return worst;
  };

  return entries
    .map((entry) => {
      const symbol = elf.symbols.find(({ kind, name }) => kind === 'function' && name === entry);
      return symbol === undefined ? unknown(`the image has no ${entry}`) : boundAt(symbol.address, entry);
    })
    .reduce(worse, { kind: 'known', bytes: 0, path: [] });
}

function unknown(why: string): StackBound {
  return { kind: 'unknown', why };
}

function worse(a: StackBound, b: StackBound): StackBound {
  if (a.kind === 'unknown') {
    return a;
  }
  return b.kind === 'unknown' || b.bytes > a.bytes ? b : a;
}

/** What one function does with the stack. */
interface Walk {
  readonly bytes: number;
  /** Whether the stack pointer is set from a register: the numbers are then too small. */
  readonly isDynamic: boolean;
  /** Bytes taken at the deepest call, by the callee's address. */
  readonly calls: ReadonlyMap<number, number>;
  /** Why it cannot be told; null if it can. */
  readonly why: string | null;
}

/** A loop that takes more at every turn goes beyond any frame. */
const mostBytes = 1 << 20;

/** Follows every path of a function with the bytes that it has taken so far; where paths meet, the most of them. */
function walk(code: CodeMap, subject: CodeFunction): Walk {
  const read = (address: number) => code.halfwordAt(address) ?? 0;
  const depths = new Map<number, number>();
  const conditional = new Set<number>();
  const calls = new Map<number, number>();
  const pending: number[] = [];
  let bytes = 0;
  let computed: number | null = null;
  let isDynamic = false;
  let why: string | null = null;

  const callAt = (target: number, depth: number) => {
    calls.set(target, Math.max(calls.get(target) ?? 0, depth));
  };
  const goTo = (address: number, depth: number) => {
    if (address < subject.address || address >= subject.end) {
      callAt(address, depth);
    } else if (code.isData(address)) {
      computed = Math.max(computed ?? 0, depth);
    } else if ((depths.get(address) ?? -1) < depth) {
      depths.set(address, depth);
      pending.push(address);
    }
  };
  const step = (address: number, depth: number, instruction: ThumbInstruction) => {
    const { sizeBytes, stackBytes, flow } = instruction;
    const following = address + sizeBytes;
    const isConditional = conditional.has(address);
    const after = depth + (isConditional ? Math.max(stackBytes ?? 0, 0) : (stackBytes ?? 0));
    isDynamic ||= stackBytes === null;
    bytes = Math.max(bytes, after);
    if (after > mostBytes) {
      why = `a loop of ${subject.name} takes stack at every turn`;
      return;
    }
    let at = following;
    for (let left = instruction.conditionals; left > 0; left--) {
      conditional.add(at);
      at += decodeThumb(read, at).sizeBytes;
    }
    let goesOn = isConditional;
    switch (flow.kind) {
      case 'next':
        goesOn = true;
        break;
      case 'branch':
        goTo(flow.target, after);
        goesOn ||= flow.conditional;
        break;
      case 'call':
        callAt(flow.target, after);
        goesOn = true;
        break;
      case 'computed':
        computed = Math.max(computed ?? 0, after);
        break;
      case 'indirect':
        why = `${subject.name} calls by a pointer`;
        break;
      case 'return':
        break;
    }
    if (goesOn) {
      goTo(following, after);
    }
  };

  /** Where computed jumps lead to, the least depth at which that was followed, and how often it was followed anew. */
  const landings: number[] = [];
  let landed = Number.POSITIVE_INFINITY;
  let rounds = 0;
  let reserved = 0;
  const followComputed = (depth: number): boolean => {
    const unreached = firstUnreached(code, subject, depths);
    if (unreached !== null) {
      landings.push(unreached);
      landed = Math.min(landed, depth);
      goTo(unreached, depth);
      return true;
    }
    if (depth <= landed) {
      return false;
    }
    if (rounds++ === 0) {
      // the jump of one landing may lead to all the others
      reserved = bytes;
      landed = depth;
      for (const landing of landings) {
        goTo(landing, depth);
      }
      return true;
    }
    if (reserved <= depth) {
      why = `a loop of ${subject.name} takes stack at every turn`;
    }
    for (const target of calls.keys()) {
      callAt(target, reserved);
    }
    return false;
  };

  goTo(subject.address, 0);
  while (why === null) {
    const address = pending.pop();
    if (address !== undefined) {
      step(address, depths.get(address)!, decodeThumb(read, address));
    } else if (computed === null || !followComputed(computed)) {
      break;
    }
  }
  return { bytes, isDynamic, calls, why };
}

/** The first instruction that no path has reached: only a computed jump leads there. Null if there is none. */
function firstUnreached(code: CodeMap, subject: CodeFunction, depths: ReadonlyMap<number, number>): number | null {
  const read = (address: number) => code.halfwordAt(address) ?? 0;
  let address = subject.address;
  while (address < subject.end) {
    if (code.isData(address)) {
      address += 2;
    } else if (depths.has(address)) {
      address += decodeThumb(read, address).sizeBytes;
    } else {
      return address;
    }
  }
  return null;
}
