import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findArmGcc } from '../../compiler/toolchain/index.ts';
import { digits, msc, temporaryFolder } from './msc.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const gcc = await findArmGcc();
const two = ['--ram', 'DTCM=1k', '--ram', 'sram1=6k'];

describe.concurrent('--ram with memories', () => {
  test('gives an array for each, and says what lies there', async () => {
    const args = ['compile', digits, '-t', 'stm32f7', '--optimize', 'speed'];
    const [text, json, commas] = await Promise.all([
      msc([...args, '-o', at('two'), ...two]),
      msc([...args, '-o', at('json'), ...two, '--json']),
      msc([...args, '-o', at('commas'), '--ram', 'DTCM=1k,sram1=6k']),
    ]);
    expect([text.code, text.stderr, json.code, commas.code]).toEqual([0, '', 0, 0]);
    expect(text.stdout).toMatch(
      /\n {9}DTCM [\d,]+ of 1,024 bytes; \d+ % of .*\n {9}SRAM1 [\d,]+ of 6,144 bytes; \d+ %/,
    );
    const { memory } = JSON.parse(json.stdout);
    expect(
      memory.memories.map((one: { name: string; capacityBytes: number }) => [one.name, one.capacityBytes]),
    ).toEqual([
      ['DTCM', 1024],
      ['SRAM1', 6144],
    ]);
    const [fast, slow] = memory.memories;
    expect(fast.arenaBytes + slow.arenaBytes).toBe(memory.arenaBytes);
    const header = readFileSync(at('two/digits.h'), 'utf8');
    expect(header).toContain(
      `#define DIGITS_ARENA_SIZE ${memory.arenaBytes} /* bytes of RAM, inputs and outputs included */\n` +
        `#define DIGITS_ARENA_DTCM_SIZE ${fast.arenaBytes} /* of these in DTCM */\n` +
        `#define DIGITS_ARENA_SRAM1_SIZE ${slow.arenaBytes} /* of these in SRAM1 */\n`,
    );
    const source = readFileSync(at('two/digits.c'), 'utf8');
    expect(source).toContain('#define DIGITS_SECTION_ARENA_DTCM __attribute__((section(".bss.dtcm")))');
    expect(source).toMatch(/uint8_t digits_arena_sram1\[DIGITS_ARENA_SRAM1_SIZE\] DIGITS_SECTION_ARENA_SRAM1;/);
    expect(readFileSync(at('commas/digits.c'), 'utf8')).toBe(source);
  });

  test('is one array as ever where one memory is used', async () => {
    const { code, stdout } = await msc([
      ...['compile', digits, '-t', 'stm32f7', '-o', at('one'), '--ram', 'SRAM1=20k,DTCM=20k'],
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\n {9}DTCM [\d,]+ of 20,480 bytes; 100 % of the bytes/);
    const source = readFileSync(at('one/digits.c'), 'utf8');
    expect(source).toContain('uint8_t digits_arena[DIGITS_ARENA_SIZE] DIGITS_SECTION_ARENA;');
    expect(source).toContain('#define DIGITS_SECTION_ARENA __attribute__((section(".bss.dtcm")))');
  });

  test('is shown by msc plan', async () => {
    const args = ['plan', digits, '-t', 'stm32f7', '--optimize', 'speed', ...two];
    const [text, json, svg] = await Promise.all([
      msc(args),
      msc([...args, '--json']),
      msc([...args, '--svg', at('plan.svg')]),
    ]);
    expect([text.code, json.code, svg.code]).toEqual([0, 0, 0]);
    expect(text.stdout).toMatch(/^memory +offset +end .*\nDTCM +0 /);
    expect(text.stdout).toMatch(/\nDTCM [\d,]+ of 1,024 bytes; .*\nSRAM1 [\d,]+ of 6,144 bytes; /);
    const { memories, buffers } = JSON.parse(json.stdout);
    for (const { memory, offset, sizeBytes } of buffers) {
      const { arenaBytes } = memories.find(({ name }: { name: string }) => name === memory);
      expect(offset + sizeBytes).toBeLessThanOrEqual(arenaBytes);
    }
    expect(readFileSync(at('plan.svg'), 'utf8')).toContain('>SRAM1 ');
  });

  test.each([
    [
      'a memory that is not there',
      ['DTCN=1k'],
      2,
      /MSC8010 .*\n.*no memory 'DTCN'\n.*one of DTCM \(65536\), SRAM1 \(245760\)/,
    ],
    ['a memory for code', ['ITCM=1k'], 2, /MSC8010 .*\n.*ITCM of target 'stm32f7' is code-ram, not RAM for data/],
    [
      'more than a memory has',
      ['DTCM=65k'],
      2,
      /MSC8012 .*\n.*1024 bytes more than DTCM has\n.*at most 65536\n?.*\n.*adjacent/,
    ],
    ['a memory twice', ['DTCM=1k', 'DTCM=2k'], 2, /MSC8004 .*\n.*DTCM a second time/],
    ['memories with a gap', ['DTCM+SRAM2=1k'], 2, /MSC8010 .*\n.*not adjacent/],
    [
      'a number beside memories',
      ['DTCM=1k', '9k'],
      2,
      /MSC8004 .*\n.*\n.*one number for the whole arena, or MEMORY=BYTES/,
    ],
    ['two numbers', ['8k', '9k'], 2, /MSC8004 .*\n.*'8k,9k'/],
    ['no bytes', ['DTCM='], 2, /MSC8004 .*\n {2}--ram DTCM: ''\n.*bytes above 0/],
    ['no name', ['=1k'], 2, /MSC8004 .*\n.*\n.*a memory in front/],
    [
      'what fits no memory',
      ['DTCM=500,SRAM1=600'],
      3,
      /MSC4003 .*\n.*the best plan found takes \d+ bytes of .*, \d+ more than allowed .* below \d+ bytes in all\)\n.*at most/,
    ],
  ])('refuses %s', async (_, values, code, message) => {
    const flags = values.flatMap((value) => ['--ram', value]);
    const outcome = await msc(['compile', digits, '-t', 'stm32f7', '-o', at('no'), ...flags]);
    expect(outcome.code).toBe(code);
    expect(outcome.stderr).toMatch(message);
  });

  test.each([
    ['--arena caller', ['--arena', 'caller'], 'a static arena'],
    ['--shared-arena', ['--shared-arena'], '--ram BYTES for the arena of all'],
    ['--place arena', ['--place', 'arena=dtcm'], 'one of the two'],
    ['--pareto', ['--pareto'], '--pareto without it'],
  ])('refuses the option beside %s', async (_, others, requires) => {
    const outcome = await msc(['compile', digits, '-t', 'stm32f7', '-o', at('no'), ...two, ...others]);
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toMatch(/^error MSC8004 invalid-option\n {2}--ram: /);
    expect(outcome.stderr).toContain(requires);
  });

  test.skipIf(gcc === undefined)('runs in them', { timeout: 60_000 }, async () => {
    writeFileSync(
      at('input.bin'),
      Uint8Array.from({ length: 784 }, (_, i) => (i * 37) % 256),
    );
    const args = ['run', digits, '-t', 'stm32f7', '--optimize', 'speed', '--input', at('input.bin')];
    const [plain, divided] = await Promise.all([
      msc([...args, '--output', at('plain'), '--json']),
      msc([...args, '--output', at('divided'), ...two]),
    ]);
    expect([plain.code, divided.code]).toEqual([0, 0]);
    expect(divided.stdout).toMatch(/RAM +arena [\d,]+, stack .*\n +DTCM [\d,]+ of 1,024 bytes; /);
    expect(readFileSync(at('divided/output_0.bin')).equals(readFileSync(at('plain/output_0.bin')))).toBe(true);
  });
});
