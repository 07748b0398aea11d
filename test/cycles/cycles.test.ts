import { describe, expect, test } from 'vitest';
import { blockCyclesM4, takenCyclesM4 } from '../../compiler/cycles/cortex-m4.ts';
import { blockCyclesM7 } from '../../compiler/cycles/cortex-m7.ts';
import { type BlockCount, countCycles, parseDisassembly } from '../../compiler/cycles/index.ts';

/** Lines as objdump writes them, from address 0 on; all are wide unless they say `.n`. */
function program(lines: readonly string[]) {
  let address = 0;
  const text = lines.map((line) => {
    const [mnemonic = '', ...operands] = line.split(' ');
    const isNarrow = mnemonic.endsWith('.n');
    const printed = `    ${address.toString(16)}:\t${isNarrow ? '0000      ' : '0000 0000 '}\t${mnemonic}\t${operands.join(' ')}`;
    address += isNarrow ? 2 : 4;
    return printed;
  });
  return parseDisassembly(text.join('\n'));
}

const block = (lines: readonly string[]) => [...program(lines).values()];

describe('what an instruction reads and writes', () => {
  test.each([
    ['ldr.w r1, [r0], #4', 'load', ['r0'], ['r1', 'r0']],
    ['ldr.w r1, [r0, r2, lsl #2]', 'load', ['r0', 'r2'], ['r1']],
    ['ldrd r2, r3, [r1], #8', 'load-several', ['r1'], ['r2', 'r3', 'r1']],
    ['ldmia.w r0!, {r4, r5, r6}', 'load-several', ['r0'], ['r4', 'r5', 'r6', 'r0']],
    ['pop {r4, pc}', 'load-several', ['sp'], ['r4', 'pc', 'sp']],
    ['push {r4, lr}', 'store-several', ['r4', 'lr', 'sp'], ['sp']],
    ['str.w r2, [r3, #4]!', 'store', ['r2', 'r3'], ['r3']],
    ['smlad r7, r2, r4, r7', 'multiply', ['r2', 'r4', 'r7'], ['r7']],
    ['smull r0, r1, r2, r3', 'multiply', ['r2', 'r3'], ['r0', 'r1']],
    ['smlal r0, r1, r2, r3', 'multiply', ['r2', 'r3', 'r0', 'r1'], ['r0', 'r1']],
    ['adds.n r0, #8', 'alu', ['r0'], ['r0']],
    ['mov.w r8, sl', 'alu', ['r10'], ['r8']],
    ['bfi r10, r7, #8, #8', 'alu', ['r7', 'r10'], ['r10']],
    ['cmp.n r0, lr', 'alu', ['r0', 'lr'], []],
    ['sxtb16 r11, r9, ror #8', 'simd', ['r9'], ['r11']],
    ['vfma.f32 s0, s16, s20', 'float-multiply-add', ['s16', 's20', 's0'], ['s0']],
    ['vldmia r0!, {s16-s19}', 'float-load-several', ['r0'], ['s16', 's17', 's18', 's19', 'r0']],
    ['mov pc, r2', 'indirect-branch', ['r2'], ['pc']],
    ['bl 8000 <f>', 'branch', [], ['lr']],
    ['ble.n 8000 <f+0x4>', 'branch', [], []],
    ['bics.w r0, r1, r2', 'alu', ['r1', 'r2'], ['r0']],
  ])('%s', (line, kind, reads, writes) => {
    expect(block([line])[0]).toMatchObject({ kind, reads, writes });
  });

  test('data among the code is left out', () => {
    expect(parseDisassembly('   10:\t00000000 \t.word\t0x00000000\n   14:\t4770      \tbx\tlr').size).toBe(1);
  });
});

