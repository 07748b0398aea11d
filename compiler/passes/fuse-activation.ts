import {
  applyRewrite,
  checkNode,
  consumers,
  type Graph,
  type Node,
  producers,
  sameQuantization,
  type TensorId,
  tensorOf,
} from '../ir/index.ts';
import { operatorNamed } from '../ops/index.ts';
import type { Pass } from './pass.ts';

/**
 * relu(conv(x)) becomes conv with that activation. Exact for quantized tensors because it is done only where the relu does
 * not change the scale: its requantization is then the identity, and both clamp to the same integers.
 */
export const fuseActivation: Pass = {
  name: 'fuse-activation',
  summary: 'Lets the operator before a relu clamp its own result.',
  run: (graph) => {
    const readers = consumers(graph);
    const writers = producers(graph);
    const replaceNode = new Map<Node, readonly Node[]>();
    for (const relu of graph.nodes) {
      const source = relu.operator === 'relu' ? relu.inputs[0] : null;
      const producer = source === null || source === undefined ? undefined : writers.get(source);
      if (
        producer !== undefined &&
        !replaceNode.has(producer) &&
        canFuse(graph, producer, relu, readers.get(source!)?.length ?? 0)
      ) {
        const fused: Node = {
          ...producer,
          outputs: relu.outputs,
          attributes: { ...producer.attributes, activation: relu.attributes.activation! },
        };
        // Not every operator takes every activation: an int8 SVDF takes none that cuts its range.
        if (checkNode(graph, fused, operatorNamed(fused.operator).definition).length === 0) {
          replaceNode.set(producer, [fused]);
          replaceNode.set(relu, []);
        }
      }
    }
    return applyRewrite(graph, { replaceNode });
  },
};

function canFuse(graph: Graph, producer: Node, relu: Node, readerCount: number): boolean {
  const source: TensorId = producer.outputs[0]!;
  const before = tensorOf(graph, source);
  const after = tensorOf(graph, relu.outputs[0]!);
  return (
    producer.operator !== 'relu' &&
    producer.attributes.activation === 'none' &&
    producer.outputs.length === 1 &&
    readerCount === 1 &&
    !graph.outputs.includes(source) &&
    before.dtype === after.dtype &&
    sameQuantization(before.quantization, after.quantization)
  );
}
