import { type Graph, verifyGraph } from '../../compiler/ir/index.ts';
import { operatorNamed } from '../../compiler/ops/index.ts';
import { type TiledGraph, type Tiling, tileColumns } from '../../compiler/schedule/index.ts';
import type { Draw } from './random-graph/draw.ts';

/** A tiling of the graph: any run of layers that can be in two tiles, and any number of tiles that it can be in; null without one. */
export function anyTiling(graph: Graph, draw: Draw): TiledGraph | null {
  const runs: Tiling[] = [];
  graph.nodes.forEach((_, first) => {
    for (let end = first + 1; end <= graph.nodes.length; end++) {
      if (tileColumns(graph, { first, end, tiles: 2 }) !== null) {
        runs.push({ first, end, tiles: 2 });
      }
    }
  });
  if (runs.length === 0) {
    return null;
  }
  const longest = Math.max(...runs.map(({ first, end }) => end - first));
  const run = draw.pick(draw.chance(60) ? runs.filter(({ first, end }) => end - first === longest) : runs);
  const last = graph.tensors.get(graph.nodes[run.end - 1]!.outputs[0]!)!;
  const width = last.shape[2]!;
  const tiles = draw.pick([2, 2, 3, 4, width, draw.integer(2, width)]);
  return tileColumns(graph, { ...run, tiles: Math.min(tiles, width) });
}

/** What the verifier says of a graph. */
export function faultsOf(graph: Graph): readonly string[] {
  return verifyGraph(graph, (node) => operatorNamed(node.operator).definition);
}
