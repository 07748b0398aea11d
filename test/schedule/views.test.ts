import { describe, expect, it } from 'vitest';
import type { Graph } from '../../compiler/ir/index.ts';
import { planArena } from '../../compiler/memory/plan-program.ts';
import {
  chooseKernels,
  type Program,
  placeOf,
  programOf,
  rowCountOf,
  sourceOf,
  viewsOf,
  wholeSegment,
} from '../../compiler/schedule/index.ts';
import { checkPlacement } from '../support/check-placement.ts';
import { graphFrom } from '../support/graphs.ts';

type Shape = readonly number[];

/** Lines of a graph: `name = operator(operands)`, the shape of the result, and attributes. */
type Line = readonly [name: string, operator: string, operands: string, shape: Shape, attributes?: object];

/** An int8 graph of one or more inputs. */
function graphOf(
  inputs: { readonly [name: string]: Shape },
  lines: readonly Line[],
  outputs: string,
  dtype = 'int8',
): Graph {
  const names = [...Object.keys(inputs), ...lines.map(([name]) => name)];
  const ids = (list: string) => list.split(' ').map((name) => `%${names.indexOf(name)}`);
  const scale = dtype === 'int8' ? ' scale [0.5] zero [0]' : '';
  const tensor = (name: string, shape: Shape) =>
    `tensor %${names.indexOf(name)} "${name}" computed ${dtype} [${shape.join(', ')}]${scale}`;
  return graphFrom(
    [
      `graph "views" (${Object.keys(inputs).flatMap(ids).join(', ')}) -> (${ids(outputs).join(', ')})`,
      ...Object.entries(inputs).map(([name, shape]) => tensor(name, shape)),
      ...lines.map(([name, , , shape]) => tensor(name, shape)),
      ...lines.map(
        ([name, operator, operands, , attributes = { activation: 'relu' }], i) =>
          `node ${operator} "${name}" (${ids(operands).join(', ')}) -> (${ids(name)}) ${JSON.stringify(attributes)} from "X" ${i}`,
      ),
    ].join('\n'),
  );
}

const slice = (begin: Shape, size: Shape) => ({ begin, size, strides: begin.map(() => 1) });

/** Where each view lies: `name: source + offset`, with the pitch of rows that lie apart. */
function viewsIn(graph: Graph): readonly string[] {
  const nameOf = (id: number) => graph.tensors.get(id)!.name;
  return [...viewsOf(graph).byTensor]
    .map(([id, { source, offsetBytes, pitchBytes }]) => {
      const pitch = pitchBytes === null ? '' : ` every ${pitchBytes}`;
      return `${nameOf(id)}: ${nameOf(source)} + ${offsetBytes}${pitch}`;
    })
    .sort();
}

function programFor(graph: Graph): Program {
  const lowering = { rounding: 'double' } as const;
  const steps = chooseKernels(graph, { isas: ['portable', 'dsp'], objective: 'balanced', lowering });
  const segments = steps.map((step, i) => wholeSegment(i, rowCountOf(step)));
  const program = programOf(graph, steps, segments, viewsOf(graph));
  const placement = { program, plan: planArena(program, { alignmentBytes: 4 }) };
  expect(checkPlacement(placement).faults).toEqual([]);
  return program;
}

const stepsOf = (graph: Graph) => programFor(graph).steps.map(({ node }) => node.name);

