import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { type Graph, printGraph } from '../../compiler/ir/index.ts';
import { layerOfTile, tileColumns, tileName } from '../../compiler/schedule/index.ts';
import { graphFrom, sampleOutputs } from '../support/graphs.ts';
import { drawFrom } from '../support/random-graph/draw.ts';
import { graphOfRecipe, graphRecipes } from '../support/random-graph.ts';
import { anyTiling, faultsOf } from '../support/tilings.ts';

const seed = Number(process.env.MSC_RANDOM_SEED ?? 1);
const runs = Number(process.env.MSC_RANDOM_RUNS ?? 2);

interface Layer {
  readonly operator: 'conv2d' | 'depthwise_conv2d' | 'max_pool2d' | 'average_pool2d';
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** Left and right. */
  readonly padding: readonly [number, number];
}

const layer = (operator: Layer['operator'], kernel: number, stride = 1, dilation = 1, padding = [0, 0]): Layer => ({
  operator,
  kernel,
  stride,
  dilation,
  padding: padding as [number, number],
});

/** Layers on an image of three rows and two channels; their windows are one row high. */
function chainOf(width: number, layers: readonly Layer[]): Graph {
  const lines = [`tensor %0 "x" computed int8 [1, 3, ${width}, 2] scale [0.25] zero [5]`];
  const nodes: string[] = [];
  let columns = width;
  layers.forEach(({ operator, kernel, stride, dilation, padding: [left, right] }, k) => {
    const id = k + 1;
    const input = columns;
    columns = Math.floor((input + left + right - ((kernel - 1) * dilation + 1)) / stride) + 1;
    const isPool = operator.endsWith('pool2d');
    const scale = 'scale [0.25] zero [5]';
    lines.push(`tensor %${id} "t${id}" computed int8 [1, 3, ${columns}, 2] ${scale}`);
    const common = `"strides":[1,${stride}],"padding":[0,0,${left},${right}],"activation":"none"`;
    if (isPool) {
      nodes.push(`node ${operator} "layer${id}" (%${k}) -> (%${id}) {"kernel":[1,${kernel}],${common}} from "P" ${k}`);
      return;
    }
    const isDepthwise = operator === 'depthwise_conv2d';
    const weights = isDepthwise ? [1, 1, kernel, 2] : [2, 1, kernel, 2];
    lines.push(`tensor %${100 + id} "w${id}" constant int8 [${weights.join(', ')}] scale [0.25] zero [0] data random.`);
    const groups = isDepthwise ? '' : ',"groups":1';
    const attributes = `{${common},"dilations":[1,${dilation}]${groups}}`;
    nodes.push(`node ${operator} "layer${id}" (%${k}, %${100 + id}) -> (%${id}) ${attributes} from "C" ${k}`);
  });
  return graphFrom([`graph "g" (%0) -> (%${layers.length})`, ...lines, ...nodes].join('\n'));
}

const chains: readonly { readonly name: string; readonly width: number; readonly layers: readonly Layer[] }[] = [
  { name: 'one column a column', width: 7, layers: [layer('conv2d', 1)] },
  { name: 'a stride without padding', width: 13, layers: [layer('conv2d', 3, 2)] },
  { name: 'a stride beyond the window', width: 14, layers: [layer('depthwise_conv2d', 2, 3)] },
  { name: 'SAME of stride 2, even', width: 12, layers: [layer('conv2d', 3, 2, 1, [0, 1])] },
  { name: 'SAME of stride 2, odd', width: 13, layers: [layer('depthwise_conv2d', 3, 2, 1, [1, 1])] },
  { name: 'a dilation', width: 11, layers: [layer('conv2d', 3, 1, 3, [3, 3])] },
  { name: 'averages over fewer elements at the borders', width: 9, layers: [layer('average_pool2d', 3, 1, 1, [1, 1])] },
  { name: 'maxima', width: 10, layers: [layer('max_pool2d', 3, 2, 1, [0, 1])] },
  {
    name: 'one after another',
    width: 21,
    layers: [
      layer('conv2d', 3, 2, 1, [1, 1]),
      layer('depthwise_conv2d', 5, 1, 1, [2, 2]),
      layer('conv2d', 1),
      layer('average_pool2d', 2, 2),
      layer('depthwise_conv2d', 3, 1, 1, [1, 1]),
    ],
  },
];

describe.each(chains)('tiles of $name', ({ width, layers }) => {
  const graph = chainOf(width, layers);
  const columns = graph.tensors.get(layers.length)!.shape[2]!;
  test.each(Array.from({ length: columns - 1 }, (_, i) => i + 2))('%d of them give the same', (tiles) => {
    const tiled = tileColumns(graph, { first: 0, end: layers.length, tiles })!;
    expect(faultsOf(tiled.graph)).toEqual([]);
    expect(new Set(tiled.tileOf.values()).size).toBe(tiles);
    expect(sampleOutputs(tiled.graph, 1)).toEqual(sampleOutputs(graph, 1));
  });
});

/** A residual block: x, a convolution that needs a column beside its own, and the sum. */
const block = graphFrom(`
graph "g" (%0) -> (%4)
tensor %0 "x" computed int8 [1, 2, 8, 2] scale [0.25] zero [5]
tensor %1 "w" constant int8 [2, 1, 3, 2] scale [0.25] zero [0] data random.
tensor %2 "a" computed int8 [1, 2, 8, 2] scale [0.25] zero [5]
tensor %3 "b" computed int8 [1, 2, 8, 2] scale [0.25] zero [5]
tensor %4 "y" computed int8 [1, 2, 8, 2] scale [0.25] zero [5]
node relu "first" (%0) -> (%2) {"activation":"relu"} from "RELU" 0
node conv2d "conv" (%2, %1) -> (%3) {"strides":[1,1],"dilations":[1,1],"padding":[0,0,1,1],"groups":1,"activation":"none"} from "CONV" 1
node add "sum" (%3, %2) -> (%4) {"activation":"none"} from "ADD" 2
`);

