import { describe, expect, test } from 'vitest';
import {
  applyRewrite,
  checkNode,
  constantTensor,
  freshTensorId,
  type Graph,
  type Node,
  parseGraph,
  type Tensor,
  verifyGraph,
  withoutUnusedTensors,
} from '../../compiler/ir/index.ts';
import { operatorNamed } from '../../compiler/ops/index.ts';

const definitionOf = (node: { readonly operator: string }) => operatorNamed(node.operator).definition;

/** x + c, then relu; c is [1, 2]. */
const good = parseGraph(`graph "g" (%0) -> (%3)
tensor %0 "x" computed float32 [2, 2]
tensor %1 "c" constant float32 [1, 2] data AAAAAAAAAAA=.
tensor %2 "s" computed float32 [2, 2]
tensor %3 "y" computed float32 [2, 2]
node add "sum" (%0, %1) -> (%2) {"activation":"none"} from "ADD" 0
node relu "clamp" (%2) -> (%3) {"activation":"relu"} from "RELU" 1`);
const [sum, clamp] = good.nodes as [Node, Node];

const withTensor = (id: number, change: Partial<Tensor>): Graph => ({
  ...good,
  tensors: new Map([...good.tensors].map(([key, tensor]) => [key, key === id ? { ...tensor, ...change } : tensor])),
});
const withNodes = (...nodes: readonly Node[]): Graph => ({ ...good, nodes });

describe('verifyGraph', () => {
  test('finds nothing in a good graph', () => {
    expect(verifyGraph(good, definitionOf)).toEqual([]);
  });

  test.each<[string, Graph, string]>([
    ['a tensor under another id', withTensor(2, { id: 7 }), "tensor 's' is stored under 2 but says 7"],
    ['a constant without data', withTensor(1, { data: null }), "tensor 'c' is constant and has no data"],
    ['data of a computed tensor', withTensor(2, { data: new Uint8Array(16) }), "tensor 's' is computed and has data"],
    ['data of another size', withTensor(1, { data: new Uint8Array(7) }), "tensor 'c' has 7 bytes, not 8"],
    ['an input that is a constant', { ...good, inputs: [0, 1] }, 'graph input 1 is not a computed tensor'],
    ['an input that is not there', { ...good, inputs: [0, 9] }, 'graph input 9 is not a computed tensor'],
    ['an output that nothing writes', withNodes(sum), 'graph output 3 is never written'],
    ['two nodes of one name', withNodes(sum, { ...clamp, name: 'sum' }), "two nodes are named 'sum'"],
    ['nodes in the wrong order', withNodes(clamp, sum), "relu 'clamp' reads tensor 2 before it is written"],
    [
      'a tensor that two nodes write',
      withNodes(sum, { ...clamp, outputs: [2] }),
      "relu 'clamp' writes tensor 2, which is unknown or written already",
    ],
    [
      'a node that writes an input',
      withNodes({ ...sum, outputs: [0] }),
      "add 'sum' writes tensor 0, which is unknown or written already",
    ],
    [
      'a result that is not there',
      withNodes(sum, { ...clamp, outputs: [8] }),
      "relu 'clamp' writes tensor 8, which is unknown or written already",
    ],
    [
      'a shape that the operator does not give',
      withTensor(3, { shape: [4] }),
      "relu 'clamp' (node 1): result 'y' is float32 [4] in the file",
    ],
  ])('finds %s', (_, graph, fault) => {
    expect(verifyGraph(graph, definitionOf)).toContain(fault);
  });
});

describe('checkNode names what is wrong and what would be right', () => {
  test.each<[string, Graph, string]>([
    [
      'an operand too few',
      withNodes({ ...sum, inputs: [0] }),
      "wrong-operands | add 'sum' (node 0) | operand 'b' is missing",
    ],
    [
      'an operand too many',
      withNodes({ ...sum, inputs: [0, 1, 0] }),
      "wrong-operands | add 'sum' (node 0) | 3 operands | at most 2",
    ],
    [
      'a result too many',
      withNodes({ ...sum, outputs: [2, 3] }),
      "wrong-operands | add 'sum' (node 0) | 2 results | 1",
    ],
    [
      'types that do not go together',
      withTensor(0, { dtype: 'int8' }),
      "unsupported-operand-type | add 'sum' (node 0) | (int8, float32) -> (float32) | (int8, int8) -> (int8) or ",
    ],
    [
      'shapes that do not broadcast',
      withTensor(0, { shape: [2, 3] }),
      "unsupported-shape | add 'sum' (node 0) | [2, 3] with [1, 2] | aligned at their last dimension, ",
    ],
    [
      'a result of another shape',
      withTensor(2, { shape: [4, 1] }),
      "unsupported-shape | add 'sum' (node 0) | result 's' is float32 [4, 1] in the file | [2, 2] by the operands and attributes",
    ],
  ])('%s', (_, graph, message) => {
    const node = graph.nodes[0]!;
    const [first] = checkNode(graph, node, definitionOf(node));
    expect([first?.name, first?.where, first?.found, first?.requires].join(' | ')).toContain(message);
  });

  test('a good node has no faults', () => {
    expect(good.nodes.flatMap((node) => checkNode(good, node, definitionOf(node)))).toEqual([]);
  });
});

describe('applyRewrite', () => {
  test('gives the same graph for no changes', () => {
    expect(applyRewrite(good, {})).toBe(good);
    expect(withoutUnusedTensors(good)).toBe(good);
  });

  test('removes a node, and the tensors that only it used', () => {
    const graph = applyRewrite(good, { replaceNode: new Map([[clamp, []]]), replaceTensor: new Map([[3, 2]]) });
    expect(graph.nodes).toEqual([sum]);
    expect(graph.outputs).toEqual([2]);
    expect([...graph.tensors.keys()]).toEqual([0, 1, 2]);
    expect(good.nodes).toHaveLength(2);
  });

  test('follows a chain of replaced tensors', () => {
    const replaceTensor = new Map([
      [2, 0],
      [3, 2],
    ]);
    const graph = applyRewrite(good, { replaceNode: new Map([[clamp, []]]), replaceTensor });
    expect(graph.outputs).toEqual([0]);
  });

  test('puts several nodes in the place of one, with new tensors', () => {
    const id = freshTensorId(good);
    expect([id, freshTensorId(good, 2)]).toEqual([4, 6]);
    const type = { dtype: 'float32', shape: [2, 2], quantization: null } as const;
    const between: Tensor = { id, name: 'between', kind: 'computed', ...type, data: null };
    const graph = applyRewrite(good, {
      replaceNode: new Map([
        [
          clamp,
          [
            { ...clamp, name: 'one', outputs: [id] },
            { ...clamp, name: 'two', inputs: [id] },
          ],
        ],
      ]),
      addTensors: [between, constantTensor(5, 'unused', type, new Uint8Array(16))],
    });
    expect(graph.nodes.map((node) => node.name)).toEqual(['sum', 'one', 'two']);
    expect(graph.nodes[0]).toBe(sum);
    expect(verifyGraph(graph, definitionOf)).toEqual([]);
    expect([...graph.tensors.keys()]).toEqual([0, 1, 2, 3, 4]);
  });
});
