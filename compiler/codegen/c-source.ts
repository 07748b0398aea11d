/**
 * Splits a C file of ours into its top-level items. It relies on the style that `cmsis-kernels/` keeps (one declaration
 * starts on a line of its own, braces balance, no `#if` inside of a declaration list), not on all of C.
 */

/** A definition with the comment above it. */
export interface Definition {
  readonly kind: 'definition';
  /** Names that other items may use. */
  readonly names: readonly string[];
  /** Names with the library's prefix that this item uses. */
  readonly uses: readonly string[];
  readonly text: string;
}

/** `#if` … `#else` … `#endif` around items. */
export interface Conditional {
  readonly kind: 'conditional';
  readonly branches: readonly { readonly directive: string; readonly items: readonly Item[] }[];
}

export type Item =
  | Definition
  | Conditional
  | { readonly kind: 'include'; readonly path: string; readonly system: boolean };

/** The items of a file, in order; its include guard, prototypes and detached comments are left out. */
export function parseCSource(text: string): readonly Item[] {
  const reader: LineReader = { lines: text.split('\n'), at: 0 };
  const items = parseItems(reader);
  if (reader.at < reader.lines.length) {
    throw new Error(`unexpected ${reader.lines[reader.at]}`);
  }
  return items.flatMap((item) => (item.kind === 'conditional' ? (guarded(item) ?? [item]) : [item]));
}

interface LineReader {
  readonly lines: readonly string[];
  at: number;
}

function parseItems(reader: LineReader): Item[] {
  const items: Item[] = [];
  let comment: string[] = [];
  while (reader.at < reader.lines.length) {
    const line = reader.lines[reader.at]!;
    if (/^#\s*(else|elif|endif)\b/.test(line)) {
      return items;
    }
    if (line.trim() === '') {
      comment = [];
      reader.at++;
    } else if (line.startsWith('/*')) {
      comment = takeUntil(reader, (text) => text.includes('*/'));
    } else if (/^#\s*if/.test(line)) {
      items.push(parseConditional(reader));
      comment = [];
    } else if (/^#\s*include\b/.test(line)) {
      const [, open, path] = /^#\s*include\s*(["<])([^">]+)[">]/.exec(line)!;
      items.push({ kind: 'include', path: path!, system: open === '<' });
      reader.at++;
    } else {
      const lines = line.startsWith('#') ? takeUntil(reader, (text) => !text.endsWith('\\')) : takeDeclaration(reader);
      const definition = definitionOf(comment, lines);
      if (definition !== null) {
        items.push(definition);
      }
      comment = [];
    }
  }
  return items;
}

function parseConditional(reader: LineReader): Conditional {
  const branches: { directive: string; items: readonly Item[] }[] = [];
  do {
    const directive = reader.lines[reader.at++]!;
    branches.push({ directive, items: parseItems(reader) });
    if (reader.at >= reader.lines.length) {
      throw new Error(`${directive} is not closed`);
    }
  } while (!/^#\s*endif\b/.test(reader.lines[reader.at]!));
  reader.at++;
  return { kind: 'conditional', branches };
}

/** The items inside of an include guard, or null if `item` is none. */
function guarded(item: Conditional): readonly Item[] | null {
  const [branch] = item.branches;
  const name = /^#\s*ifndef\s+(MSC_\w+_H)$/.exec(branch!.directive)?.[1];
  return name === undefined
    ? null
    : branch!.items.filter((inner) => inner.kind !== 'definition' || !inner.names.includes(name));
}

function takeUntil(reader: LineReader, isLast: (line: string) => boolean): string[] {
  const lines: string[] = [];
  while (reader.at < reader.lines.length) {
    const line = reader.lines[reader.at++]!;
    lines.push(line);
    if (isLast(line)) {
      return lines;
    }
  }
  throw new Error(`${lines[0]} does not end`);
}

function takeDeclaration(reader: LineReader): string[] {
  let depth = 0;
  let inComment = false;
  return takeUntil(reader, (line) => {
    const code: string[] = [];
    let rest = line;
    while (rest !== '') {
      const mark = inComment ? rest.indexOf('*/') : rest.indexOf('/*');
      const end = mark < 0 ? rest.length : mark;
      if (!inComment) {
        code.push(rest.slice(0, end));
      }
      if (mark < 0) {
        break;
      }
      inComment = !inComment;
      rest = rest.slice(mark + 2);
    }
    const text = code.join('').trimEnd();
    for (const character of text) {
      depth += character === '{' ? 1 : character === '}' ? -1 : 0;
    }
    return depth === 0 && /[;}]$/.test(text);
  });
}

function definitionOf(comment: readonly string[], lines: readonly string[]): Definition | null {
  const code = lines.join('\n').replace(/\/\*[\s\S]*?\*\//g, '');
  if (!code.startsWith('#') && !code.includes('{') && /\)\s*;\s*$/.test(code) && !code.includes('=')) {
    return null;
  }
  return {
    kind: 'definition',
    names: definedNames(code),
    uses: [...new Set(code.match(/\b(?:msc|MSC)_\w+/g) ?? [])],
    text: [...comment, ...lines].join('\n'),
  };
}

function definedNames(code: string): readonly string[] {
  const macro = /^#\s*define\s+(\w+)/.exec(code);
  if (macro !== null) {
    return [macro[1]!];
  }
  if (/^typedef\b/.test(code)) {
    const tag = /^typedef\s+(?:struct|union|enum)\s+(\w+)\s*\{/.exec(code)?.[1];
    const name = /(\w+)\s*(?:\[[^\]]*\]|__attribute__\s*\(\(.*\)\))?\s*;\s*$/.exec(code)?.[1];
    return [tag, name].filter((n) => n !== undefined);
  }
  const body = code.search(/[{=]/);
  const head = (body < 0 ? code : code.slice(0, body)).replace(/__attribute__\s*\(\([^)]*(?:\([^)]*\))?[^)]*\)\)/g, '');
  const called = /(\w+)\s*\(/.exec(head)?.[1];
  const name = called ?? /(\w+)\s*(?:\[[^\]]*\]\s*)*$/.exec(head.trim().replace(/;$/, ''))?.[1];
  return name === undefined ? [] : [name];
}
