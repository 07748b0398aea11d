import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What each layer may import besides itself. A file belongs to the first layer whose prefix it has. */
const layers: readonly { readonly prefix: string; readonly may: readonly string[] }[] = [
  { prefix: 'compiler/diagnostics/', may: [] },
  { prefix: 'compiler/numerics/', may: [] },
  { prefix: 'compiler/version.ts', may: [] },
  { prefix: 'compiler/ir/', may: ['compiler/diagnostics/', 'compiler/numerics/'] },
  { prefix: 'compiler/targets/', may: ['compiler/diagnostics/'] },
  { prefix: 'compiler/frontends/imported-model.ts', may: ['compiler/ir/'] },
  {
    prefix: 'compiler/ops/',
    may: ['compiler/ir/', 'compiler/numerics/', 'compiler/diagnostics/', 'compiler/frontends/imported-model.ts'],
  },
  {
    prefix: 'compiler/frontends/',
    may: ['compiler/ops/', 'compiler/ir/', 'compiler/diagnostics/', 'compiler/numerics/'],
  },
  { prefix: 'compiler/passes/', may: ['compiler/ops/', 'compiler/ir/', 'compiler/diagnostics/', 'compiler/numerics/'] },
  {
    prefix: 'compiler/quantize/',
    may: ['compiler/ops/', 'compiler/ir/', 'compiler/diagnostics/', 'compiler/numerics/'],
  },
  {
    prefix: 'compiler/schedule/',
    may: ['compiler/ops/', 'compiler/ir/', 'compiler/targets/', 'compiler/diagnostics/'],
  },
  {
    prefix: 'compiler/memory/',
    may: ['compiler/schedule/', 'compiler/ops/', 'compiler/ir/', 'compiler/targets/', 'compiler/diagnostics/'],
  },
  {
    prefix: 'compiler/codegen/',
    may: [
      'compiler/memory/',
      'compiler/schedule/',
      'compiler/ops/',
      'compiler/ir/',
      'compiler/numerics/',
      'compiler/diagnostics/',
    ],
  },
  { prefix: 'compiler/pipeline.ts', may: ['compiler/'] },
  { prefix: 'compiler/bundle.ts', may: ['compiler/'] },
  { prefix: 'compiler/pareto.ts', may: ['compiler/'] },
  {
    prefix: 'compiler/report/',
    may: [
      'compiler/pipeline.ts',
      'compiler/bundle.ts',
      'compiler/schedule/',
      'compiler/ops/',
      'compiler/ir/',
      'compiler/diagnostics/',
      'compiler/numerics/',
    ],
  },
  { prefix: 'compiler/index.ts', may: ['compiler/'] },
  { prefix: 'compiler/toolchain/', may: ['compiler/targets/', 'compiler/diagnostics/'] },
  { prefix: 'compiler/cycles/', may: [] },
  {
    prefix: 'compiler/simulate/',
    may: ['compiler/cycles/', 'compiler/toolchain/', 'compiler/targets/', 'compiler/diagnostics/'],
  },
  { prefix: 'compiler/cli/', may: ['compiler/'] },
];

/** What only these layers may do: read files, start processes, know the time and the environment. */
const systemLayers = ['compiler/toolchain/', 'compiler/simulate/', 'compiler/cli/'];
const systemModules = /^(node:(fs|child_process|os|process|net|http|worker_threads)|execa)/;

/** Files longer than 400 lines, and why. */
const longFiles: { readonly [file: string]: string } = {};

interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

const sources = filesUnder('compiler').map((path): Source => {
  const text = readFileSync(join(root, path), 'utf8');
  const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1]!);
  return { path, text, imports };
});

function filesUnder(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .sort();
}

function layerOf(path: string): (typeof layers)[number] | undefined {
  return layers.find((layer) => path.startsWith(layer.prefix));
}

function resolved(source: Source, specifier: string): string {
  return normalize(join(dirname(source.path), specifier)).replaceAll('\\', '/');
}

