import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { mapCode } from '../../compiler/toolchain/code-map.ts';
import {
  compileFirmware,
  findArmGcc,
  loadTarget,
  type OptimizeFlag,
  readStackUsage,
  type StackBound,
  stackBound,
} from '../../compiler/toolchain/index.ts';
import { decodeThumb } from '../../compiler/toolchain/thumb.ts';

const gcc = await findArmGcc();
const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) {
    rmSync(folder, { recursive: true });
  }
});

async function build(text: string, target = 'stm32f7', optimize: OptimizeFlag = '-O2', name = 'a.c') {
  const folder = mkdtempSync(join(tmpdir(), 'msc-stack-'));
  folders.push(folder);
  const { elf } = await compileFirmware(gcc!, loadTarget(target), folder, {
    sources: [{ name, text }],
    optimize,
    flags: ['-std=gnu99', '-fstack-usage'],
    linkFlags: ['-Wl,-u,subject', '-Wl,-e,subject'],
  });
  const report = name.endsWith('.c') ? readFileSync(join(folder, `${name}.su`), 'utf8') : '';
  return { elf, frames: readStackUsage(report) };
}

async function boundOf(text: string, target?: string, optimize?: OptimizeFlag): Promise<StackBound> {
  const { elf, frames } = await build(text, target, optimize);
  return stackBound(elf, ['subject'], frames);
}

const leaf = '__attribute__((noinline)) void leaf(int *x); void leaf(int *x) { __asm__ volatile("" : : "r"(x)); }';

