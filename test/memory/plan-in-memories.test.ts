import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadAssets, loadTargetTexts } from '../../compiler/cli/assets.ts';
import { type ArenaMemory, memoriesOfBudgets, memoriesOfTarget } from '../../compiler/memory/arena-memories.ts';
import { heatOf } from '../../compiler/memory/heat.ts';
import { excessBytes, planInMemories } from '../../compiler/memory/plan-in-memories.ts';
import { type ArenaPlan, itemsOf, planArena } from '../../compiler/memory/plan-program.ts';
import { type CompileOptions, compile } from '../../compiler/pipeline.ts';
import { isasOf, type Program, sizeOfBuffer } from '../../compiler/schedule/index.ts';
import { parseTarget, type Target } from '../../compiler/targets/index.ts';
import { checkPlacement } from '../support/check-placement.ts';
import { drawFrom } from '../support/random-graph/draw.ts';
import { graphOfRecipe, graphRecipes } from '../support/random-graph.ts';
import { randomSchedule } from '../support/random-schedule.ts';

const texts = await loadTargetTexts();
const target = parseTarget(texts, 'stm32f7');
const assets = await loadAssets();
const digits = readFileSync(new URL('../../examples/digits/digits.ms', import.meta.url));
const scheduling = {
  isas: isasOf(target),
  lowering: { rounding: 'double' },
  alignmentBytes: 8,
  iterations: 30,
} as const;

function memory(name: string, capacityBytes: number, more: Partial<ArenaMemory> = {}): ArenaMemory {
  const symbol = name.toLowerCase();
  const base = { name, symbol, memories: [], originAddress: 0, section: `.bss.${symbol}`, waitCycles: 0, dma: true };
  return { ...base, capacityBytes, ...more };
}

/** Every item lies in one part as a whole; every part within its memory, if the plan says so. */
function expectInParts(program: Program, plan: ArenaPlan): void {
  const spans = [
    ...program.buffers.map((buffer) => [plan.bufferOffsets.get(buffer.id)!, sizeOfBuffer(buffer)] as const),
    ...program.scratches.map(({ step, sizeBytes }) => [plan.scratchOffsets.get(step)!, sizeBytes] as const),
  ];
  for (const [start, size] of spans) {
    const inside = plan.parts.filter(
      ({ baseOffset, sizeBytes }) => baseOffset <= start && start + size <= baseOffset + sizeBytes,
    );
    expect(inside.length).toBeGreaterThan(0);
  }
  const over = plan.parts.filter(({ memory: { capacityBytes }, sizeBytes }) => sizeBytes > capacityBytes);
  expect(over.length > 0).toBe(excessBytes(plan) > 0);
  expect(plan.sizeBytes).toBe(plan.parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
}

describe('plans of random programs in several memories', () => {
  it('keep live bytes apart and every memory within its capacity', { timeout: 120_000 }, () => {
    let [fitting, divided] = [0, 0];
    const parts = fc.record({ fast: fc.integer({ min: 5, max: 100 }), slow: fc.integer({ min: 20, max: 120 }) });
    fc.assert(
      fc.property(graphRecipes(), fc.nat(0x7fffffff), parts, (recipe, schedule, { fast, slow }) => {
        const { program, plan: alone } = randomSchedule(graphOfRecipe(recipe), drawFrom(schedule), scheduling);
        const memories = [
          memory('FAST', Math.ceil((alone.sizeBytes * fast) / 100), { dma: schedule % 3 !== 0 }),
          memory('SLOW', Math.ceil((alone.sizeBytes * slow) / 100), { waitCycles: 1 }),
        ];
        const plan = planInMemories(program, memories, { alignmentBytes: 8, effort: 100_000 });
        const { faults, neededBytes } = checkPlacement({ program, plan });
        expect(faults).toEqual([]);
        expect(plan.sizeBytes).toBeGreaterThanOrEqual(Math.max(neededBytes, plan.lowerBoundBytes));
        expectInParts(program, plan);
        fitting += excessBytes(plan) === 0 ? 1 : 0;
        divided += plan.parts.length > 1 ? 1 : 0;
      }),
      { numRuns: 150, seed: 1 },
    );
    expect([fitting > 40, divided > 75]).toEqual([true, true]);
  });

  it('are that of one array where one memory holds all', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(graphRecipes(), fc.nat(0x7fffffff), (recipe, schedule) => {
        const { program } = randomSchedule(graphOfRecipe(recipe), drawFrom(schedule), scheduling);
        const options = { alignmentBytes: 8, iterations: 100, effort: 100_000 };
        const { parts: none, ...alone } = planArena(program, options);
        const large = memory('LARGE', 2 * alone.sizeBytes + 8);
        const { parts, ...plan } = planInMemories(program, [large], options);
        expect(none).toEqual([]);
        expect(plan).toEqual(alone);
        const { parts: used, ...first } = planInMemories(
          program,
          [large, memory('MORE', 99, { waitCycles: 2 })],
          options,
        );
        expect(first).toEqual(alone);
        expect([parts.length, used.length]).toEqual([1, 1]);
      }),
      { numRuns: 60, seed: 2 },
    );
  });
});

