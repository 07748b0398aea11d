import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { digits, msc, temporaryFolder } from './msc.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);

describe.concurrent('msc plan of a model', () => {
  test('prints a table of its buffers, or JSON', async () => {
    const [text, json] = await Promise.all([
      msc(['plan', digits, '-t', 'stm32f7']),
      msc(['plan', digits, '-t', 'stm32f7', '--json']),
    ]);
    expect(text.code).toBe(0);
    expect(text.stdout).toMatch(/^ *offset +end +bytes +rows +steps +what\n/);
    const report = JSON.parse(json.stdout);
    expect(report).toMatchObject({ schema: 1, target: 'stm32f7' });
    expect(Math.max(...report.buffers.map((b: { offset: number; sizeBytes: number }) => b.offset + b.sizeBytes))).toBe(
      report.arenaBytes,
    );
  });

  test('--svg draws it, the same every time, within a budget', async () => {
    const args = ['plan', digits, '-t', 'stm32f7', '--ram', '5k', '--svg'];
    const [one, other] = await Promise.all([msc([...args, at('new/one.svg')]), msc([...args, at('other.svg')])]);
    expect([one, other].map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    expect(readFileSync(at('new/one.svg'), 'utf8')).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    expect(readFileSync(at('new/one.svg')).equals(readFileSync(at('other.svg')))).toBe(true);
    expect(readdirSync(at('new'))).toEqual(['one.svg']);
  });

  test('needs a target, and has no capacity', async () => {
    const [target, capacity] = await Promise.all([
      msc(['plan', digits, '--svg', at('no.svg')]),
      msc(['plan', digits, '-t', 'stm32f7', '--capacity', '9999']),
    ]);
    expect([target.code, capacity.code]).toEqual([2, 2]);
    expect(target.stderr).toMatch(/^error MSC8004 invalid-option\n {2}--target/);
    expect(existsSync(at('no.svg'))).toBe(false);
  });
});

describe('msc plan of a table', () => {
  test('places the buffers, and refuses what is for models', async () => {
    writeFileSync(at('buffers.csv'), 'id,lower,upper,size\na,0,2,8\nb,1,3,8\nc,2,4,8\n');
    const good = await msc(['plan', at('buffers.csv'), '--capacity', '16']);
    expect({ code: good.code, lines: good.stdout.trim().split('\n').length }).toEqual({ code: 0, lines: 4 });
    const wrong = await msc(['plan', at('buffers.csv'), '--svg', at('no.svg')]);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(/^error MSC8004 invalid-option\n {2}--svg/);
  });
});
