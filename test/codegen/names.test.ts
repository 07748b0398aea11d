import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withPrefix } from '../../compiler/codegen/amalgamate.ts';
import { commentText } from '../../compiler/codegen/comment.ts';
import { cNameFrom, isCName } from '../../compiler/codegen/index.ts';

const runs = { numRuns: 1000, seed: 1 };
/** Text that a model file could use to leave the comment or the identifier that it is written into. */
const hostile = fc.oneof(
  fc
    .array(fc.constantFrom('*', '/', '\\', '?', '\n', '\r', '\u2028', 'é', '"', 'a', '_', ' ', '\0', '{{x}}'), {
      maxLength: 12,
    })
    .map((parts) => parts.join('')),
  fc.string({ unit: 'binary' }),
);

test('any text stays in its comment', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const safe = commentText(text);
      expect(safe).toMatch(/^[\x20-\x7e]*$/);
      expect(safe).not.toMatch(/\*\/|\/\*|\?\?|\\$/);
    }),
    runs,
  );
});

test('any text becomes a name for C, which stays as it is', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const name = cNameFrom(text);
      expect(isCName(name)).toBe(true);
      expect(cNameFrom(name)).toBe(name);
    }),
    runs,
  );
});

test.each([
  ['net', 'static NET_SECTION_CODE void net_f(void) { NET_X; } NET_INLINE'],
  ['msc', 'static MSC_SECTION_CODE void msc_f(void) { MSC_X; } MSC_INLINE'],
  ['msc_demo', 'static MSC_DEMO_SECTION_CODE void msc_demo_f(void) { MSC_DEMO_X; } MSC_DEMO_INLINE'],
])('the prefix %s, which may start as the library does', (prefix, expected) => {
  expect(withPrefix('MSC_KERNEL void msc_f(void) { MSC_X; } static inline', prefix)).toBe(expected);
});