describe('the heat of items', () => {
  it('is what calls read and write, and the caller', () => {
    const { program } = compile(digits, { fileName: 'digits.ms', target, assets });
    const heats = heatOf(program, itemsOf(program));
    const bufferOf = (id: number) => program.bufferOfTensor.get(id)!;
    const input = bufferOf(program.graph.inputs[0]!);
    // written once by the caller; the first layer's windows overlap
    expect(heats[input.id]).toBeGreaterThan(2 * 784);
    const output = bufferOf(program.graph.outputs[0]!);
    expect(heats[output.id]).toBe(2 * sizeOfBuffer(output));
    expect(heats.every((heat) => heat > 0)).toBe(true);
  });
});

/** `stm32f4` with less SRAM, apart from a CCM. */
function chip(sramBytes: number, ccmBytes: number): Target {
  const memories = [
    { name: 'SRAM', kind: 'ram', originAddress: '0x20000000', sizeBytes: sramBytes },
    { name: 'CCM', kind: 'ram', originAddress: '0x10000000', sizeBytes: ccmBytes, section: '.bss.ccm', dma: false },
  ];
  const json = { extends: 'stm32f4', description: 'a chip', memories };
  return parseTarget(new Map(texts).set('chip', JSON.stringify(json)), 'chip');
}

