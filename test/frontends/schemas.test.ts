import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Schema, typeKindOf } from '../../compiler/frontends/flatbuffer/schema.ts';
import { msliteSchema } from '../../compiler/frontends/mslite/schema.generated.ts';
import { tfliteSchema } from '../../compiler/frontends/tflite/schema.generated.ts';

const factsFolder = '../shared/formats';
const hasFacts = existsSync(factsFolder);
if (!hasFacts) {
  console.log(`skipped: generating the schemas anew, since ${factsFolder} is absent`);
}

test.each([
  ['tflite', tfliteSchema as Schema],
  ['mslite', msliteSchema as Schema],
])('%s: every type exists, slots are distinct, defaults are members', (_, schema) => {
  expect(schema.tables).toHaveProperty(schema.root);
  for (const members of Object.values(schema.unions)) {
    for (const table of Object.keys(members)) {
      expect(schema.tables).toHaveProperty(table);
    }
  }
  for (const [name, table] of Object.entries(schema.tables)) {
    const slots = Object.values(table).flatMap(([slot, type]) =>
      typeKindOf(schema, type) === 'union' ? [slot - 1, slot] : [slot],
    );
    expect(new Set(slots).size, name).toBe(slots.length);
    for (const [, type, absent] of Object.values(table)) {
      const inner = type.replace(/^\[|\]$/g, '');
      expect(typeKindOf(schema, inner)).not.toBe('vector');
      if (typeKindOf(schema, inner) === 'enum' && absent !== undefined) {
        expect(schema.enums[inner]?.values).toHaveProperty(String(absent));
      }
    }
  }
});

test.skipIf(!hasFacts).each([
  ['tflite', 'tflite.json'],
  ['mslite', 'mslite-msl2.json'],
])(
  '%s: the generated file is what the facts give',
  (frontend, facts) => {
    const folder = mkdtempSync(join(tmpdir(), 'msc-schemas-'));
    try {
      const output = join(folder, frontend, 'schema.generated.ts');
      execFileSync('npx', ['tsx', 'scripts/generate-schemas.ts', join(factsFolder, facts), output], { stdio: 'pipe' });
      expect(readFileSync(output, 'utf8')).toBe(
        readFileSync(`compiler/frontends/${frontend}/schema.generated.ts`, 'utf8'),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  60_000,
);
