/**
 * Writes a frontend's `schema.generated.ts` from a JSON file of schema facts:
 * `npx tsx scripts/generate-schemas.ts FACTS.json compiler/frontends/tflite/schema.generated.ts`.
 *
 * FACTS.json: `{namespace, root, identifier, enums: {name: {type, values}}, unions: {name: {table: number}},
 * tables: {name: {fields: [{name, type, default?, deprecated?}]}}}`, fields in the order of the schema.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type CodeBlockWriter, IndentationText, Project, QuoteKind } from 'ts-morph';

interface Facts {
  readonly namespace: string;
  readonly root: string;
  readonly identifier: string;
  readonly enums: {
    readonly [name: string]: { readonly type: string; readonly values: Record<string, number | null> };
  };
  readonly unions: { readonly [name: string]: Record<string, number> };
  readonly tables: { readonly [name: string]: { readonly fields: readonly Field[] } };
}

interface Field {
  readonly name: string;
  readonly type: string;
  readonly default?: string;
  readonly deprecated?: boolean;
}

const lineWidth = 120;

const scalarNames: Readonly<Record<string, string>> = { int8: 'byte', uint8: 'ubyte', int32: 'int', int64: 'long' };

function canonicalType(type: string): string {
  const vector = /^\[(.*)\]$/.exec(type);
  return vector?.[1] === undefined ? (scalarNames[type] ?? type) : `[${canonicalType(vector[1])}]`;
}

/** The source text of a field's default, or null where it is what absence means anyway. */
function absentValue(facts: Facts, field: Field): string | null {
  const enumSchema = facts.enums[field.type];
  const text = field.default;
  if (enumSchema !== undefined) {
    const number = text === undefined ? 0 : Number(enumSchema.values[text] ?? text);
    return number === 0 ? null : quote(memberOf(enumSchema.values, number));
  }
  if (text === undefined || text === 'false' || Number(text) === 0) {
    return null;
  }
  return text === 'true' ? text : String(Number(text));
}

function memberOf(values: Record<string, number | null>, number: number): string {
  const member = Object.keys(values).find((name) => values[name] === number);
  if (member === undefined) {
    throw new Error(`no enum member has the value ${number}`);
  }
  return member;
}

function quote(text: string): string {
  return `'${text}'`;
}

/** Slots count deprecated fields and take two for a union; deprecated fields are left out. */
function fieldTexts(facts: Facts, table: string): string[] {
  const texts: string[] = [];
  let slot = 0;
  for (const field of facts.tables[table]?.fields ?? []) {
    const type = canonicalType(field.type);
    slot += Object.hasOwn(facts.unions, type) ? 1 : 0;
    if (field.deprecated !== true) {
      const absent = absentValue(facts, field);
      texts.push(`${field.name}: [${[slot, quote(type), ...(absent === null ? [] : [absent])].join(', ')}]`);
    }
    slot += 1;
  }
  return texts;
}

/** `name: { a, b },` on one line if it fits, else filled lines inside the braces. */
function writeGroup(writer: CodeBlockWriter, name: string, items: readonly string[], before = '', after = ''): void {
  const indent = writer.getIndentationLevel() * 2;
  const braces = items.length === 0 ? '{}' : `{ ${items.join(', ')} }`;
  const oneLine = `${name}: ${before}${braces}${after},`;
  if (indent + oneLine.length <= lineWidth) {
    writer.writeLine(oneLine);
    return;
  }
  writer.writeLine(`${name}: ${before}{`);
  writer.indent(() => {
    let line = '';
    for (const item of items) {
      if (line !== '' && indent + 2 + line.length + item.length + 2 > lineWidth) {
        writer.writeLine(line);
        line = '';
      }
      line += `${line === '' ? '' : ' '}${item},`;
    }
    writer.writeLine(line);
  });
  writer.writeLine(`}${after},`);
}

/** Members with their numbers; null stands for the number after the one before, as in the schema language. */
function numbered(values: Record<string, number | null>): string[] {
  let next = 0;
  return Object.entries(values).map(([name, value]) => {
    const number = value ?? next;
    next = number + 1;
    return `${name.replace(/ \(deprecated\)$/, '')}: ${number}`;
  });
}

function writeSchema(writer: CodeBlockWriter, facts: Facts): void {
  writer.inlineBlock(() => {
    writer.writeLine(`namespace: ${quote(facts.namespace)},`);
    writer.writeLine(`root: ${quote(facts.root)},`);
    writer.writeLine(`identifier: ${quote(facts.identifier)},`);
    writer.write('enums: ').inlineBlock(() => {
      for (const [name, { type, values }] of Object.entries(facts.enums)) {
        writeGroup(writer, name, numbered(values), `{ type: ${quote(canonicalType(type))}, values: `, ' }');
      }
    });
    writer.write(',').newLine();
    writer.write('unions: ').inlineBlock(() => {
      for (const [name, members] of Object.entries(facts.unions)) {
        writeGroup(writer, name, numbered(members));
      }
    });
    writer.write(',').newLine();
    writer.write('tables: ').inlineBlock(() => {
      for (const name of Object.keys(facts.tables)) {
        writeGroup(writer, name, fieldTexts(facts, name));
      }
    });
    writer.write(',').newLine();
  });
  writer.write(' as const satisfies Schema;');
}

function main(factsPath: string, outputPath: string): void {
  const facts = JSON.parse(readFileSync(factsPath, 'utf8')) as Facts;
  const project = new Project({
    manipulationSettings: { indentationText: IndentationText.TwoSpaces, quoteKind: QuoteKind.Single },
  });
  const file = project.createSourceFile(outputPath, '', { overwrite: true });
  const frontend = basename(outputPath.replace(/\/[^/]*$/, ''));
  file.addImportDeclaration({ moduleSpecifier: '../flatbuffer/schema.ts', namedImports: ['Schema'], isTypeOnly: true });
  file.addStatements((writer) => {
    writer.writeLine(`/** Facts of the schema ${facts.namespace}, file identifier ${facts.identifier}. */`);
    writer.write(`export const ${frontend}Schema = `);
    writeSchema(writer, facts);
  });
  file.insertText(
    0,
    '// biome-ignore-all format: generated, filled lines\n' +
      `// Made by scripts/generate-schemas.ts from ${basename(factsPath)}; do not edit.\n`,
  );
  file.saveSync();
}

const [factsPath, outputPath] = process.argv.slice(2);
if (factsPath === undefined || outputPath === undefined) {
  console.error('usage: npx tsx scripts/generate-schemas.ts FACTS.json OUTPUT.ts');
  process.exitCode = 2;
} else {
  main(factsPath, outputPath);
}
