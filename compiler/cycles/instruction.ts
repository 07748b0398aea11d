/** What an instruction occupies of a core, as far as its timing depends on it. */
export type InstructionKind =
  | 'alu'
  | 'simd'
  | 'multiply'
  | 'divide'
  | 'load'
  | 'load-several'
  | 'store'
  | 'store-several'
  | 'branch'
  | 'indirect-branch'
  | 'if-then'
  | 'float'
  | 'float-multiply-add'
  | 'float-divide'
  | 'float-load'
  | 'float-load-several'
  | 'float-store'
  | 'float-store-several';

/** A Thumb instruction as a disassembler wrote it. */
export interface Instruction {
  readonly address: number;
  readonly sizeBytes: 2 | 4;
  /** Without width: `ldr`, `bne`, `vfma.f32`. */
  readonly mnemonic: string;
  readonly kind: InstructionKind;
  /** Registers of a list: how many words `load-several` and their like move; 1 otherwise. */
  readonly words: number;
  /** Whether it can fall through: no unconditional branch. */
  readonly isConditional: boolean;
  /** Where a direct branch goes. */
  readonly target: number | null;
  /** An operand is shifted, extended or a bit field. */
  readonly isShifted: boolean;
  /** The address of a load or store has a register as offset. */
  readonly hasRegisterOffset: boolean;
  /** Registers whose values it needs: `r0` to `r12`, `sp`, `lr`, `s0` to `s31`. */
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** Of `reads`: what is multiplied, or what an address is made of. */
  readonly readsEarly: readonly string[];
}

const conditions = 'eq|ne|cs|cc|hs|lo|mi|pl|vs|vc|hi|ls|ge|lt|gt|le';
const branch = new RegExp(`^(b(l|${conditions})?|cbn?z)$`);

/** In order: the first that fits counts. */
const kinds: readonly (readonly [RegExp, InstructionKind])[] = [
  [/^(vldm|vpop)/, 'float-load-several'],
  [/^vldr/, 'float-load'],
  [/^(vstm|vpush)/, 'float-store-several'],
  [/^vstr/, 'float-store'],
  [/^v(div|sqrt)/, 'float-divide'],
  [/^vf?n?m(la|ls)|^vfn?m[as]/, 'float-multiply-add'],
  [/^v/, 'float'],
  [branch, 'branch'],
  [/^(bx|blx|tbb|tbh)/, 'indirect-branch'],
  [/^it[te]*$/, 'if-then'],
  [/^(ldm|pop|ldrd)/, 'load-several'],
  [/^(stm|push|strd)/, 'store-several'],
  [/^(ldr)/, 'load'],
  [/^(str)/, 'store'],
  [/^[us]div/, 'divide'],
  [/^(mul|mla|mls|smul|smla|smls|smmu|smml|smms|smua|smus|umul|umla|umaa)/, 'multiply'],
  [/^([su]xta?b16|pkh|[su]sat|[us]?q?(add|sub)(8|16)|[us]h(add|sub)(8|16)|sel|rev|usad)/, 'simd'],
];

function kindOf(mnemonic: string): InstructionKind {
  return kinds.find(([pattern]) => pattern.test(mnemonic))?.[1] ?? 'alu';
}

const registerNames = /\b(r\d+|sl|fp|ip|sp|lr|pc|s\d+|d\d+)\b/g;
const aliases: { readonly [name: string]: string } = { sl: 'r10', fp: 'r11', ip: 'r12' };

function registersIn(text: string): readonly string[] {
  const spread = text.replace(/\b([rs])(\d+)-[rs](\d+)\b/g, (_, letter: string, first: string, last: string) =>
    Array.from({ length: Number(last) - Number(first) + 1 }, (_each, i) => `${letter}${Number(first) + i}`).join(', '),
  );
  return (spread.match(registerNames) ?? []).map((name) => aliases[name] ?? name);
}

/** Splits `a, [b, c], {d}` at the commas outside of brackets. */
function operandsOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(/,\s*(?![^[{]*[\]}])/).map((operand) => operand.trim());
}

interface Effects {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  readonly readsEarly: readonly string[];
}

