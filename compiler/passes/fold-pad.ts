import {
  applyRewrite,
  checkNode,
  consumers,
  type Graph,
  type Node,
  producers,
  sameQuantization,
  tensorOf,
} from '../ir/index.ts';
import { operatorNamed } from '../ops/index.ts';
import type { Pass } from './pass.ts';

const convolutions = new Set(['conv2d', 'depthwise_conv2d']);

/** A convolution after a pad pads itself: the pad must be of height and width only, and of the value zero. */
export const foldPad: Pass = {
  name: 'fold-pad',
  summary: 'Lets a convolution do the padding of the pad before it.',
  run: (graph) => {
    const readers = consumers(graph);
    const writers = producers(graph);
    const replaceNode = new Map<Node, readonly Node[]>();
    for (const convolution of graph.nodes) {
      const source = convolutions.has(convolution.operator) ? convolution.inputs[0] : null;
      const pad = source === null || source === undefined ? undefined : writers.get(source);
      if (pad === undefined || pad.operator !== 'pad' || graph.outputs.includes(source!) || !padsWithZero(graph, pad)) {
        continue;
      }
      const [top, bottom, left, right] = convolution.attributes.padding as [number, number, number, number];
      const before = pad.attributes.before as readonly number[];
      const after = pad.attributes.after as readonly number[];
      const padding = [top + before[1]!, bottom + after[1]!, left + before[2]!, right + after[2]!];
      const folded: Node = {
        ...convolution,
        inputs: [pad.inputs[0]!, ...convolution.inputs.slice(1)],
        attributes: { ...convolution.attributes, padding },
      };
      // The padding of a convolution has a limit, that of a pad has none.
      if (checkNode(graph, folded, operatorNamed(folded.operator).definition).length > 0) {
        continue;
      }
      replaceNode.set(convolution, [folded]);
      if (readers.get(source!)!.length === 1) {
        replaceNode.set(pad, []);
      }
    }
    return applyRewrite(graph, { replaceNode });
  },
};

function padsWithZero(graph: Graph, pad: Node): boolean {
  const input = tensorOf(graph, pad.inputs[0]!);
  const output = tensorOf(graph, pad.outputs[0]!);
  const before = pad.attributes.before as readonly number[];
  const after = pad.attributes.after as readonly number[];
  return (
    input.shape.length === 4 &&
    before[0] === 0 &&
    after[0] === 0 &&
    before[3] === 0 &&
    after[3] === 0 &&
    sameQuantization(input.quantization, output.quantization) &&
    pad.attributes.value === (input.quantization?.zeroPoints[0] ?? 0)
  );
}
