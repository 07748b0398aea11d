import { type Item, parseCSource } from './c-source.ts';

/** The kernel library as text, by path: `portable/add_s8__portable.c`, `include/msc/base.h`. */
export type KernelSources = ReadonlyMap<string, string>;

export interface Amalgamation {
  /** System headers that the code needs, sorted. */
  readonly systemIncludes: readonly string[];
  /** The definitions that the roots need, each after what it uses. */
  readonly code: string;
}

const baseHeader = 'msc/base.h';

/** What an amalgamation starts from: a name (without the `msc_` prefix) and the file that defines it. */
export interface Root {
  readonly file: string;
  readonly name: string;
  /** Whether it stays a function of its own, so that its stack is free again when the next one runs. */
  readonly isSeparate?: boolean;
}

/** The root of a kernel: its file is named as it is, in the folder of its instruction set. */
export function kernelRoot(name: string): Root {
  return { file: `${name.slice(name.lastIndexOf('__') + 2)}/${name}.c`, name };
}

/**
 * One piece of C that holds `roots` and all that they use, nothing else: every kernel static and in the model's code
 * section, the prefix `msc_` replaced by `<prefix>_` and `MSC_` by its upper case.
 */
export function amalgamate(sources: KernelSources, roots: readonly Root[], prefix: string): Amalgamation {
  const files = filesInOrder(
    sources,
    roots.map((root) => root.file),
  );
  const items = files.flatMap((file) => file.items);
  const kept = reachable(
    items,
    roots.map((root) => `msc_${root.name}`),
  );
  const systemIncludes = new Set<string>();
  const code: string[] = [];
  for (const file of files) {
    if (keepsAny(file.items, kept)) {
      code.push(...render(file.items, kept));
      for (const item of file.items) {
        if (item.kind === 'include' && item.system && item.path !== 'stdint.h') {
          systemIncludes.add(item.path);
        }
      }
    }
  }
  const text = roots
    .filter((root) => root.isSeparate === true)
    .reduce(
      (all, { name }) => all.replace(`MSC_KERNEL void msc_${name}(`, `MSC_NOINLINE\nMSC_KERNEL void msc_${name}(`),
      code.join('\n\n'),
    );
  return { systemIncludes: [...systemIncludes].sort(), code: withPrefix(text, prefix) };
}

/** The text with the library's prefix replaced. */
export function withPrefix(text: string, prefix: string): string {
  // In this order: the prefix itself may start with `msc_`.
  return text
    .replace(/^((?:__attribute__\(\(noinline\)\) )?static) (?!inline\b)(?=[^=;{]*\()/gm, '$1 MSC_SECTION_CODE ')
    .replace(/\bstatic inline\b/g, 'MSC_INLINE')
    .replace(/\bMSC_KERNEL\b/g, 'static MSC_SECTION_CODE')
    .replace(/\bmsc_/g, `${prefix}_`)
    .replace(/\bMSC_/g, `${prefix.toUpperCase()}_`);
}

interface SourceFile {
  readonly path: string;
  readonly items: readonly Item[];
}

/** The files after the headers that they include, each once. */
function filesInOrder(sources: KernelSources, paths: readonly string[]): readonly SourceFile[] {
  const files: SourceFile[] = [];
  const seen = new Set<string>();
  const visit = (path: string) => {
    if (seen.has(path)) {
      return;
    }
    seen.add(path);
    const text = sources.get(path);
    if (text === undefined) {
      throw new Error(`the kernel library has no file ${path}`);
    }
    const items = parseCSource(text);
    for (const included of includesOf(items)) {
      visit(`include/${included}`);
    }
    files.push({ path, items });
  };
  paths.forEach(visit);
  return files;
}

function includesOf(items: readonly Item[]): readonly string[] {
  return items.flatMap((item) => {
    if (item.kind === 'include') {
      return item.system || item.path === baseHeader ? [] : [item.path];
    }
    return item.kind === 'conditional' ? item.branches.flatMap((branch) => includesOf(branch.items)) : [];
  });
}

/** Names that the roots use, directly or not. */
function reachable(items: readonly Item[], roots: readonly string[]): ReadonlySet<string> {
  const usesOf = new Map<string, Set<string>>();
  const collect = (list: readonly Item[]) => {
    for (const item of list) {
      if (item.kind === 'definition') {
        for (const name of item.names) {
          const uses = usesOf.get(name) ?? new Set();
          usesOf.set(name, new Set([...uses, ...item.uses, ...item.names]));
        }
      } else if (item.kind === 'conditional') {
        item.branches.forEach((branch) => {
          collect(branch.items);
        });
      }
    }
  };
  collect(items);
  const kept = new Set<string>();
  const pending = [...roots];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (!kept.has(name)) {
      kept.add(name);
      pending.push(...(usesOf.get(name) ?? []));
    }
  }
  return kept;
}

function keepsAny(items: readonly Item[], kept: ReadonlySet<string>): boolean {
  return items.some((item) =>
    item.kind === 'definition'
      ? item.names.some((name) => kept.has(name))
      : item.kind === 'conditional' && item.branches.some((branch) => keepsAny(branch.items, kept)),
  );
}

/** The items that define something kept, as text. */
function render(items: readonly Item[], kept: ReadonlySet<string>): readonly string[] {
  return items.flatMap((item) => {
    if (item.kind === 'definition') {
      return item.names.some((name) => kept.has(name)) ? [item.text] : [];
    }
    return item.kind === 'conditional' ? renderConditional(item.branches, kept) : [];
  });
}

function renderConditional(
  branches: readonly { readonly directive: string; readonly items: readonly Item[] }[],
  kept: ReadonlySet<string>,
): readonly string[] {
  const rendered = branches.map((branch) => ({
    directive: branch.directive,
    includes: branch.items.flatMap((item) =>
      item.kind === 'include' && item.system ? [`#include <${item.path}>`] : [],
    ),
    parts: render(branch.items, kept),
  }));
  const onlyIncludes = rendered.every((branch) => branch.parts.length === 0);
  if (onlyIncludes && rendered.every((branch) => branch.includes.length === 0)) {
    return [];
  }
  const lines = rendered.map((branch) =>
    [branch.directive, ...branch.includes, branch.parts.join('\n\n')].filter((line) => line !== '').join('\n'),
  );
  return [`${lines.join('\n')}\n#endif`];
}
