import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { digits, digitsTflite, msc, namesOf, temporaryFolder } from './msc.ts';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const both = ['compile', digits, digitsTflite, '-t', 'stm32f7', '--shared-arena'];

describe.concurrent('msc compile --shared-arena', () => {
  test('writes one .c, a header for all and one for each model, and the report', async () => {
    const { code, stdout, stderr } = await msc([
      ...both,
      '--as',
      'reader,checker',
      '-o',
      at('plain'),
      '--name',
      'desk',
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(readdirSync(at('plain')).sort()).toEqual(['checker.h', 'desk.c', 'desk.h', 'desk.json', 'reader.h']);
    expect(stdout).toMatch(
      /^desk: 2 models for stm32f7\n {2}RAM {4}[\d,]+ bytes of arena; [\d,]+ in arenas of their own/,
    );
    expect(readFileSync(at('plain/desk.h'), 'utf8')).toContain('#include "reader.h"\n#include "checker.h"\n');
  });

  test('prints the report as JSON, with exactly the names of the contract', async () => {
    const { code, stdout } = await msc([...both, '--as', 'reader,checker', '-o', at('json'), '--live', '--json']);
    expect(code).toBe(0);
    expect(readFileSync(at('json/models.json'), 'utf8')).toBe(stdout);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ schema: 1, name: 'models', target: 'stm32f7', memory: { live: true } });
    const [reader, checker] = report.models;
    expect([reader.model.name, checker.model.name]).toEqual(['reader', 'checker']);
    const { models, ...rest } = namesOf(report) as { readonly models: unknown };
    expect(rest).toEqual({
      schema: null,
      name: null,
      target: null,
      memory: { arenaBytes: null, lowerBoundBytes: null, live: null },
      flash: { codeBytes: null, modelledCodeBytes: null, weightBytes: null },
      diagnostics: [],
    });
    const alone = await msc(['compile', digits, '-t', 'stm32f7', '-o', at('alone'), '--json']);
    expect(models).toEqual([namesOf(JSON.parse(alone.stdout))]);
  });

  test('-v, --arena caller and --stop-after', async () => {
    const [built, stopped] = await Promise.all([
      msc([...both, '--as', 'reader,checker', '-o', at('caller'), '--arena', 'caller', '-v']),
      msc([...both, '--stop-after', 'remove-dead-nodes'], folder),
    ]);
    expect([built.code, stopped.code]).toEqual([0, 0]);
    expect(built.stderr).toMatch(/^read .*digits\.ms: [\d,]+ bytes\nread .*digits\.tflite: [\d,]+ bytes\n$/);
    expect(readFileSync(at('caller/reader.h'), 'utf8')).toMatch(/reader_run\(void \*arena\)/);
    expect(stopped.stdout.match(/^graph /gm)).toHaveLength(2);
  });

  test.each([
    ['several models without it', ['compile', digits, digitsTflite, '-t', 'stm32f7'], '--shared-arena beside it'],
    ['--as without it', ['compile', digits, '-t', 'stm32f7', '--as', 'a'], '--shared-arena beside it'],
    ['--live without it', ['compile', digits, '-t', 'stm32f7', '--live'], '--shared-arena beside it'],
    ['two models of one name', both, "its name, 'digits', is taken"],
    ['names that differ only in case', [...both, '--as', 'a,A'], "its name, 'A', is taken"],
    ['the name of all for one', [...both, '--as', 'a,b', '--name', 'b'], "its name, 'b', is taken"],
    ['too few names', [...both, '--as', 'a'], '1 names for 2 models'],
    ['a name that C refuses', [...both, '--as', 'a,2'], 'a C identifier'],
  ])('refuses %s', async (_, args, message) => {
    const { code, stdout, stderr } = await msc(args, folder);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error MSC8004 invalid-option\n/);
    expect(stderr).toContain(message);
  });
});