describe('slices', () => {
  it.each([
    ['a vector', [1, 16], [0, 4], [1, 8], 'b: x + 4'],
    ['rows of an image', [1, 8, 4, 2], [0, 2, 0, 0], [1, 4, 4, 2], 'b: x + 16'],
    ['images of a batch', [3, 2, 2, 2], [1, 0, 0, 0], [2, 2, 2, 2], 'b: x + 8'],
    ['rows of an image of a batch', [2, 4, 2, 2], [1, 1, 0, 0], [1, 2, 2, 2], 'b: x + 20'],
    ['columns of one row', [1, 1, 8, 4], [0, 0, 2, 0], [1, 1, 3, 4], 'b: x + 8'],
    ['columns of an image', [1, 4, 8, 4], [0, 0, 2, 0], [1, 4, 3, 4], 'b: x + 8 every 32'],
    ['rows and columns', [1, 4, 8, 4], [0, 1, 2, 0], [1, 2, 3, 4], 'b: x + 40 every 32'],
    ['channels of an image one pixel wide', [1, 4, 1, 16], [0, 0, 0, 4], [1, 4, 1, 8], 'b: x + 4 every 16'],
  ] as const)('of %s are views', (_, shape, begin, size, expected) => {
    const lines: Line[] = [
      ['b', 'slice', 'x', size, slice(begin, size)],
      ['c', 'relu', 'b', size],
    ];
    const graph = graphOf({ x: shape }, lines, 'c');
    expect(viewsIn(graph)).toEqual([expected]);
    expect(stepsOf(graph)).toEqual(['c']);
  });

  it.each([
    ['that do not start on a word', [1, 16], [0, 3], [1, 8]],
    ['of columns that do not start on a word', [1, 4, 8, 3], [0, 0, 1, 0], [1, 4, 3, 3]],
    ['of columns of rows that are no whole words', [1, 4, 7, 2], [0, 0, 2, 0], [1, 4, 3, 2]],
    ['of channels', [1, 4, 4, 8], [0, 0, 0, 4], [1, 4, 4, 4]],
    ['of columns in two images', [2, 4, 8, 4], [0, 0, 2, 0], [2, 4, 3, 4]],
  ] as const)('%s are copied', (_, shape, begin, size) => {
    const lines: Line[] = [
      ['b', 'slice', 'x', size, slice(begin, size)],
      ['c', 'relu', 'b', size],
    ];
    const graph = graphOf({ x: shape }, lines, 'c');
    expect(viewsIn(graph)).toEqual([]);
    expect(stepsOf(graph)).toEqual(['b', 'c']);
  });

  it('with steps, or from the last to the first, are copied', () => {
    for (const strides of [
      [1, 2],
      [1, -1],
    ]) {
      const begin = strides[1] === 2 ? [0, 0] : [0, 7];
      const lines: Line[] = [
        ['b', 'slice', 'x', [1, 8], { begin, size: [1, 8], strides }],
        ['c', 'relu', 'b', [1, 8]],
      ];
      expect(viewsIn(graphOf({ x: [1, 16] }, lines, 'c'))).toEqual([]);
    }
  });

  it('that the caller reads are copied, and so is what lies in them under another shape', () => {
    const lines: Line[] = [
      ['a', 'relu', 'x', [1, 16]],
      ['b', 'slice', 'a', [1, 8], slice([0, 4], [1, 8])],
      ['c', 'reshape', 'b', [8], { shape: [8] }],
    ];
    const graph = graphOf({ x: [1, 16] }, lines, 'c');
    expect(viewsIn(graph)).toEqual(['c: b + 0']);
    expect(stepsOf(graph)).toEqual(['a', 'b']);
  });

  it('of columns are copied where a kernel takes the whole tensor', () => {
    const size = [1, 4, 4, 4];
    const lines: Line[] = [
      ['b', 'slice', 'x', size, slice([0, 0, 2, 0], size)],
      ['c', 'transpose', 'b', size, { permutation: [0, 2, 1, 3] }],
    ];
    const graph = graphOf({ x: [1, 4, 8, 4] }, lines, 'c');
    expect(viewsIn(graph)).toEqual([]);
    expect(stepsOf(graph)).toEqual(['b', 'c']);
  });

  it('of slices lie in the first operand', () => {
    const lines: Line[] = [
      ['a', 'slice', 'x', [1, 8, 4, 4], slice([0, 0, 2, 0], [1, 8, 4, 4])],
      ['b', 'slice', 'a', [1, 3, 4, 4], slice([0, 4, 0, 0], [1, 3, 4, 4])],
      ['c', 'slice', 'b', [1, 1, 2, 4], slice([0, 1, 1, 0], [1, 1, 2, 4])],
      ['y', 'relu', 'b', [1, 3, 4, 4]],
      ['z', 'relu', 'c', [1, 1, 2, 4]],
    ];
    expect(viewsIn(graphOf({ x: [1, 8, 8, 4] }, lines, 'y z'))).toEqual([
      'a: x + 8 every 32',
      'b: x + 136 every 32',
      'c: x + 172',
    ]);
  });

  it('let the rows die that nothing reads any more', () => {
    const size = [1, 4, 4, 2];
    const lines: Line[] = [
      ['a', 'relu', 'x', [1, 8, 4, 2]],
      ['top', 'slice', 'a', size, slice([0, 0, 0, 0], size)],
      ['low', 'slice', 'a', size, slice([0, 4, 0, 0], size)],
      ['b', 'relu', 'top', size],
      ['c', 'relu', 'low', size],
    ];
    const program = programFor(graphOf({ x: [1, 8, 4, 2] }, lines, 'b c'));
    const { written, read, slots, height } = program.bufferOfTensor.get(1)!;
    expect({ slots, height }).toEqual({ slots: 8, height: 8 });
    expect([written[0], ...read]).toEqual([2, 4, 4, 4, 4, 6, 6, 6, 6]);
  });
});

