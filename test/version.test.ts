import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { mscVersion } from '../compiler/version.ts';

test('the version in generated files and reports is the package', () => {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  expect(mscVersion).toBe((JSON.parse(text) as { readonly version: string }).version);
});
