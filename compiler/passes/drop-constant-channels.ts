import type { Graph } from '../ir/index.ts';
import { keptChannels, weightedLayers } from './constant-channels/needs.ts';
import { channelRanges } from './constant-channels/ranges.ts';
import { dropChannels } from './constant-channels/rewrite.ts';
import type { Pass } from './pass.ts';

/**
 * Quantization often leaves channels that are the same for every input (pruned filters, saturated ones), and channels that
 * only weights of zero read. They are found by interval arithmetic on the integers, so leaving them out changes no bit.
 * A channel that is left out may have been the only reader of another one: the search is repeated until it finds none.
 */
export const dropConstantChannels: Pass = {
  name: 'drop-constant-channels',
  summary:
    'Leaves out channels that are constant for every input, or that nothing reads, and folds constants into biases.',
  run: (graph) => {
    let current = graph;
    for (let next = withFewerChannels(current); next !== null; next = withFewerChannels(current)) {
      current = next;
    }
    return current;
  },
};

/** The graph without the channels that can go at once; null if there are none. */
function withFewerChannels(graph: Graph): Graph | null {
  const layers = weightedLayers(graph);
  if (layers.size === 0) {
    return null;
  }
  const ranges = channelRanges(graph);
  const kept = keptChannels(graph, layers, ranges);
  return kept.size === 0 ? null : dropChannels(graph, layers, ranges, kept);
}