describe('Cortex-M4', () => {
  test.each([
    ['arithmetic takes a cycle each', ['add.w r0, r1, r2', 'smlad r3, r0, r1, r3', 'sxtb16 r4, r3'], 3],
    ['a load alone takes two', ['ldr.w r0, [r1]', 'add.w r2, r2, r0'], 3],
    ['three loads in a row take four', ['ldr.w r0, [r1]', 'ldr.w r2, [r1, #4]', 'ldr.w r3, [r1, #8]'], 4],
    ['a load from what was just loaded waits', ['ldr.w r0, [r1]', 'ldr.w r2, [r0]'], 4],
    ['a load behind a store is pipelined', ['str.w r0, [r1]', 'ldr.w r2, [r3]'], 2],
    ['nothing is pipelined behind a store to a sum', ['str.w r0, [r1, r2]', 'ldr.w r2, [r3]'], 4],
    ['several words take one more', ['ldrd r2, r3, [r1], #8', 'ldmia.w r0!, {r4, r5, r6}', 'push {r4, lr}'], 3 + 4 + 3],
    ['a division takes seven', ['sdiv r0, r1, r2'], 7],
    ['a float product and sum takes three', ['vfma.f32 s0, s16, s20', 'vfma.f32 s1, s16, s21'], 6],
    ['a float result that is needed at once is late', ['vadd.f32 s0, s1, s2', 'vmul.f32 s3, s0, s0'], 3],
  ])('%s', (_, lines, cycles) => {
    expect(blockCyclesM4(block(lines))).toBe(cycles);
  });

  test('a branch that is taken refills the pipeline, longer for a wide instruction across two words', () => {
    const code = program(['nop.n', 'add.w r0, r0, r0', 'bne.n 2 <x>', 'bne.n 0 <x>', 'bx.n lr']);
    expect([6, 8, 10].map((address) => takenCyclesM4(code.get(address)!, code))).toEqual([2, 1, 2]);
    expect(takenCyclesM4(code.get(2)!, code)).toBe(0);
  });
});

describe('Cortex-M7', () => {
  test.each([
    ['two independent instructions share a cycle', ['add.w r0, r1, r2', 'add.w r3, r4, r5'], 1],
    ['the second must not need the first', ['add.w r0, r1, r2', 'add.w r3, r0, r5'], 2],
    ['there is one multiplier', ['smlad r0, r4, r5, r0', 'smlad r1, r4, r5, r1'], 2],
    ['sums follow one another without waiting', ['smlad r0, r4, r5, r0', 'smlad r0, r6, r5, r0'], 2],
    ['a product goes with a load', ['smlad r0, r4, r5, r0', 'ldr.w r1, [r2]'], 1],
    ['a product does not go with a store', ['smlad r0, r4, r5, r0', 'str.w r1, [r2]'], 2],
    ['two loads go together', ['ldr.w r0, [r2]', 'ldr.w r1, [r3]'], 1],
    ['two stores do not', ['str.w r0, [r2]', 'str.w r1, [r3]'], 2],
    ['SXTB16 is older', ['sxtb16 r0, r1', 'add.w r2, r3, r4'], 1],
    ['SXTB16 is not younger', ['add.w r2, r3, r4', 'sxtb16 r0, r1'], 2],
    ['one operand a cycle is shifted', ['add.w r0, r1, r2, lsl #2', 'add.w r3, r4, r5, lsl #2'], 2],
    ['several words go alone, two a cycle', ['ldrd r2, r3, [r1]', 'ldmia.w r0!, {r4, r5, r6}', 'add.w r8, r9, r10'], 4],
    ['a loaded value is no factor in the next cycle', ['ldr.w r0, [r2]', 'smlad r1, r0, r3, r1'], 3],
    ['a loaded value is added in the next cycle', ['ldr.w r0, [r2]', 'add.w r1, r0, r3'], 2],
    ['float sums wait for one another', ['vadd.f32 s0, s1, s2', 'vadd.f32 s0, s0, s3'], 4],
    ['float products of their own sums do not', ['vfma.f32 s0, s8, s9', 'vfma.f32 s1, s8, s9'], 2],
    ['nothing is issued beside a branch before it', ['b.n 10 <x>', 'add.w r0, r1, r2'], 2],
    ['a branch goes with what is before it', ['cmp.n r0, r1', 'bne.n 10 <x>'], 1],
  ])('%s', (_, lines, cycles) => {
    expect(blockCyclesM7(block(lines))).toBe(cycles);
  });
});

describe('a program', () => {
  const code = program(['subs.n r0, #1', 'add.w r1, r1, r2', 'bne.n 0 <x>', 'bx.n lr']);
  const loop: BlockCount = { step: 0, address: 0, instructions: 3, times: 10, fell: 1 };
  const end: BlockCount = { step: -1, address: 8, instructions: 1, times: 1, fell: 0 };

  test('takes its blocks times their counts, and branches where they are taken', () => {
    // three cycles and one more for each of nine branches; then the return with two
    expect(countCycles([loop, end], code, 'cortex-m4')).toEqual({
      total: 39 + 3,
      steps: new Map([
        [0, 39],
        [-1, 3],
      ]),
    });
    // two cycles, and one branch predicted wrongly; then the return with one more
    expect(countCycles([loop, end], code, 'cortex-m7')!.total).toBe(26 + 2);
  });

  test('is not guessed where code is missing', () => {
    expect(countCycles([{ ...end, instructions: 2 }], code, 'cortex-m4')).toBeNull();
  });
});