describe('a tiled graph', () => {
  it('has the columns that windows reach, padding at the edges only, and the same weights', () => {
    const { graph } = tileColumns(block, { first: 0, end: 3, tiles: 2 })!;
    const lines = printGraph(graph).split('\n');
    const nodes = lines.filter((line) => line.startsWith('node ')).map((line) => line.replace(/ from .*/, ''));
    const conv = (padding: string) =>
      `{"strides":[1,1],"dilations":[1,1],"padding":[${padding}],"groups":1,"activation":"none"}`;
    expect(nodes).toEqual([
      'node slice "x (columns 0-4)" (%0) -> (%5) {"begin":[0,0,0,0],"size":[1,2,5,2],"strides":[1,1,1,1]}',
      'node relu "first (columns 0-4)" (%5) -> (%6) {"activation":"relu"}',
      `node conv2d "conv (columns 0-3)" (%6, %1) -> (%7) ${conv('0,0,1,0')}`,
      'node slice "a (columns 0-3)" (%6) -> (%8) {"begin":[0,0,0,0],"size":[1,2,4,2],"strides":[1,1,1,1]}',
      'node add "sum (columns 0-3)" (%7, %8) -> (%9) {"activation":"none"}',
      // column 2 of x starts with a word, column 3 does not
      'node slice "x (columns 2-7)" (%0) -> (%10) {"begin":[0,0,2,0],"size":[1,2,6,2],"strides":[1,1,1,1]}',
      'node relu "first (columns 2-7)" (%10) -> (%11) {"activation":"relu"}',
      'node slice "a (columns 3-7)" (%11) -> (%12) {"begin":[0,0,1,0],"size":[1,2,5,2],"strides":[1,1,1,1]}',
      `node conv2d "conv (columns 4-7)" (%12, %1) -> (%13) ${conv('0,0,0,1')}`,
      'node slice "a (columns 4-7)" (%11) -> (%14) {"begin":[0,0,2,0],"size":[1,2,4,2],"strides":[1,1,1,1]}',
      'node add "sum (columns 4-7)" (%13, %14) -> (%15) {"activation":"none"}',
      'node concat "sum (all columns)" (%9, %15) -> (%4) {"axis":2}',
    ]);
    expect(sampleOutputs(graph, 3)).toEqual(sampleOutputs(block, 3));
  });

  it('is not made where layers are read from beside, where nothing is to be halved, or of layers of another kind', () => {
    const twice = { ...block, outputs: [3, 4] };
    expect(tileColumns(twice, { first: 0, end: 3, tiles: 2 })).toBeNull();
    expect(tileColumns(block, { first: 0, end: 2, tiles: 2 })).toBeNull();
    expect(tileColumns(block, { first: 0, end: 0, tiles: 2 })).toBeNull();
    expect(tileColumns(block, { first: 0, end: 3, tiles: 9 })).toBeNull();
    expect(tileColumns(block, { first: 0, end: 3, tiles: 1 })).toBeNull();
    const padded = graphFrom(`
graph "g" (%0) -> (%1)
tensor %0 "x" computed float32 [1, 2, 3, 1]
tensor %1 "y" computed float32 [1, 2, 6, 1]
node pad "pad" (%0) -> (%1) {"before":[0,0,3,0],"after":[0,0,0,0],"value":0} from "PAD" 0`);
    expect(tileColumns(padded, { first: 0, end: 1, tiles: 2 })).toBeNull();
    const turned = graphFrom(`
graph "g" (%0) -> (%1)
tensor %0 "x" computed float32 [1, 4, 4, 1]
tensor %1 "y" computed float32 [1, 4, 4, 1]
node transpose "turn" (%0) -> (%1) {"permutation":[0,2,1,3]} from "TRANSPOSE" 0`);
    expect(tileColumns(turned, { first: 0, end: 1, tiles: 2 })).toBeNull();
  });

  it('names its parts after their layers', () => {
    const { graph } = tileColumns(block, { first: 0, end: 3, tiles: 8 })!;
    expect(new Set(graph.nodes.map(({ name }) => name)).size).toBe(graph.nodes.length);
    expect(layerOfTile(tileName('conv', { begin: 0, end: 4 }))).toBe('conv');
    expect(layerOfTile(`${tileName('conv', { begin: 0, end: 4 })} #2`)).toBe('conv');
    expect(layerOfTile('conv (columns)')).toBe('conv (columns)');
  });

  it('of a random graph gives the same results', { timeout: 60_000 + runs * 30_000 }, () => {
    let tilings = 0;
    let layers = 0;
    fc.assert(
      fc.property(graphRecipes(), fc.nat(0x7fffffff), (recipe, choice) => {
        const graph = graphOfRecipe(recipe);
        const tiled = anyTiling(graph, drawFrom(choice));
        if (tiled !== null) {
          tilings++;
          layers += new Set([...tiled.tileOf.keys()].map(({ name }) => layerOfTile(name))).size;
          expect(faultsOf(tiled.graph)).toEqual([]);
          expect(sampleOutputs(tiled.graph, choice)).toEqual(sampleOutputs(graph, choice));
        }
      }),
      { numRuns: 150 * runs, seed },
    );
    expect([tilings > 30 * runs, layers > 2 * tilings]).toEqual([true, true]);
  });
});
