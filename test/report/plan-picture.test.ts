import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadAssets, loadTargetTexts } from '../../compiler/cli/assets.ts';
import type { Graph } from '../../compiler/ir/index.ts';
import { planInBestOrder } from '../../compiler/memory/plan-in-best-order.ts';
import { compile } from '../../compiler/pipeline.ts';
import { boxesOf, largestBox } from '../../compiler/report/plan-ink.ts';
import { planPicture } from '../../compiler/report/plan-picture.ts';
import { bytesInUse, type PlannedProgram, shapesOf, timesOf } from '../../compiler/report/plan-shapes.ts';
import { planReport, planTable } from '../../compiler/report/plan-table.ts';
import { shortened, tellingParts, xmlText } from '../../compiler/report/svg-text.ts';
import { chooseKernels } from '../../compiler/schedule/index.ts';
import { parseTarget } from '../../compiler/targets/index.ts';
import { graphFrom } from '../support/graphs.ts';
import { randomGraph } from '../support/random-graphs.ts';

const title = { model: 'digits.ms', target: 'stm32f7' };
const digits = compile(readFileSync(new URL('../../examples/digits/digits.ms', import.meta.url)), {
  fileName: 'digits.ms',
  target: parseTarget(await loadTargetTexts(), 'stm32f7'),
  assets: await loadAssets(),
});

function planned(graph: Graph): PlannedProgram {
  const options = { objective: 'balanced', lowering: { rounding: 'double' } } as const;
  const steps = chooseKernels(graph, { isas: ['portable'], ...options });
  return planInBestOrder(graph, steps, { ...options, alignmentBytes: 8 });
}

const randoms = Array.from({ length: 12 }, (_, seed) =>
  planned(randomGraph({ nodes: 12, reach: 8, anything: false }, seed)),
);

