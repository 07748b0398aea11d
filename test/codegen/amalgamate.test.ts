import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadAssets, loadTargetTexts } from '../../compiler/cli/assets.ts';
import { amalgamate, withPrefix } from '../../compiler/codegen/amalgamate.ts';
import { type Item, parseCSource } from '../../compiler/codegen/c-source.ts';
import { commentText } from '../../compiler/codegen/comment.ts';
import { cNameFrom, isCName } from '../../compiler/codegen/names.ts';
import { writeTflite } from '../../compiler/frontends/index.ts';
import { compile } from '../../compiler/pipeline.ts';
import { parseTarget } from '../../compiler/targets/index.ts';
import { smallModel } from './small-model.ts';

const lines = (...text: readonly string[]) => `${text.join('\n')}\n`;

/** Items in one line each: what they define and use, conditionals by their directives. */
function outline(items: readonly Item[]): readonly unknown[] {
  return items.map((item) => {
    if (item.kind === 'include') {
      return item.system ? `<${item.path}>` : `"${item.path}"`;
    }
    return item.kind === 'definition'
      ? item.names.join(' ')
      : item.branches.map(({ directive, items: inner }) => [directive, ...outline(inner)]);
  });
}

describe('parseCSource', () => {
  it('leaves out the include guard, prototypes and detached comments', () => {
    const text = lines(
      '/* SPDX */',
      '/* About the file. */',
      '#ifndef MSC_X_H',
      '#define MSC_X_H',
      '',
      '#include <stdint.h>',
      '#include "msc/base.h"',
      '',
      '/* Detached. */',
      '',
      'int msc_prototype(int a,',
      '                  int b);',
      '#endif',
    );
    expect(outline(parseCSource(text))).toEqual(['<stdint.h>', '"msc/base.h"']);
  });

  it('knows what macros, types, tables and functions are called', () => {
    const text = lines(
      '#define MSC_LIMIT(a) \\',
      '    ((a) > 3)',
      'typedef struct {',
      '    int32_t a; /* } not the end; */',
      '} msc_pair;',
      'typedef struct msc_node {',
      '    struct msc_node *next;',
      '} msc_list;',
      'static const int8_t msc_table[2] = {1, 2};',
      '__attribute__((noinline)) static int msc_f(int a) { return a; }',
    );
    expect(outline(parseCSource(text))).toEqual(['MSC_LIMIT', 'msc_pair', 'msc_node msc_list', 'msc_table', 'msc_f']);
  });

  it('nests conditionals', () => {
    const text = lines(
      '#if defined(A)',
      '#include <a.h>',
      '#  if B',
      'static int msc_b(void) { return 1; }',
      '#  endif',
      '#elif C',
      '#else',
      'static int msc_c(void) { return 2; }',
      '#endif',
    );
    expect(outline(parseCSource(text))).toEqual([
      [['#if defined(A)', '<a.h>', [['#  if B', 'msc_b']]], ['#elif C'], ['#else', 'msc_c']],
    ]);
  });

  it('keeps the comment above a definition with it, and does not count uses in comments', () => {
    const [item] = parseCSource(
      lines('/* Calls', '   msc_not(). */', 'static int msc_f(void) { return msc_g(); } /* msc_h */'),
    );
    expect(item).toMatchObject({ names: ['msc_f'], uses: ['msc_f', 'msc_g'] });
    expect((item as { readonly text: string }).text).toMatch(/^\/\* Calls\n/);
  });

  it.each([
    ['an open conditional', '#if A\n'],
    ['an open comment', '/* a\n'],
    ['an open brace', 'int f(void) {\n'],
    ['an #endif too many', '#endif\n'],
  ])('throws on %s', (_, text) => {
    expect(() => parseCSource(text)).toThrow();
  });
});

