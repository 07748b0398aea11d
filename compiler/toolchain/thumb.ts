/** Where control goes after an instruction, beside to the next one. Addresses are those of instructions, without bit 0. */
export type ThumbFlow =
  | { readonly kind: 'next' }
  | { readonly kind: 'branch'; readonly target: number; readonly conditional: boolean }
  | { readonly kind: 'call'; readonly target: number }
  | { readonly kind: 'return' }
  /** To a place that is computed, as a `switch` or an unrolled loop does: within the function. */
  | { readonly kind: 'computed' }
  /** A call, or a jump out of the function, of an address that is a value. */
  | { readonly kind: 'indirect'; readonly returns: boolean };

/** An instruction of Armv6-M or Armv7E-M, as far as the stack is concerned. */
export interface ThumbInstruction {
  readonly sizeBytes: 2 | 4;
  /** Bytes that the stack grows by; negative when it shrinks; null when the stack pointer gets the value of a register. */
  readonly stackBytes: number | null;
  readonly flow: ThumbFlow;
  /** Instructions after this one that are executed on a condition (IT). */
  readonly conditionals: number;
}

const SP = 13;
const LR = 14;
const PC = 15;

const next: ThumbFlow = { kind: 'next' };

function countBits(bits: number): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) {
    count++;
  }
  return count;
}

function signed(value: number, bits: number): number {
  return (value << (32 - bits)) >> (32 - bits);
}

/** The first halfword of a 32-bit instruction starts with 11101, 11110 or 11111. */
function isWide(first: number): boolean {
  return first >>> 11 >= 0b11101;
}

/** Decodes the instruction at `address`, whose halfwords `read` gives (Armv7-M Architecture Reference Manual, A5 and A7). */
export function decodeThumb(read: (address: number) => number, address: number): ThumbInstruction {
  const first = read(address);
  if (!isWide(first)) {
    return decodeNarrow(first, address);
  }
  const second = read(address + 2);
  if ((first & 0xff7f) === 0xf85f && second >>> 12 === PC) {
    // ldr.w pc, [pc, #]: how linkers reach what is too far for a branch
    const offset = second & 0xfff;
    const literal = ((address + 4) & ~3) + ((first & 0x80) !== 0 ? offset : -offset);
    const target = ((read(literal) | (read(literal + 2) << 16)) & ~1) >>> 0;
    return { sizeBytes: 4, stackBytes: 0, flow: { kind: 'branch', target, conditional: false }, conditionals: 0 };
  }
  return decodeWide(first, second, address);
}

function decodeNarrow(code: number, address: number): ThumbInstruction {
  const instruction = (stackBytes: number | null, flow: ThumbFlow = next, conditionals = 0): ThumbInstruction => ({
    sizeBytes: 2,
    stackBytes,
    flow,
    conditionals,
  });
  const target = (offset: number) => address + 4 + offset;
  if (code >>> 9 === 0b1011010) {
    return instruction(4 * countBits(code & 0x1ff)); // push
  }
  if (code >>> 9 === 0b1011110) {
    return instruction(-4 * countBits(code & 0x1ff), (code & 0x100) !== 0 ? { kind: 'return' } : next); // pop
  }
  if (code >>> 8 === 0b10110000) {
    const bytes = 4 * (code & 0x7f);
    return instruction((code & 0x80) !== 0 ? bytes : -bytes); // sub, add sp, #
  }
  if ((code & 0xfd00) === 0x4400) {
    const destination = (code & 7) | ((code >>> 4) & 8); // add, mov with high registers
    return instruction(destination === SP ? null : 0, destination === PC ? { kind: 'computed' } : next);
  }
  if (code >>> 8 === 0b01000111) {
    const register = (code >>> 3) & 15; // bx, blx
    const returns = (code & 0x80) !== 0;
    return instruction(0, register === LR && !returns ? { kind: 'return' } : { kind: 'indirect', returns });
  }
  if (code >>> 12 === 0b1101 && ((code >>> 8) & 15) < 14) {
    return instruction(0, { kind: 'branch', target: target(2 * signed(code & 0xff, 8)), conditional: true });
  }
  if (code >>> 11 === 0b11100) {
    return instruction(0, { kind: 'branch', target: target(2 * signed(code & 0x7ff, 11)), conditional: false });
  }
  if ((code & 0xf500) === 0xb100) {
    const offset = ((code >>> 3) & 0x40) | ((code >>> 2) & 0x3e); // cbz, cbnz
    return instruction(0, { kind: 'branch', target: target(offset), conditional: true });
  }
  if (code >>> 8 === 0b10111111 && (code & 15) !== 0) {
    return instruction(0, next, 4 - Math.log2(code & -code & 15)); // it
  }
  return instruction(0);
}