function effectsOf(mnemonic: string, kind: InstructionKind, operands: readonly string[]): Effects {
  const lists = operands.map(registersIn);
  const [first = [], second = []] = lists;
  const all = lists.flat();
  const listed = lists.at(-1) ?? [];
  const addresses = operands.flatMap((operand, i) => (operand.startsWith('[') ? lists[i]! : []));
  // `[r0, #4]!`, `[r0], #4` and `r0!` leave another address behind
  const changed = operands.flatMap((operand, i) =>
    operand.endsWith('!') || (operand.startsWith('[') && i < operands.length - 1) ? lists[i]!.slice(0, 1) : [],
  );
  switch (kind) {
    case 'load':
    case 'float-load':
      return { reads: addresses, writes: [...first, ...changed], readsEarly: addresses };
    case 'load-several':
    case 'float-load-several':
      if (mnemonic === 'ldrd') {
        return { reads: addresses, writes: [...first, ...second, ...changed], readsEarly: addresses };
      }
      return operands.length === 1
        ? { reads: ['sp'], writes: [...listed, 'sp'], readsEarly: ['sp'] }
        : { reads: first, writes: [...listed, ...changed], readsEarly: first };
    case 'store':
    case 'float-store':
    case 'store-several':
    case 'float-store-several':
      return operands.length === 1
        ? { reads: [...all, 'sp'], writes: ['sp'], readsEarly: ['sp'] }
        : { reads: all, writes: changed, readsEarly: addresses.length > 0 ? addresses : first };
    case 'branch':
    case 'indirect-branch':
      return { reads: all, writes: /^blx?$/.test(mnemonic) ? ['lr'] : [], readsEarly: all };
    case 'if-then':
      return { reads: [], writes: [], readsEarly: [] };
    case 'multiply': {
      const isLong = /^[us]m(ul|la|ls)l/.test(mnemonic);
      const results = lists.slice(0, isLong ? 2 : 1).flat();
      const factors = lists.slice(isLong ? 2 : 1, isLong ? 4 : 3).flat();
      const ownSums = mnemonic.includes('mla') ? results : [];
      const added = isLong ? ownSums : lists.slice(3).flat();
      return { reads: [...factors, ...added], writes: results, readsEarly: factors };
    }
    default: {
      if (/^(cmp|cmn|tst|teq|vcmp|vmsr)/.test(mnemonic)) {
        return { reads: all, writes: [], readsEarly: [] };
      }
      const keepsResult =
        operands.length < 3 && !/^(mov|mvn|vmov|vcvt|vneg|vabs|vmrs|[su]xt|rev|rsb|clz|rbit)/.test(mnemonic);
      const isPartial = /^(bfi|bfc|movt)/.test(mnemonic) || kind === 'float-multiply-add';
      const sources = lists.slice(1).flat();
      return {
        reads: keepsResult || isPartial ? [...sources, ...first] : sources,
        writes: first,
        readsEarly: kind === 'simd' ? sources : [],
      };
    }
  }
}

const shifting = /(lsl|lsr|asr|ror) #|^(bfi|bfc|[us]bfx|[us]xta?[bh])/;

function instructionOf(address: number, sizeBytes: 2 | 4, fullMnemonic: string, operandText: string): Instruction {
  const mnemonic = fullMnemonic.replace(/\.[nw]$/, '');
  const text = operandText.replace(/\s*[;@<].*$/, '').trim();
  const operands = operandsOf(text);
  const plainKind = kindOf(mnemonic);
  const effects = effectsOf(mnemonic, plainKind, operands);
  const isIndirect = plainKind === 'indirect-branch' || (plainKind !== 'branch' && effects.writes.includes('pc'));
  const kind = plainKind === 'alu' && isIndirect ? 'indirect-branch' : plainKind;
  const listed = operands.at(-1)?.startsWith('{') ? registersIn(operands.at(-1)!).length : 1;
  const target = kind === 'branch' ? Number.parseInt(operands.at(-1) ?? '', 16) : Number.NaN;
  return {
    address,
    sizeBytes,
    mnemonic,
    kind,
    words: /^(ldrd|strd)/.test(mnemonic) ? 2 : listed,
    isConditional: kind === 'branch' && !/^bl?$/.test(mnemonic),
    target: Number.isNaN(target) ? null : target,
    isShifted:
      shifting.test(`${mnemonic} ${text}`) ||
      /(lsl|lsr|asr|ror) #/.test(text) ||
      /^(lsl|lsr|asr|ror)s?$/.test(mnemonic),
    hasRegisterOffset: operands.some((operand) => /^\[\w+, \w/.test(operand)),
    ...effects,
  };
}

/** Whether control may leave straight-line code behind it. */
export function isBranch(instruction: Instruction): boolean {
  return instruction.kind === 'branch' || instruction.kind === 'indirect-branch' || instruction.writes.includes('pc');
}

/** The instructions of `objdump -d`'s text by address; data between them is left out. */
export function parseDisassembly(text: string): ReadonlyMap<number, Instruction> {
  const instructions = new Map<number, Instruction>();
  for (const line of text.split('\n')) {
    const match = /^\s*([0-9a-f]+):\t([0-9a-f]{4}(?: [0-9a-f]{4})?)\s*\t(\S+)\t?(.*)$/.exec(line);
    if (match !== null && !match[3]!.startsWith('.')) {
      const [, address, code, mnemonic, operands] = match as unknown as [string, string, string, string, string];
      const instruction = instructionOf(Number.parseInt(address, 16), code.length === 4 ? 2 : 4, mnemonic, operands);
      instructions.set(instruction.address, instruction);
    }
  }
  return instructions;
}