describe('amalgamate', () => {
  const sources = new Map([
    [
      'include/msc/base.h',
      lines('#ifndef MSC_BASE_H', '#define MSC_BASE_H', '#include <stdint.h>', '#define MSC_KERNEL', '#endif'),
    ],
    [
      'include/msc/math.h',
      lines(
        '#ifndef MSC_MATH_H',
        '#define MSC_MATH_H',
        '#include <math.h>',
        '#include "msc/base.h"',
        '#define MSC_TWO 2',
        'static inline int msc_twice(int a) { return a * MSC_TWO; }',
        'static inline int msc_unused(int a) { return a; }',
        '#if defined(MSC_X)',
        'static inline int msc_pick(int a) { return msc_twice(a); }',
        '#else',
        'static inline int msc_pick(int a) { return a; }',
        '#endif',
        '#endif',
      ),
    ],
    [
      'include/msc/other.h',
      lines('#ifndef MSC_OTHER_H', '#define MSC_OTHER_H', '#include <string.h>', 'typedef int msc_other;', '#endif'),
    ],
    [
      'portable/a__portable.c',
      lines(
        '#include "msc/math.h"',
        '#include "msc/other.h"',
        'MSC_KERNEL int msc_a__portable(int a) { return msc_pick(a); }',
      ),
    ],
    [
      'portable/b__portable.c',
      lines('#include "msc/math.h"', 'MSC_KERNEL int msc_b__portable(int a) { return msc_twice(a); }'),
    ],
  ]);
  const of = (...names: readonly string[]) =>
    amalgamate(
      sources,
      names.map((name) => ({ file: `portable/${name}.c`, name })),
      'net',
    );

  it('takes what the roots use, each once and after what it uses', () => {
    const { code, systemIncludes } = of('a__portable', 'b__portable');
    expect(code).toBe(
      [
        '#define NET_TWO 2',
        'NET_INLINE int net_twice(int a) { return a * NET_TWO; }',
        [
          '#if defined(NET_X)',
          'NET_INLINE int net_pick(int a) { return net_twice(a); }',
          '#else',
          'NET_INLINE int net_pick(int a) { return a; }',
          '#endif',
        ].join('\n'),
        'static NET_SECTION_CODE int net_a__portable(int a) { return net_pick(a); }',
        'static NET_SECTION_CODE int net_b__portable(int a) { return net_twice(a); }',
      ].join('\n\n'),
    );
    expect(systemIncludes).toEqual(['math.h']);
  });

  it('keeps a root that is called by name a function of its own', () => {
    const kernels = new Map([['portable/a__portable.c', 'MSC_KERNEL void msc_a__portable(void) {\n}\n']]);
    const root = { file: 'portable/a__portable.c', name: 'a__portable', isSeparate: true };
    const { code } = amalgamate(kernels, [root], 'net');
    expect(code).toBe('NET_NOINLINE\nstatic NET_SECTION_CODE void net_a__portable(void) {\n}');
  });

  it('leaves out what only another root uses', () => {
    expect(of('b__portable').code).not.toMatch(/pick|NET_X|unused/);
  });

  it('says which file is missing', () => {
    expect(() => of('c__portable')).toThrow('portable/c__portable.c');
  });

  it('replaces the prefix at the start of names only', () => {
    expect(withPrefix('msc_a MSC_B xmsc_c MSC_KERNEL', 'm1')).toBe('m1_a M1_B xmsc_c static M1_SECTION_CODE');
  });
});

describe('text from a model in a comment', () => {
  it.each([
    ['a */ int x; /* b'],
    ['a\nb\r\nc'],
    ['ends in \\'],
    ['ends in ??/'],
    ['*??/\n/'],
    ['/*/'],
    ['**//'],
    ['é 数字 \u202e \u0000'],
    ['???/?/?/?/'],
  ])('%j', (text) => {
    const safe = commentText(text);
    expect(safe).toMatch(/^[\x20-\x7e]*$/);
    expect(safe).not.toMatch(/\*\/|\/\*|\?\?|\\$/);
    expect(safe).not.toBe('');
  });

  it('leaves plain names as they are', () => {
    expect(commentText('block_3/conv:0')).toBe('block_3/conv:0');
  });
});

describe('names in C', () => {
  it.each([
    ['Person-Detect v2', 'person_detect_v2'],
    ['int', 'int_model'],
    ['3d', 'model_3d'],
    ['', 'model'],
    ['数字', 'model'],
    ['__a__b__', 'a_b'],
    ['*/ x', 'x'],
  ])('%j becomes %s', (text, name) => {
    expect(cNameFrom(text)).toBe(name);
    expect(isCName(name)).toBe(true);
  });

  it.each(['', '1a', 'a-b', 'a b', '_a', 'a__b', 'while', 'class', 'é', 'a\n'])('%j is none', (name) => {
    expect(isCName(name)).toBe(false);
  });
});

describe('the C of a small model', async () => {
  const assets = await loadAssets();
  const target = parseTarget(await loadTargetTexts(), 'cortex-m4');
  const { files } = compile(writeTflite(smallModel), { fileName: 'small.tflite', target, assets });

  it.each(files)('$name is as committed (MSC_UPDATE_GOLDEN=1 writes it anew)', ({ name, text }) => {
    const path = new URL(`../golden/${name}`, import.meta.url);
    if (process.env.MSC_UPDATE_GOLDEN !== undefined) {
      writeFileSync(path, text);
    }
    expect(existsSync(path), `${name} is committed`).toBe(true);
    expect(text).toBe(readFileSync(path, 'utf8'));
  });
});