describe('the layers', () => {
  it('cover every file', () => {
    expect(sources.filter((source) => layerOf(source.path) === undefined).map((source) => source.path)).toEqual([]);
  });

  it('import downwards only', () => {
    const offences = sources.flatMap((source) => {
      const layer = layerOf(source.path)!;
      return source.imports
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => resolved(source, specifier))
        .filter((path) => !path.startsWith(layer.prefix) && !layer.may.some((prefix) => path.startsWith(prefix)))
        .map(
          (path) => `${source.path} imports ${path}: ${layer.prefix} may import ${layer.may.join(', ') || 'nothing'}`,
        );
    });
    expect(offences).toEqual([]);
  });

  it('keep the system out of the compiler', () => {
    const offences = sources
      .filter((source) => !systemLayers.some((prefix) => source.path.startsWith(prefix)))
      .flatMap((source) =>
        source.imports
          .filter((specifier) => systemModules.test(specifier))
          .map((name) => `${source.path} imports ${name}`),
      );
    expect(offences).toEqual([]);
  });

  it('keep the clock, chance and the environment out of the compiler', () => {
    const forbidden = /\b(Date\.now|new Date|Math\.random|performance\.now|process\.(env|cwd|argv))\b/;
    const offences = sources
      .filter((source) => !systemLayers.some((prefix) => source.path.startsWith(prefix)))
      .flatMap((source) => (forbidden.test(source.text) ? [source.path] : []));
    expect(offences).toEqual([]);
  });
});

describe('the house', () => {
  it('has no module-level state', () => {
    const offences = sources.filter((source) => /^(export )?let /m.test(source.text)).map((source) => source.path);
    expect(offences).toEqual([]);
  });

  it('has no file over 400 lines without a reason', () => {
    const long = sources
      .filter((source) => !source.path.endsWith('.generated.ts') && source.text.split('\n').length > 400)
      .map((source) => source.path);
    expect(long).toEqual(Object.keys(longFiles));
  });

  it('has an operator folder for every line of the registry, with its parts', () => {
    const folders = readdirSync(join(root, 'compiler/ops'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
    for (const folder of folders) {
      const parts = readdirSync(join(root, 'compiler/ops', folder));
      expect(parts, folder).toEqual(expect.arrayContaining(['index.ts']));
      for (const part of ['definition', 'reference', 'import', 'kernels']) {
        expect(
          parts.some((name) => name.includes(part)),
          `${folder} has no ${part}`,
        ).toBe(true);
      }
    }
  });
});

describe('kernel files', () => {
  const folders = ['portable', 'dsp'];
  const kernelFiles = folders.flatMap((isa) =>
    readdirSync(join(root, 'cmsis-kernels', isa)).map((name) => ({ isa, name, path: `cmsis-kernels/${isa}/${name}` })),
  );

  it('have no more than 400 lines, headers included', () => {
    const headers = readdirSync(join(root, 'cmsis-kernels/include/msc')).map(
      (name) => `cmsis-kernels/include/msc/${name}`,
    );
    const long = [...headers, ...kernelFiles.map(({ path }) => path)].filter(
      (path) => readFileSync(join(root, path), 'utf8').split('\n').length > 400,
    );
    expect(long).toEqual([]);
  });

  it('are named as their function and their folder', () => {
    for (const { isa, name, path } of kernelFiles) {
      expect(name, path).toMatch(new RegExp(`^[a-z0-9_]+__${isa}\\.c$`));
      const text = readFileSync(join(root, path), 'utf8');
      expect(text, path).toContain(`msc_${name.replace(/\.c$/, '')}(`);
      expect(text.startsWith('/* SPDX-License-Identifier: Apache-2.0 */'), path).toBe(true);
    }
  });

  it('include the system headers of what they call: a generated file gets those of the files that it is made of', () => {
    const headers = readdirSync(join(root, 'cmsis-kernels/include/msc')).map(
      (name) => `cmsis-kernels/include/msc/${name}`,
    );
    const calls = [
      { pattern: /\bmem(cpy|move|set|cmp)\(/, header: 'string.h' },
      { pattern: /\b(exp|tanh|sqrt|floor|ceil|round|log|fabs|fmin|fmax)f?\(/, header: 'math.h' },
    ];
    const offences = [...kernelFiles.map(({ path }) => path), ...headers].flatMap((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      const code = text.replace(/\/\*[\s\S]*?\*\//g, '');
      return calls
        .filter(({ pattern, header }) => pattern.test(code) && !text.includes(`#include <${header}>`))
        .map(({ header }) => `${path} does not include <${header}>`);
    });
    expect(offences).toEqual([]);
  });

  it('belong to a kernel record each', async () => {
    const { operators } = await import('../compiler/ops/index.ts');
    const records = operators.flatMap((operator) => operator.kernels.map((kernel) => `${kernel.isa}/${kernel.name}.c`));
    expect(kernelFiles.map(({ isa, name }) => `${isa}/${name}`).sort()).toEqual([...new Set(records)].sort());
  });
});
