import { describe, expect, it } from 'vitest';
import { loadAssets, loadTargetTexts } from '../../compiler/cli/assets.ts';
import type { Graph } from '../../compiler/ir/index.ts';
import { parseTarget } from '../../compiler/targets/index.ts';
import { checkPlacement } from '../support/check-placement.ts';
import { compareWithReference } from '../support/graph-batch.ts';
import { q } from '../support/node-case.ts';
import { graphBuilder, type Value } from '../support/random-graph/builder.ts';
import { drawFrom } from '../support/random-graph/draw.ts';
import { depthwise3x3, pointwise } from '../support/random-graph/weighted.ts';
import { emitPlacement, type Placement, placementOf, type Together } from '../support/trace/placements.ts';
import { canTrace, tracePlacements } from '../support/trace/trace.ts';

const assets = await loadAssets();
const texts = await loadTargetTexts();
const [stm32f7, host] = ['stm32f7', 'host'].map((name) => parseTarget(texts, name));

const quantization = q(0.05, 3);

/** Choices that keep the size of images. */
const draw = (seed: number) => ({ ...drawFrom(seed), pick: <T>(from: readonly T[]) => from[0]! });

const builderOf = (name: string) => {
  const builder = graphBuilder(name);
  const type = { dtype: 'int8', quantization } as const;
  return {
    input: (shape: readonly number[]) => builder.input('int8', shape, quantization, 0),
    relu: (x: Value) => builder.node('relu', [x], { activation: 'relu' }, { ...type, ...x.tensor }),
    slice: (x: Value, axis: number, from: number, to: number) => {
      const { shape } = x.tensor;
      const begin = shape.map((_, k) => (k === axis ? from : 0));
      const size = shape.map((d, k) => (k === axis ? to - from : d));
      return builder.node('slice', [x], { begin, size, strides: shape.map(() => 1) }, { ...type, ...x.tensor });
    },
    concat: (parts: readonly Value[], axis: number) =>
      builder.node('concat', parts, { axis }, { ...type, ...parts[0]!.tensor }),
    layers: (x: Value, seed: number) => depthwise3x3(builder, draw(seed + 1), pointwise(builder, draw(seed), x)!)!,
    reshape: (x: Value, shape: readonly number[]) => builder.node('reshape', [x], { shape }, { ...type, ...x.tensor }),
    finish: (also: readonly Value[] = []): Graph => builder.finish(also),
  };
};

/** Slices and concats of every kind, each read and written by kernels. */
function everyKind(): Graph {
  const b = builderOf('every kind');
  const x = b.relu(b.input([1, 12, 16, 4]));
  const columns = [b.slice(x, 2, 0, 9), b.slice(x, 2, 7, 16)].map(b.relu);
  const rows = [b.slice(x, 1, 0, 5), b.slice(x, 1, 4, 12)].map(b.relu);
  const beside = b.relu(b.concat(columns, 2));
  const above = b.relu(b.concat(rows, 1));
  const channels = b.relu(b.slice(above, 3, 0, 2));
  const flat = b.reshape(b.relu(b.slice(beside, 1, 2, 4)), [1, 144]);
  const ends = [b.slice(flat, 1, 0, 40), b.slice(flat, 1, 100, 144)].map(b.relu);
  const line = b.concat(ends, 1);
  const batch = b.concat([b.relu(x), b.relu(x)], 0);
  const second = b.relu(b.slice(batch, 0, 1, 2));
  const deep = b.relu(b.concat([second, b.relu(x)], 3));
  return b.finish([channels, line, deep]);
}

const tiles = [
  [0, 26],
  [24, 50],
  [48, 74],
  [70, 96],
] as const;

/** Columns of 26 of 96, each through layers of its own, side by side again: steps 1 to 8 are those of the tiles. */
function tiled(): Graph {
  const b = builderOf('tiles');
  const x = b.relu(b.input([1, 14, 96, 4]));
  const parts = tiles.map(([from, to]) => b.layers(b.slice(x, 2, from, to), 10));
  b.layers(b.concat(parts, 2), 77);
  return b.finish();
}

/** Every tile a segment, all of them together, and with what is in front of them and behind. */
const schedules: readonly { readonly title: string; readonly together: readonly Together[] }[] = [
  { title: 'one step after the other', together: [] },
  {
    title: 'each tile row by row',
    together: tiles.map((_, i) => ({ first: 1 + 2 * i, end: 3 + 2 * i, rows: 1 + (i % 3) })),
  },
  { title: 'all of it row by row', together: [{ first: 0, end: 11, rows: 1 }] },
  { title: 'all of it, two rows at a time', together: [{ first: 0, end: 11, rows: 2 }] },
];

async function expectRight(graph: Graph, placement: Placement, target: typeof host): Promise<void> {
  expect(checkPlacement(placement).faults).toEqual([]);
  const compiled = { cName: 'views', ...placement, ...emitPlacement(placement, 'views', assets, 'static') };
  expect(await compareWithReference([graph], [compiled], target!)).toEqual([null]);
  if (canTrace) {
    const [result] = await tracePlacements([placement], assets);
    expect(result!.violation).toBe(null);
  }
}

describe.each([
  ['stm32f7', stm32f7!],
  ['host', host!],
])('views on %s', (_, target) => {
  it('of every kind', { timeout: 120_000 }, async () => {
    const graph = everyKind();
    const placement = placementOf(graph, target);
    const copied = placement.program.steps.filter(({ node }) => node.operator !== 'relu').map(({ node }) => node.name);
    // channels of a wide image only
    expect(copied.map((name) => name.replace(/_.*/, ''))).toEqual(['slice', 'concat']);
    await expectRight(graph, placement, target);
  });

  it.each(schedules)('tiles of columns, $title', { timeout: 120_000 }, async ({ together }) => {
    const graph = tiled();
    const placement = placementOf(graph, target, together);
    expect(placement.program.steps.map(({ node }) => node.operator)).not.toContain('concat');
    expect(placement.program.steps).toHaveLength(11);
    await expectRight(graph, placement, target);
  });
});

it('what tiles become is a ring where all advance together', () => {
  const { program } = placementOf(tiled(), stm32f7!, schedules[2]!.together);
  const whole = program.steps.at(-2)!.node.inputs[0]!;
  const { tensors, slots, height } = program.bufferOfTensor.get(whole)!;
  expect([tensors.length, slots < 6, height]).toEqual([1 + tiles.length, true, 14]);
});
