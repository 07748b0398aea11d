import { describe, expect, it } from 'vitest';
import {
  bytesFromElements,
  type Graph,
  type Node,
  type Quantization,
  type Shape,
  type Tensor,
  tensorOf,
  verifyGraph,
} from '../../compiler/ir/index.ts';
import { evaluateGraph } from '../../compiler/ops/evaluate-graph.ts';
import { operatorNamed } from '../../compiler/ops/index.ts';
import { dropConstantChannels } from '../../compiler/passes/drop-constant-channels.ts';
import { integersBetween, randomSource } from '../support/random.ts';

/** A chain of convolutions as MobileNets have them, with channels that saturate, weigh nothing, or are not read. */
function chain(seed: number): Graph {
  const next = randomSource(seed);
  const between = (low: number, high: number) => integersBetween(next, low, high, 1)[0]!;
  const tensors = new Map<number, Tensor>();
  const nodes: Node[] = [];
  const add = (
    shape: Shape,
    dtype: 'int8' | 'int32',
    quantization: Quantization | null,
    values?: readonly number[],
  ) => {
    const id = tensors.size;
    const elements = values === undefined ? null : dtype === 'int8' ? Int8Array.from(values) : Int32Array.from(values);
    tensors.set(id, {
      id,
      name: `t${id}`,
      kind: elements === null ? 'computed' : 'constant',
      dtype,
      shape,
      quantization,
      data: elements === null ? null : bytesFromElements(elements),
    });
    return id;
  };
  const grid = () => ({ scales: [0.05], zeroPoints: [between(0, 2) === 0 ? between(-128, 127) : -128], axis: null });
  let channels = between(1, 4);
  const input = add([1, 6, 5, channels], 'int8', grid());
  let current = input;
  const weightsOf = (outputs: number, perOutput: number) =>
    Array.from({ length: outputs }, () =>
      between(0, 3) === 0 ? new Array<number>(perOutput).fill(0) : integersBetween(next, -127, 127, perOutput),
    );
  const biasesOf = (outputs: number) =>
    Array.from({ length: outputs }, () => (between(0, 2) === 0 ? between(-400000, 400000) : between(-3000, 3000)));
  const scalesOf = (outputs: number, axis: number): Quantization => ({
    scales: Array.from({ length: outputs }, () => Math.fround(0.0005 * between(1, 40))),
    zeroPoints: new Array<number>(outputs).fill(0),
    axis: outputs === 1 ? null : axis,
  });
  const common = { strides: [1, 1], dilations: [1, 1], activation: between(0, 1) === 0 ? 'relu' : 'none' };
  for (let layer = 0; layer < 5; layer++) {
    const origin = { operator: 'test', index: layer };
    const isDepthwise = layer % 2 === 1 && channels > 1;
    const outputs = isDepthwise ? channels : between(1, 8);
    const size = between(0, 1) === 0 ? 3 : 1;
    const rows = weightsOf(outputs, size * size * (isDepthwise ? 1 : channels));
    const values = isDepthwise ? rows[0]!.flatMap((_, k) => rows.map((row) => row[k]!)) : rows.flat();
    const shape = isDepthwise ? [1, size, size, outputs] : [outputs, size, size, channels];
    const weights = add(shape, 'int8', scalesOf(outputs, isDepthwise ? 3 : 0), values);
    const bias = between(0, 4) === 0 ? null : add([outputs], 'int32', null, biasesOf(outputs));
    const pad = (size - 1) / 2;
    const output = add([1, 6, 5, outputs], 'int8', grid());
    const attributes = { ...common, padding: [pad, pad, pad, pad] };
    nodes.push({
      name: `n${layer}`,
      operator: isDepthwise ? 'depthwise_conv2d' : 'conv2d',
      inputs: [current, weights, ...(bias === null ? [] : [bias])],
      outputs: [output],
      attributes: isDepthwise ? attributes : { ...attributes, groups: 1 },
      origin,
    });
    current = output;
    channels = outputs;
  }
  return { name: `chain ${seed}`, tensors, nodes, inputs: [input], outputs: [current] };
}

describe('drop-constant-channels', () => {
  it('changes no bit of any output, and is done after one run', () => {
    let dropped = 0;
    for (let seed = 1; seed <= 300; seed++) {
      const before = chain(seed);
      const after = dropConstantChannels.run(before);
      expect(verifyGraph(after, (node) => operatorNamed(node.operator).definition)).toEqual([]);
      dropped += after === before ? 0 : 1;
      const count = before.tensors.get(before.inputs[0]!)!.shape.reduce((a, b) => a * b, 1);
      for (const range of [
        [-128, 127],
        [-128, -128],
        [127, 127],
      ] as const) {
        const values = Int8Array.from(integersBetween(randomSource(seed + 7), range[0], range[1], count));
        expect(evaluateGraph(after, [values]), before.name).toEqual(evaluateGraph(before, [values]));
      }
      expect(dropConstantChannels.run(after), before.name).toBe(after);
    }
    expect(dropped).toBeGreaterThan(100);
  });

  it('keeps the channels of inputs and outputs', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const before = chain(seed);
      const after = dropConstantChannels.run(before);
      for (const id of [...before.inputs, ...before.outputs]) {
        expect(tensorOf(after, id).shape).toEqual(tensorOf(before, id).shape);
      }
    }
  });
});