describe('a compilation', () => {
  const compiled = (options: Partial<CompileOptions>) =>
    compile(digits, { fileName: 'digits.ms', target, assets, ...options });
  const whole = compiled({ objective: 'speed' });

  it('divides an arena that fits no RAM in one piece, and says so', () => {
    const sizeBytes = whole.plan.sizeBytes;
    const { plan, diagnostics, files } = compiled({ objective: 'speed', target: chip(sizeBytes - 8, sizeBytes - 16) });
    expect(plan.parts.map(({ memory: { name } }) => name)).toEqual(['SRAM', 'CCM']);
    expect(diagnostics).toMatchObject([{ name: 'arena-divided', severity: 'note' }]);
    expect(files[1]!.text).toMatch(
      /#define DIGITS_ARENA_SIZE (\d+) .*\n#define DIGITS_ARENA_SRAM_SIZE \d+ .*SRAM .*\n/,
    );
    const { program, plan: roomy } = compiled({ objective: 'speed', target: chip(sizeBytes, 8) });
    expect([roomy.parts, roomy.sizeBytes]).toEqual([[], sizeBytes]);
    expect(program.graph.inputs.length).toBe(1);
  });

  it('keeps one array for an arena of the caller, or that is to lie in one memory', () => {
    const small = chip(whole.plan.sizeBytes - 8, whole.plan.sizeBytes - 8);
    const fast = { objective: 'speed', target: small } as const;
    expect(() => compiled({ ...fast, arena: 'caller' })).toThrow('arena-too-large');
    const place = [{ what: 'arena', memory: 'CCM', layers: [] }] as const;
    expect(() => compiled({ ...fast, place })).toThrow('placement-too-large');
  });

  it('takes a slower schedule where the fastest fits no memories', () => {
    const budgets = [
      { memory: 'CCM', bytes: 1600 },
      { memory: 'SRAM', bytes: 2800 },
    ];
    const { plan, program } = compiled({ target: chip(65536, 65536), memoryBudgets: budgets });
    expect(excessBytes(plan)).toBe(0);
    expect(plan.sizeBytes).toBeLessThanOrEqual(4400);
    expect(plan.parts.length).toBe(2);
    expect(checkPlacement({ program, plan }).faults).toEqual([]);
    expect(() => compiled({ target: chip(65536, 65536), memoryBudgets: [{ memory: 'CCM', bytes: 100 }] })).toThrow(
      /over-ram-budget: --ram: the best plan found takes \d+ bytes of CCM, \d+ more than allowed/,
    );
  });

  it('keeps inputs and outputs where DMA reaches them, unless nothing else is allowed', () => {
    const port = ({ plan, program }: ReturnType<typeof compiled>, id: number) => {
      const offset = plan.bufferOffsets.get(program.bufferOfTensor.get(id)!.id)!;
      return plan.parts.findLast(({ baseOffset }) => baseOffset <= offset)!.memory.name;
    };
    const both = compiled({
      target: chip(65536, 65536),
      memoryBudgets: [
        { memory: 'ccm', bytes: 40_000 },
        { memory: 'sram', bytes: 40_000 },
      ],
    });
    const { inputs, outputs } = both.graph;
    expect([port(both, inputs[0]!), port(both, outputs[0]!)]).toEqual(['SRAM', 'SRAM']);
    expect(both.diagnostics).toEqual([]);
    const one = compiled({ target: chip(65536, 65536), memoryBudgets: [{ memory: 'ccm', bytes: 40_000 }] });
    expect(port(one, inputs[0]!)).toBe('CCM');
    expect(one.diagnostics.map(({ name }) => name)).toEqual(['port-without-dma', 'port-without-dma']);
    expect(one.files[0]!.text).toContain('#define DIGITS_SECTION_ARENA __attribute__((section(".bss.ccm")))');
  });

  it('puts what is used most into the fastest memory', () => {
    const { plan } = compiled({
      objective: 'speed',
      memoryBudgets: [
        { memory: 'SRAM1', bytes: 65536 },
        { memory: 'DTCM', bytes: 2048 },
      ],
    });
    expect(plan.parts.map(({ memory: { name } }) => name)).toEqual(['DTCM', 'SRAM1']);
    const [fast, slow] = plan.parts as [ArenaPlan['parts'][number], ArenaPlan['parts'][number]];
    expect(fast.accessBytes / fast.sizeBytes).toBeGreaterThan(slow.accessBytes / slow.sizeBytes);
  });

  it('streams an input into two memories', () => {
    const { plan, program, files } = compiled({
      streamInput: true,
      memoryBudgets: [
        { memory: 'DTCM', bytes: 1200 },
        { memory: 'SRAM1', bytes: 4000 },
      ],
    });
    expect(excessBytes(plan)).toBe(0);
    expectInParts(program, plan);
    const used = plan.parts.find(
      ({ baseOffset, sizeBytes }) =>
        baseOffset <= plan.progressOffset! && plan.progressOffset! + 8 <= baseOffset + sizeBytes,
    )!;
    expect(files[0]!.text).toMatch(
      new RegExp(`return DIGITS_AT_${used.memory.name}\\(int32_t, ${plan.progressOffset! - used.baseOffset}\\)`),
    );
  });
});

describe('budgets', () => {
  const budget = (text: string) => {
    const [name, bytes] = text.split('=');
    return { memory: name!, bytes: Number(bytes) };
  };

  it('are in the order of waits, then in their own', () => {
    const f4 = parseTarget(texts, 'stm32f4');
    const names = (of: Target, ...list: readonly string[]) =>
      memoriesOfBudgets(of, list.map(budget)).map(({ name }) => name);
    expect(names(target, 'sram2=9', 'dtcm=9', 'sram1=9')).toEqual(['DTCM', 'SRAM2', 'SRAM1']);
    expect(names(f4, 'CCM=9', 'SRAM2+SRAM1=130000')).toEqual(['CCM', 'SRAM1+SRAM2']);
    expect(memoriesOfTarget(f4).map(({ name, capacityBytes }) => [name, capacityBytes])).toEqual([
      ['SRAM1+SRAM2+SRAM3', 196608],
      ['CCM', 65536],
    ]);
  });

  it.each([
    ['stm32f7', ['DTCN=9'], 'unknown-memory'],
    ['stm32f7', ['ITCM=9'], 'unknown-memory'],
    ['stm32f7', ['FLASH=9'], 'unknown-memory'],
    ['cortex-m7', ['DTCM=9'], 'unknown-memory'],
    ['stm32f7', ['DTCM+SRAM2=9'], 'unknown-memory'],
    ['stm32f7', ['DTCM=9', 'SRAM1+DTCM=9'], 'invalid-option'],
    ['stm32f4', ['SRAM1=114689'], 'memory-budget-too-large'],
  ])('are refused on %s: %s', (name, list, failure) => {
    expect(() => memoriesOfBudgets(parseTarget(texts, name), list.map(budget))).toThrow(failure);
  });
});