/** Elements are closed in order, attributes quoted, and nothing is in the text that XML forbids. */
function expectXml(text: string): void {
  const open: string[] = [];
  const rest = text.replace(
    /<(\/?)([a-z]+)((?: [A-Za-z-]+(?::[a-z]+)?="[^"<]*")*)(\/?)>/g,
    (_, end, name, __, alone) => {
      if (end === '/') {
        expect(open.pop()).toBe(name);
      } else if (alone === '') {
        open.push(name);
      }
      return '';
    },
  );
  expect(open).toEqual([]);
  expect(rest).not.toMatch(/[<>]/);
  expect(rest.replace(/&(amp|lt|gt|quot);/g, '')).not.toContain('&');
  expect(text).toMatch(/^[\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u);
}

describe('the shapes of a plan', () => {
  test('never share a byte at a time, stay in the arena, and reach what is in use at most', () => {
    for (const one of [digits, ...randoms]) {
      const shapes = shapesOf(one);
      const cells = shapes.flatMap((shape) =>
        shape.cells.flatMap((cell) => cell.spans.map((span) => ({ cell, span }))),
      );
      const atTime = Array.from({ length: timesOf(one) }, (): [number, number][] => []);
      for (const { cell, span } of cells) {
        expect(cell.high).toBeLessThanOrEqual(one.plan.sizeBytes);
        for (let time = span[0]; time <= span[1]; time++) {
          atTime[time]!.push([cell.low, cell.high]);
        }
      }
      for (const ranges of atTime) {
        const sorted = ranges.sort(([a], [b]) => a - b);
        expect(sorted.every(([low], i) => i === 0 || low >= sorted[i - 1]![1])).toBe(true);
      }
      const most = Math.max(...bytesInUse(shapes, timesOf(one)));
      expect(most).toBeLessThanOrEqual(one.plan.lowerBoundBytes);
    }
  });

  test('show rings: fewer slots than rows, one cell a slot', () => {
    const rings = shapesOf(digits).filter(({ slots, height }) => slots < height);
    expect(rings.length).toBeGreaterThan(0);
    for (const { cells, slots, sizeBytes } of rings) {
      expect(cells.length).toBeLessThanOrEqual(slots);
      expect(cells.reduce((sum, { low, high }) => sum + high - low, 0)).toBe(sizeBytes);
    }
  });
});

describe('the picture', () => {
  test('is the same every time, valid, without scripts, for light and dark, and small', () => {
    const svg = planPicture(digits, title);
    expect(planPicture(digits, title)).toBe(svg);
    expectXml(svg);
    expect(svg).not.toMatch(/<script|href|url\((?!#hatch)/);
    expect(svg).toContain('@media(prefers-color-scheme:dark)');
    expect(svg.length).toBeLessThan(30_000);
  });

  test('names every buffer and scratch with its bytes, the arena and its bound', () => {
    const svg = planPicture(digits, title);
    for (const { kind, name, offset, sizeBytes } of shapesOf(digits)) {
      expect(svg).toContain(kind === 'scratch' ? `<title>${name}` : `<title>${name} `);
      expect(svg).toContain(`bytes ${offset.toLocaleString('en')} to ${(offset + sizeBytes).toLocaleString('en')}`);
    }
    expect(svg).toContain(`arena ${digits.plan.sizeBytes.toLocaleString('en')}`);
    expect(svg).toContain('lower bound');
    expect(svg).toContain('a ring: ');
  });

  test('is valid whatever tensors and nodes are called', () => {
    const hostile = '</title><script>alert("x")</script>&amp;]]>\u0000\u001b\uD800 \uFFFE\u{1F600}\n--><![CDATA[';
    const rename = <T extends { readonly name: string }>(thing: T): T => ({
      ...thing,
      name: `${hostile}${thing.name}`,
    });
    const { program } = digits;
    const tensors = new Map([...program.graph.tensors].map(([id, tensor]) => [id, rename(tensor)] as const));
    const steps = program.steps.map((step) => ({ ...step, node: rename(step.node) }));
    const svg = planPicture(
      { plan: digits.plan, program: { ...program, steps, graph: { ...program.graph, tensors } } },
      { model: hostile, target: hostile },
    );
    expectXml(svg);
    expect(svg).not.toContain('<script');
    expect(planTable({ plan: digits.plan, program: { ...program, graph: { ...program.graph, tensors } } })).not.toMatch(
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not reach a terminal
      /[\u0000-\u0009\u001b]/,
    );
  });

  test('stays small for a long model', () => {
    const count = 700;
    const lines = [
      `graph "long" (%0) -> (%${count})`,
      ...Array.from({ length: count + 1 }, (_, id) => `tensor %${id} "t${id}" computed float32 [1, 8]`),
      ...Array.from(
        { length: count },
        (_, i) => `node logistic "n${i}" (%${i}) -> (%${i + 1}) {} from "LOGISTIC" ${i}`,
      ),
    ];
    const svg = planPicture(planned(graphFrom(lines.join('\n'))), title);
    expectXml(svg);
    expect(svg.length).toBeLessThan(600_000);
  });
});

test('boxes become coarser until they are few enough', () => {
  const shape = {
    ...shapesOf(digits)[0]!,
    cells: Array.from({ length: 5000 }, (_, i) => ({ low: i, high: i + 1, spans: [[i, i + 9000] as const] })),
  };
  const scale = { xOf: (time: number) => time / 4, yOf: (byte: number) => 5000 - byte };
  expect(boxesOf([shape], scale, 1e6)[0]).toHaveLength(5000);
  const [coarse] = boxesOf([shape], scale, 300);
  expect(coarse!.length).toBeLessThanOrEqual(300);
  expect(coarse!.reduce((sum, { height }) => sum + height, 0)).toBeCloseTo(5000);
});

test('a name goes where most room is', () => {
  const thin = { x: 0, y: 0, width: 4, height: 90 };
  const wide = { x: 4, y: 60, width: 200, height: 30 };
  expect(largestBox([thin, wide])).toMatchObject({ x: 0, y: 60, height: 30 });
  expect(largestBox([])).toBeNull();
});

test('names are shortened to their ends, and to the part that tells them apart', () => {
  expect(shortened('abcdefgh', 4)).toBe('\u2026fgh');
  expect(tellingParts(['net/a/relu', 'net/b/relu', 'net/pool', '', 'x'])).toEqual(['a', 'b', 'pool', '', 'x']);
  expect(xmlText('a<b>"&\u0001')).toBe('a&lt;b&gt;&quot;&amp;\uFFFD');
});

test('the table and the report hold every buffer', () => {
  const report = planReport(digits);
  expect(report.buffers).toHaveLength(digits.program.buffers.length + digits.program.scratches.length);
  const table = planTable(digits);
  expect(table).toMatch(/^ *offset +end +bytes +rows +steps +what\n/);
  expect(table).toMatch(/ {2}28 of 28 {2}input \.\. 0 +image \[input\]\n/);
  expect(table).toContain('no plan of this schedule is below');
});