describe('operands of concat', () => {
  const pair = (shape: Shape, whole: Shape, axis: number): readonly Line[] => [
    ['a', 'relu', 'x', shape],
    ['b', 'relu', 'a', shape],
    ['c', 'concat', 'a b', whole, { axis }],
    ['y', 'relu', 'c', whole],
  ];

  it.each([
    ['vectors', [1, 8], [1, 16], 1, ['a: c + 0', 'b: c + 8']],
    ['images above one another', [1, 4, 4, 2], [1, 8, 4, 2], 1, ['a: c + 0', 'b: c + 32']],
    ['images of a batch', [1, 4, 4, 2], [2, 4, 4, 2], 0, ['a: c + 0', 'b: c + 32']],
    ['images beside one another', [1, 4, 4, 2], [1, 4, 8, 2], 2, ['a: c + 0 every 16', 'b: c + 8 every 16']],
    ['channels of one pixel', [1, 1, 1, 8], [1, 1, 1, 16], 3, ['a: c + 0', 'b: c + 8']],
  ] as const)('%s lie in its result', (_, shape, whole, axis, expected) => {
    const graph = graphOf({ x: shape }, pair(shape, whole, axis), 'y');
    expect(viewsIn(graph)).toEqual(expected);
    expect(stepsOf(graph)).toEqual(['a', 'b', 'y']);
  });

  it.each([
    ['an input', [['c', 'concat', 'x a', [1, 16], { axis: 1 }]], 'c'],
    ['an output', [['c', 'concat', 'a b', [1, 16], { axis: 1 }]], 'a c'],
    ['the same twice', [['c', 'concat', 'a a', [1, 16], { axis: 1 }]], 'c'],
    [
      'the same under two shapes',
      [
        ['f', 'reshape', 'a', [1, 8], { shape: [1, 8] }],
        ['c', 'concat', 'a f', [1, 16], { axis: 1 }],
      ],
      'c',
    ],
    [
      'a part of something',
      [
        ['s', 'slice', 'a', [1, 4], slice([0, 4], [1, 4])],
        ['c', 'concat', 'b s', [1, 12], { axis: 1 }],
      ],
      'c',
    ],
  ] as const)('%s are copied', (_, lines, outputs) => {
    const all: Line[] = [['a', 'relu', 'x', [1, 8]], ['b', 'relu', 'a', [1, 8]], ...(lines as readonly Line[])];
    expect(stepsOf(graphOf({ x: [1, 8] }, all, outputs))).toContain('c');
  });

  it('are copied where one does not start on a word', () => {
    const lines: Line[] = [
      ['a', 'relu', 'x', [1, 6]],
      ['b', 'relu', 'a', [1, 6]],
      ['c', 'concat', 'a b', [1, 12], { axis: 1 }],
    ];
    expect(stepsOf(graphOf({ x: [1, 6] }, lines, 'c'))).toEqual(['a', 'b', 'c']);
    expect(stepsOf(graphOf({ x: [1, 6] }, lines, 'c', 'float32'))).toEqual(['a', 'b']);
  });

  it('are copied by the second of two concats', () => {
    const lines: Line[] = [
      ['a', 'relu', 'x', [1, 8]],
      ['b', 'relu', 'a', [1, 8]],
      ['c', 'concat', 'a b', [1, 16], { axis: 1 }],
      ['d', 'concat', 'b a', [1, 16], { axis: 1 }],
    ];
    expect(stepsOf(graphOf({ x: [1, 8] }, lines, 'c d'))).toEqual(['a', 'b', 'd']);
  });

  it('that are reshaped results lie there as well: of heads that become one list', () => {
    const lines: Line[] = [
      ['a', 'relu', 'x', [1, 4, 4, 2]],
      ['b', 'relu', 'z', [1, 2, 2, 2]],
      ['a2', 'reshape', 'a', [1, 32], { shape: [1, 32] }],
      ['b2', 'reshape', 'b', [1, 8], { shape: [1, 8] }],
      ['c', 'concat', 'a2 b2', [1, 40], { axis: 1 }],
    ];
    const graph = graphOf({ x: [1, 4, 4, 2], z: [1, 2, 2, 2] }, lines, 'c');
    expect(viewsIn(graph)).toEqual(['a2: c + 0', 'a: c + 0', 'b2: c + 32', 'b: c + 32']);
    expect(stepsOf(graph)).toEqual(['a', 'b']);
  });

  it('of concats lie in the last result', () => {
    const lines: Line[] = [
      ['a', 'relu', 'x', [1, 2, 2, 2]],
      ['b', 'relu', 'a', [1, 2, 2, 2]],
      ['low', 'concat', 'a b', [1, 4, 2, 2], { axis: 1 }],
      ['d', 'relu', 'low', [1, 4, 2, 2]],
      ['c', 'concat', 'd low', [1, 4, 4, 2], { axis: 2 }],
    ];
    expect(viewsIn(graphOf({ x: [1, 2, 2, 2] }, lines, 'c'))).toEqual([
      'a: c + 4 every 8',
      'b: c + 20 every 8',
      'd: c + 0 every 8',
      'low: c + 4 every 8',
    ]);
  });
});

it('tiles of columns: what a step reads and writes lies within rows of whole images', () => {
  const [width, tile] = [96, 26];
  const lines: Line[] = [];
  const parts = [0, 24, 48, 70].map((from, i) => {
    const shape = [1, 6, tile, 4];
    lines.push([`in${i}`, 'slice', 'x', shape, slice([0, 0, from, 0], shape)], [`out${i}`, 'relu', `in${i}`, shape]);
    return `out${i}`;
  });
  lines.push(['y', 'concat', parts.join(' '), [1, 6, 4 * tile, 4], { axis: 2 }]);
  const graph = graphOf({ x: [1, 6, width, 4] }, lines, 'y');
  const views = viewsOf(graph);
  const program = programFor(graph);
  expect(program.steps.map(({ node }) => node.name)).toEqual(parts);
  expect(program.buffers.map(({ tensors }) => tensors.length)).toEqual([5, 5]);
  const last = [...graph.tensors.values()].find(({ name }) => name === 'out3')!;
  expect(placeOf(views, last)).toEqual({ offsetBytes: 3 * tile * 4, strideBytes: 4 * tile * 4 });
  expect(graph.tensors.get(sourceOf(views, last.id))!.name).toBe('y');
});
