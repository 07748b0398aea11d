/**
 * Writes docs/operators.md, docs/diagnostics.md and docs/targets.md from the code. `--check` writes nothing and exits 1 if a
 * page is out of date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadTargetTexts } from '../compiler/cli/assets.ts';
import { catalogue } from '../compiler/diagnostics/index.ts';
import { operators } from '../compiler/ops/index.ts';
import { passes } from '../compiler/passes/index.ts';
import { parseTarget, type Target } from '../compiler/targets/index.ts';

const generated = (title: string, command: string) => [`# ${title}`, '', `Made by \`${command}\` from the code.`, ''];

function operatorsPage(): string {
  const lines = generated('Operators', 'npm run docs');
  lines.push(
    'What msc compiles. A model that uses anything else is refused at compile time, by name.',
    '',
    '| operator | TensorFlow Lite | MindSpore Lite | types |',
    '|---|---|---|---|',
  );
  const sorted = [...operators].sort((a, b) => (a.definition.name < b.definition.name ? -1 : 1));
  for (const { definition, tflite, mslite } of sorted) {
    const types = [...new Set(definition.signatures.map((s) => s.inputs[0]!))].join(', ');
    lines.push(
      `| [${definition.name}](#${definition.name}) | ${Object.keys(tflite).join(', ')} | ${Object.keys(mslite).join(', ')} | ${types} |`,
    );
  }
  for (const { definition, kernels } of sorted) {
    lines.push('', `## ${definition.name}`, '', `\`${definition.summary}\``, '');
    for (const input of definition.inputs) {
      const flags = [
        input.optional ? 'optional' : '',
        input.constant ? 'constant' : '',
        input.variadic ? 'any number' : '',
      ];
      const notes = flags.filter((flag) => flag !== '').join(', ');
      lines.push(`- operand \`${input.name}\`: ${input.description}${notes === '' ? '' : ` (${notes})`}`);
    }
    for (const output of definition.outputs) {
      lines.push(`- result \`${output.name}\`: ${output.description}`);
    }
    for (const [name, description] of Object.entries(definition.attributes)) {
      lines.push(`- attribute \`${name}\`: ${description}`);
    }
    lines.push('', 'Types:', '');
    for (const signature of definition.signatures) {
      lines.push(`- (${signature.inputs.join(', ')}) → (${signature.outputs.join(', ')})`);
    }
    if (definition.constraints.length > 0) {
      lines.push('', 'Requires:', '');
      for (const constraint of definition.constraints) {
        lines.push(`- ${constraint.requires} (\`${constraint.diagnostic}\`)`);
      }
    }
    lines.push('', 'Kernels:', '');
    for (const kernel of kernels) {
      lines.push(`- \`${kernel.name}\`: ${kernel.description}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

const phases: readonly (readonly [digit: string, phase: string, exit: string])[] = [
  ['1', 'reading', '1'],
  ['2', 'operators', '1'],
  ['3', 'optimisation and quantization', '1'],
  ['4', 'memory', '3: the model does not fit the target'],
  ['5', 'emission', '1'],
  ['6', 'toolchain', '5: a needed tool is missing or failed'],
  ['7', 'simulation', '4 if results differ, else 5'],
  ['8', 'command line and configuration', '2'],
];

function diagnosticsPage(): string {
  const lines = generated('Diagnostics', 'npm run docs');
  lines.push('Exit code 0: done. 70, with MSC9001: a bug in msc.', '');
  for (const [digit, phase, exit] of phases) {
    lines.push(`## ${digit}xxx: ${phase}`, '', `Exit code ${exit}.`, '');
    const entries = Object.entries(catalogue).filter(([, entry]) => String(entry.code).startsWith(digit));
    for (const [name, entry] of entries.sort(([, a], [, b]) => a.code - b.code)) {
      lines.push(`### MSC${entry.code} ${name}`, '', entry.summary, '', `Hint: ${entry.hint}`, '');
    }
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

function targetsPage(targets: readonly Target[]): string {
  const lines = generated('Targets', 'npm run docs');
  lines.push('A target is one file of `targets/`, with what it `extends`.', '');
  lines.push(
    'Of a memory, `waitCycles` (0 if absent) says by about how many cycles an access is slower than in the fastest memory: where an',
    'arena is laid into several memories, what is read and written most goes where that is least. It ranks memories; it predicts no',
    'time. `"dma": false` marks a memory that DMA does not reach: inputs and outputs stay out of it where they can. `section` is the',
    "section that the vendor's linker scripts have for it.",
    '',
  );
  for (const target of targets) {
    lines.push(`## ${target.name}`, '', target.description, '');
    lines.push(`- compiler flags: ${target.gccFlags.length > 0 ? `\`${target.gccFlags.join(' ')}\`` : 'none'}`);
    lines.push(`- features: ${JSON.stringify(target.features)}`);
    lines.push(`- clock: ${target.clockHz === null ? 'not set' : `${target.clockHz / 1e6} MHz`}`);
    lines.push(`- QEMU machine: ${target.emulators.qemu ?? 'none'}; Renode: ${target.emulators.renode ?? 'none'}`);
    if (target.memories.length > 0) {
      lines.push('', '| memory | kind | from | bytes | wait | DMA |', '|---|---|---|---:|---:|---|');
      for (const memory of target.memories) {
        const address = `0x${memory.originAddress.toString(16).padStart(8, '0').toUpperCase()}`;
        const { name, kind, sizeBytes, waitCycles, dma } = memory;
        lines.push(`| ${name} | ${kind} | ${address} | ${sizeBytes} | ${waitCycles} | ${dma ? 'yes' : 'no'} |`);
      }
    }
    lines.push('');
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

function passesPage(): string {
  const lines = generated('Passes', 'npm run docs');
  lines.push('In the order of a round; rounds are repeated until the graph no longer changes.', '');
  for (const pass of passes) {
    lines.push(`- \`${pass.name}\`: ${pass.summary}`);
  }
  return `${lines.join('\n')}\n`;
}

const texts = await loadTargetTexts();
const targets = [...texts.keys()].sort().map((name) => parseTarget(texts, name));
const pages: readonly (readonly [file: string, text: string])[] = [
  ['operators.md', operatorsPage()],
  ['diagnostics.md', diagnosticsPage()],
  ['targets.md', targetsPage(targets)],
  ['passes.md', passesPage()],
];
const folder = fileURLToPath(new URL('../docs/', import.meta.url));
const check = process.argv.includes('--check');
for (const [file, text] of pages) {
  if (!check) {
    writeFileSync(`${folder}${file}`, text);
  } else if (readFileSync(`${folder}${file}`, 'utf8') !== text) {
    process.stderr.write(`docs/${file} is out of date: run \`npm run docs\`\n`);
    process.exitCode = 1;
  }
}