function decodeWide(first: number, second: number, address: number): ThumbInstruction {
  const instruction = (stackBytes: number | null, flow: ThumbFlow = next): ThumbInstruction => ({
    sizeBytes: 4,
    stackBytes,
    flow,
    conditionals: 0,
  });
  if (first >>> 11 === 0b11110 && (second & 0x8000) !== 0) {
    return instruction(0, wideBranch(first, second, address));
  }
  const base = first & 15;
  if ((first & 0xfe40) === 0xe800) {
    // stm, ldm: increment after, decrement before
    const isLoad = (first & 0x10) !== 0;
    const bytes = 4 * countBits(second);
    const grows = (first & 0x100) !== 0;
    const moved = base === SP && (first & 0x20) !== 0 ? (grows ? bytes : -bytes) : 0;
    const jump: ThumbFlow = base === SP ? { kind: 'return' } : { kind: 'indirect', returns: false };
    return instruction(moved, isLoad && (second & 0x8000) !== 0 ? jump : next);
  }
  if ((first & 0xfff0) === 0xe8d0 && (second & 0xffe0) === 0xf000) {
    return instruction(0, { kind: 'computed' }); // tbb, tbh
  }
  if ((first & 0xfe40) === 0xe840) {
    const offset = 4 * (second & 0xff); // strd, ldrd
    return instruction(base === SP && (first & 0x20) !== 0 ? ((first & 0x80) !== 0 ? -offset : offset) : 0);
  }
  if ((first & 0xfe00) === 0xf800) {
    return instruction(...loadOrStore(first, second));
  }
  if ((first & 0xffbf) === 0xed2d && (second & 0xe00) === 0xa00) {
    return instruction(4 * (second & 0xff)); // vpush
  }
  if ((first & 0xffbf) === 0xecbd && (second & 0xe00) === 0xa00) {
    return instruction(-4 * (second & 0xff)); // vpop
  }
  const destination = (second >>> 8) & 15;
  if (first >>> 11 === 0b11110 && destination === SP) {
    return instruction(base === SP ? adjustment(first, second) : null);
  }
  return instruction((first & 0xfe00) === 0xea00 && destination === SP ? null : 0);
}

/** b.w, bl and the conditional b.w; what is neither (msr, barriers, hints) goes on. */
function wideBranch(first: number, second: number, address: number): ThumbFlow {
  const sign = (first >>> 10) & 1;
  const j1 = (second >>> 13) & 1;
  const j2 = (second >>> 11) & 1;
  const low = 2 * (second & 0x7ff);
  if ((second & 0x5000) === 0) {
    const isBranch = ((first >>> 6) & 15) < 14;
    const offset = signed((sign << 20) | (j2 << 19) | (j1 << 18) | ((first & 0x3f) << 12) | low, 21);
    return isBranch ? { kind: 'branch', target: address + 4 + offset, conditional: true } : next;
  }
  if ((second & 0x1000) === 0) {
    return next; // blx to Arm code: no such core
  }
  const i1 = 1 - (j1 ^ sign);
  const i2 = 1 - (j2 ^ sign);
  const offset = signed((sign << 24) | (i1 << 23) | (i2 << 22) | ((first & 0x3ff) << 12) | low, 25);
  const target = address + 4 + offset;
  return (second & 0x4000) !== 0 ? { kind: 'call', target } : { kind: 'branch', target, conditional: false };
}

/** Single loads and stores: those that write back the stack pointer, and those of the program counter. */
function loadOrStore(first: number, second: number): [stackBytes: number, flow: ThumbFlow] {
  const base = first & 15;
  const isIndexed = base !== PC && (first & 0x80) === 0 && (second & 0x800) !== 0;
  const offset = second & 0xff;
  const writesBack = isIndexed && base === SP && (second & 0x100) !== 0;
  const moved = writesBack ? ((second & 0x200) !== 0 ? -offset : offset) : 0;
  const loadsPc = (first & 0x70) === 0x50 && second >>> 12 === PC;
  return [moved, !loadsPc ? next : writesBack ? { kind: 'return' } : { kind: 'indirect', returns: false }];
}

/** sub and add of a constant to the stack pointer; null for any other operation. */
function adjustment(first: number, second: number): number | null {
  const immediate = (((first >>> 10) & 1) << 11) | (((second >>> 12) & 7) << 8) | (second & 0xff);
  switch ((first >>> 5) & 0x1f) {
    case 0b01101:
      return expandImmediate(immediate);
    case 0b01000:
      return -expandImmediate(immediate);
    case 0b10101:
      return immediate;
    case 0b10000:
      return -immediate;
    default:
      return null;
  }
}

/** ThumbExpandImm, A5.3.2. */
function expandImmediate(immediate: number): number {
  const byte = immediate & 0xff;
  if (immediate >>> 10 !== 0) {
    const rotation = immediate >>> 7;
    const unrotated = 0x80 | (immediate & 0x7f);
    return ((unrotated >>> rotation) | (unrotated << (32 - rotation))) >>> 0;
  }
  return [byte, byte * 0x00010001, byte * 0x01000100, byte * 0x01010101][(immediate >>> 8) & 3]! >>> 0;
}
