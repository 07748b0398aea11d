import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeTflite } from '../../compiler/frontends/index.ts';
import { mscVersion } from '../../compiler/version.ts';
import { unknownOperator } from './models.ts';
import { digits, msc, mscFromSource, temporaryFolder } from './msc.ts';

const folder = temporaryFolder();

describe.concurrent('what msc shows', () => {
  test('inspect: a table, and the same as JSON', async () => {
    const [text, json] = await Promise.all([msc(['inspect', digits]), msc(['inspect', digits, '--json'])]);
    expect([text.code, json.code]).toEqual([0, 0]);
    expect(text.stdout).toContain('MindSpore Lite model, written by MindSpore Lite');
    expect(text.stdout).toMatch(/\n {3}0 {2}Conv2DFusion +strokes +int8 \[1, 28, 28, 8\] +scale /);
    const report = JSON.parse(json.stdout);
    expect(report).toMatchObject({ schema: 1, model: { format: 'mslite' }, diagnostics: [] });
    expect(Object.keys(report.layers[0])).toEqual(['name', 'operator', 'inputs', 'outputs', 'macs', 'weightBytes']);
    const macs = report.layers.reduce((sum: number, layer: { readonly macs: number }) => sum + layer.macs, 0);
    expect(text.stdout).toContain(`${macs.toLocaleString('en-US')} MACs`);
  });

  test('inspect: a model that msc cannot compile, and why', async () => {
    const path = join(folder, 'operator.tflite');
    writeFileSync(path, writeTflite(unknownOperator));
    const { code, stdout, stderr } = await msc(['inspect', path]);
    expect(code).toBe(0);
    expect(stdout).toContain('CUMSUM');
    expect(stderr).toMatch(/^msc cannot compile it:\nerror MSC2\d{3} /);
  });

  test('targets', async () => {
    const { code, stdout } = await msc(['targets', '--json']);
    const { schema, targets } = JSON.parse(stdout);
    expect({ code, schema }).toEqual({ code: 0, schema: 1 });
    const names = targets.map((target: { readonly name: string }) => target.name);
    expect(names).toEqual(expect.arrayContaining(['cortex-m0plus', 'cortex-m3', 'host', 'stm32f4', 'stm32f7']));
  });

  test('operators', async () => {
    const { code, stdout } = await msc(['operators', '--json']);
    const { schema, operators } = JSON.parse(stdout);
    expect({ code, schema }).toEqual({ code: 0, schema: 1 });
    expect(operators).toContainEqual(expect.objectContaining({ name: 'conv2d', tflite: ['CONV_2D'] }));
  });

  test('doctor', async () => {
    const { code, stdout } = await msc(['doctor', '--json']);
    const { schema, tools } = JSON.parse(stdout);
    expect({ code, schema }).toEqual({ code: 0, schema: 1 });
    expect(tools.length).toBeGreaterThan(2);
    for (const tool of tools) {
      expect(tool).toMatchObject({ name: expect.any(String), install: expect.any(String) });
    }
  });

  test('plan: the table with offsets; 3 where the capacity is too small', async () => {
    const path = join(folder, 'buffers.csv');
    writeFileSync(path, 'id,lower,upper,size\na,0,2,64\nb,1,3,32\nc,2,4,64\n');
    const [smallest, tooSmall] = await Promise.all([msc(['plan', path]), msc(['plan', path, '--capacity', '95'])]);
    expect(smallest.code).toBe(0);
    expect(smallest.stdout).toMatch(/^id,lower,upper,size,offset\na,0,2,64,\d+\nb,1,3,32,\d+\nc,2,4,64,\d+\n$/);
    expect(smallest.stderr).toBe('96 bytes; the lower bound is 96; no plan is smaller\n');
    expect(tooSmall.code).toBe(3);
  });

  test('--version and --help', async () => {
    const [version, source, help] = await Promise.all([
      msc(['--version']),
      mscFromSource(['--version']),
      msc(['--help']),
    ]);
    expect(version).toEqual({ code: 0, stdout: `${mscVersion}\n`, stderr: '' });
    expect(source).toEqual(version);
    expect(help.code).toBe(0);
    expect(help.stdout).toMatch(/compile[\s\S]*run[\s\S]*inspect[\s\S]*targets[\s\S]*operators[\s\S]*doctor/);
  });
});