describe.skipIf(gcc === undefined)('the worst stack', () => {
  it('adds the frames of the deepest path', async () => {
    const text = `${leaf}
      __attribute__((noinline)) void deep(int *x);
      void deep(int *x) { int y[50]; y[0] = *x; leaf(y); x[0] = y[1]; leaf(y); }
      int subject(int n);
      int subject(int n) { int z[10]; z[0] = n; leaf(z); deep(z); return z[1]; }`;
    const { elf, frames } = await build(text);
    const bound = stackBound(elf, ['subject'], frames);
    const sum = frames.get('subject')!.bytes + frames.get('deep')!.bytes;
    expect(bound).toEqual({ kind: 'known', bytes: sum, path: ['subject', 'deep'] });
    // the machine code alone says the same
    expect(stackBound(elf, ['subject'])).toEqual(bound);
  });

  it('sees what inline assembly pushes, also in code that is entered by a computed jump', async () => {
    const text = `int subject(int n);
      int subject(int n) {
        __asm__ volatile("push {r4, r5, r6, r7}\\n adr r4, 1f\\n adds r4, #1\\n mov pc, r4\\n .p2align 2\\n"
                         "1:\\n push {r0, r1}\\n add sp, sp, #8\\n pop {r4, r5, r6, r7}\\n" : "+r"(n));
        return n;
      }`;
    expect(await boundOf(text)).toEqual({ kind: 'known', bytes: 24, path: ['subject'] });
  });

  /** A loop that pushes at every turn, entered again by a jump that is computed, after `prepare`. */
  const computedLoop = (prepare: string) => `int subject(int *n);
    int subject(int *n) {
      register int *p __asm__("r0") = n;
      __asm__ volatile("${prepare} b 2f\\n .p2align 2\\n 1: push {r2, r3}\\n 2: ldr r1, [r0], #4\\n add pc, r1\\n nop\\n"
                       "add sp, sp, #64\\n" : "+r"(p) : : "r1", "r2", "r3", "memory");
      return *p;
    }`;

  it('believes what a computed loop that pushes has reserved before, and nothing else', async () => {
    const reserving = await boundOf(computedLoop('sub sp, sp, #64\\n add sp, sp, #64\\n'));
    expect(reserving).toEqual({ kind: 'known', bytes: 64, path: ['subject'] });
    const why = 'a loop of subject takes stack at every turn';
    expect(await boundOf(computedLoop(''))).toEqual({ kind: 'unknown', why });
  });

  it('reads libraries too', async () => {
    const text = `long long subject(long long a, long long b);
      long long subject(long long a, long long b) { return a / b + 1; }`;
    const bound = await boundOf(text, 'cortex-m3');
    expect(bound).toMatchObject({ kind: 'known', path: expect.arrayContaining(['subject', '__aeabi_ldivmod']) });
  });

  it('follows a jump that a linker inserts for what is far away', async () => {
    const text = `.syntax unified\n.thumb\n.text\n.global subject\n.type subject, %function\n.thumb_func\nsubject:
      push {r4, lr}\n bl stub\n pop {r4, pc}\n .size subject, . - subject\n
      .align 2\n.type stub, %function\n.thumb_func\nstub:\n ldr.w pc, [pc, #-0]\n .word there\n .size stub, . - stub\n
      .type there, %function\n.thumb_func\nthere:\n push {r0-r3}\n add sp, #16\n bx lr\n .size there, . - there\n`;
    const { elf } = await build(text, 'stm32f7', '-O2', 'a.S');
    expect(stackBound(elf, ['subject'])).toEqual({ kind: 'known', bytes: 24, path: ['subject', 'stub', 'there'] });
  });

  it('lets a frame go before a call that ends the function', async () => {
    const text = `${leaf}
      __attribute__((noinline)) void big(int *x);
      void big(int *x) { int y[100]; y[0] = *x; leaf(y); *x = y[3]; }
      void subject(int *x);
      void subject(int *x) { int y[40]; y[0] = 1; leaf(y); *x = y[2]; big(x); }`;
    const { elf, frames } = await build(text);
    expect(stackBound(elf, ['subject'], frames)).toMatchObject({ bytes: frames.get('big')!.bytes });
  });

  it('takes the frame from the compiler where the stack pointer is set from a register', async () => {
    const text = `${leaf}
      int subject(int n);
      int subject(int n) { int z[400]; z[0] = n; leaf(z); return z[1]; }`;
    const { elf, frames } = await build(text, 'cortex-m0plus');
    const bound = stackBound(elf, ['subject'], frames);
    const frame = frames.get('subject')!.bytes;
    expect(frame).toBeGreaterThanOrEqual(1600);
    expect(bound).toMatchObject({ kind: 'known' });
    expect((bound as { bytes: number }).bytes - frame).toBeGreaterThanOrEqual(0);
    expect((bound as { bytes: number }).bytes - frame).toBeLessThanOrEqual(40);
    expect(stackBound(elf, ['subject'])).toEqual({
      kind: 'unknown',
      why: 'subject sets the stack pointer from a register',
    });
  });

  it.each([
    [
      'recursion',
      'int subject(int n); int subject(int n) { return n < 2 ? n : subject(n - 1) * subject(n - 2); }',
      'subject -> subject is recursive',
    ],
    [
      'a pointer to a function',
      'int subject(int (*f)(void)); int subject(int (*f)(void)) { return f() + 1; }',
      'subject calls by a pointer',
    ],
    [
      'a pointer to a function at the end',
      'int subject(int (*f)(void)); int subject(int (*f)(void)) { return f(); }',
      'subject calls by a pointer',
    ],
    [
      'an array of variable length',
      `${leaf} int subject(int n); int subject(int n) { int z[n]; leaf(z); return z[0]; }`,
      'the frame of subject has no fixed size',
    ],
    [
      'a loop that pushes',
      'void subject(int n); void subject(int n) { __asm__ volatile("1: push {r0}\\n subs %0, #1\\n bne 1b" : "+r"(n)); }',
      'a loop of subject takes stack at every turn',
    ],
  ])('is unknown with %s', async (_, text, why) => {
    expect(await boundOf(text)).toEqual({ kind: 'unknown', why });
  });

  it("equals the compiler's own numbers on every core", async () => {
    const text = `${leaf}
      int subject(int n);
      int subject(int n) {
        int z[30];
        z[0] = n;
        leaf(z);
        switch (z[1]) {
          case 0: leaf(z + 1); break;
          case 1: z[3] = 5; break;
          case 2: leaf(z + 2); z[4] = 7; break;
          case 3: z[5] = z[2] * 3; break;
          case 4: leaf(z + 3); z[6] = z[1] + z[7]; break;
          default: z[8] = 1;
        }
        leaf(z);
        return z[n & 7];
      }`;
    for (const target of ['cortex-m0plus', 'cortex-m3', 'stm32f4', 'stm32f7']) {
      for (const optimize of ['-O2', '-Os'] as const) {
        const { elf, frames } = await build(text, target, optimize);
        // the smallest core's compiler makes a switch by a helper that pushes a register
        const helper = target === 'cortex-m0plus' && optimize === '-Os' ? 4 : 0;
        const bytes = frames.get('subject')!.bytes + helper;
        expect(stackBound(elf, ['subject']), `${target} ${optimize}`).toMatchObject({ kind: 'known', bytes });
      }
    }
  });
});

describe.skipIf(gcc === undefined)('the Thumb decoder', () => {
  // in the assembler's words, bytes that the stack grows by, where control goes on
  const instructions: readonly (readonly [text: string, bytes: number | null, flow: string])[] = [
    ['push {r0, r3, lr}', 12, 'next'],
    ['push.w {r4-r11, lr}', 36, 'next'],
    ['push.w {r8}', 4, 'next'],
    ['pop {r0, r3}', -8, 'next'],
    ['pop {r4, pc}', -8, 'return'],
    ['pop.w {r4-r8, pc}', -24, 'return'],
    ['ldr pc, [sp], #4', -4, 'return'],
    ['str r0, [sp, #-16]!', 16, 'next'],
    ['ldr r0, [sp], #12', -12, 'next'],
    ['strb r0, [sp, #-1]!', 1, 'next'],
    ['strd r0, r1, [sp, #-8]!', 8, 'next'],
    ['ldrd r0, r1, [sp], #24', -24, 'next'],
    ['ldrd r0, r1, [sp, #24]', 0, 'next'],
    ['stmdb sp!, {r0-r3}', 16, 'next'],
    ['stm sp, {r0-r3}', 0, 'next'],
    ['ldm r0!, {r1, r2, r8}', 0, 'next'],
    ['vpush {d8-d11}', 32, 'next'],
    ['vpush {s16}', 4, 'next'],
    ['vpop {d8-d11}', -32, 'next'],
    ['vstmia r0!, {s0-s3}', 0, 'next'],
    ['sub sp, #508', 508, 'next'],
    ['add sp, #4', -4, 'next'],
    ['sub.w sp, sp, #1024', 1024, 'next'],
    ['subw sp, sp, #1021', 1021, 'next'],
    ['add.w sp, sp, #0x2a40', -0x2a40, 'next'],
    ['addw sp, sp, #1021', -1021, 'next'],
    ['add r0, sp, #16', 0, 'next'],
    ['sub.w r0, sp, #600', 0, 'next'],
    ['mov sp, r7', null, 'next'],
    ['mov r7, sp', 0, 'next'],
    ['add sp, r3', null, 'next'],
    ['sub.w sp, sp, r3', null, 'next'],
    ['bic.w r0, r0, #7', 0, 'next'],
    ['smlad r0, r1, r2, r3', 0, 'next'],
    ['cmp.w r0, #1024', 0, 'next'],
    ['tst.w r0, #1024', 0, 'next'],
    ['dsb', 0, 'next'],
    ['msr basepri, r0', 0, 'next'],
    ['bx lr', 0, 'return'],
    ['bx r3', 0, 'indirect'],
    ['blx r3', 0, 'indirect'],
    ['mov pc, r2', 0, 'computed'],
    ['tbb [pc, r0]', 0, 'computed'],
    ['tbh [pc, r0, lsl #1]', 0, 'computed'],
    ['ldr.w pc, [r0, #4]', 0, 'indirect'],
    ['b.n subject', 0, 'branch'],
    ['beq.n subject', 0, 'branch'],
    ['b.w subject', 0, 'branch'],
    ['bne.w subject', 0, 'branch'],
    ['bl subject', 0, 'call'],
    ['b.w far', 0, 'branch'],
    ['bl far', 0, 'call'],
    ['ble.w far', 0, 'branch'],
    ['cbz r0, near', 0, 'branch'],
    ['cbnz r7, near', 0, 'branch'],
    ['nop', 0, 'next'],
  ];

  it('knows every instruction that moves the stack pointer or the program counter', async () => {
    const text = [
      '.syntax unified\n.thumb\n.text\n.global subject\n.type subject, %function\n.thumb_func\nsubject:',
      ...instructions.map(([instruction]) => instruction),
      'near:\nbx lr\n.size subject, . - subject',
      '.space 70000\n.type far, %function\n.thumb_func\nfar:\nbx lr\n.size far, . - far\n',
    ].join('\n');
    const { elf } = await build(text, 'stm32f7', '-O2', 'a.S');
    const code = mapCode(elf);
    const addressOf = (name: string) => elf.symbols.find((symbol) => symbol.name === name)!.address;
    let address = addressOf('subject');
    for (const [instruction, bytes, kind] of instructions) {
      const decoded = decodeThumb((at) => code.halfwordAt(at)!, address);
      expect({ instruction, bytes: decoded.stackBytes, kind: decoded.flow.kind }).toEqual({ instruction, bytes, kind });
      if (decoded.flow.kind === 'branch' || decoded.flow.kind === 'call') {
        const label = instruction.split(/[ ,]+/).at(-1)!;
        expect([instruction, decoded.flow.target]).toEqual([instruction, addressOf(label) & ~1]);
      }
      address += decoded.sizeBytes;
    }
    expect(address).toBe(addressOf('near'));
  });

  it('knows how many instructions a condition covers', async () => {
    const text = `.syntax unified\n.thumb\n.text\n.global subject\n.type subject, %function\n.thumb_func\nsubject:
      it eq\n popeq {r4, pc}\n itet ne\n movne r0, #1\n moveq r0, #2\n bxne lr\n push {r0}\n bx lr\n
      .size subject, . - subject\n`;
    const { elf } = await build(text, 'stm32f7', '-O2', 'a.S');
    const code = mapCode(elf);
    const start = elf.symbols.find((symbol) => symbol.name === 'subject')!.address;
    const at = (offset: number) => decodeThumb((address) => code.halfwordAt(address)!, start + offset).conditionals;
    expect([at(0), at(2), at(4)]).toEqual([1, 0, 3]);
    // neither of the conditional returns ends the function
    expect(stackBound(elf, ['subject'])).toEqual({ kind: 'known', bytes: 4, path: ['subject'] });
  });
});
