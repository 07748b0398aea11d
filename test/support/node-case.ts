import {
  type Attributes,
  allocate,
  bytesFromElements,
  type DType,
  elementCount,
  type Graph,
  type Node,
  type Quantization,
  type Shape,
  type Tensor,
  type TypedArray,
  viewOf,
} from '../../compiler/ir/index.ts';
import { operatorNamed } from '../../compiler/ops/index.ts';
import { integersBetween, randomSource, realsBetween } from './random.ts';

/** An operand of a case. Constants and variables say so; the values are random unless given. */
export interface CaseTensor {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly quantization?: Quantization;
  readonly kind?: Tensor['kind'];
  readonly values?: readonly number[];
  /** Range of random values; default: all of int8, int16 and uint8, +-20000 for int32, [-1, 1) for float32. */
  readonly range?: readonly [minimum: number, maximum: number];
  /** float32 only: random values are multiples of it, so that sums of products are exact in any order, fused or not. */
  readonly step?: number;
}

/** One node alone: a row of an operator's case table. */
export interface NodeCase {
  readonly name: string;
  readonly operator: string;
  readonly attributes: Attributes;
  readonly inputs: readonly (CaseTensor | null)[];
  /** Types of the results; their shapes are inferred. */
  readonly outputs: readonly { readonly dtype: DType; readonly quantization?: Quantization }[];
}

/** A quantization with one scale. */
export function q(scale: number, zeroPoint: number): Quantization {
  return { scales: [Math.fround(scale)], zeroPoints: [zeroPoint], axis: null };
}

/** A quantization with a scale for each channel of `axis`, zero points 0. */
export function qPerChannel(scales: readonly number[], axis: number): Quantization {
  return { scales: scales.map(Math.fround), zeroPoints: scales.map(() => 0), axis };
}

/** Values for a tensor of a case: the given ones, or random ones from `seed`. */
export function valuesOf(tensor: CaseTensor, seed: number): TypedArray {
  const count = elementCount(tensor.shape);
  const elements = allocate(tensor.dtype, count);
  const values = tensor.values ?? randomValues(tensor, randomSource(seed), count);
  for (let i = 0; i < count; i++) {
    if (elements instanceof BigInt64Array) {
      elements[i] = BigInt(values[i]!);
    } else {
      elements[i] = values[i]!;
    }
  }
  return elements;
}

/** The graph that consists of the case's node; computed operands are the graph's inputs in order. */
export function graphOf(nodeCase: NodeCase, seed = 1): Graph {
  const tensors = new Map<number, Tensor>();
  const ids = nodeCase.inputs.map((input, i) => {
    if (input === null) {
      return null;
    }
    const kind = input.kind ?? 'computed';
    tensors.set(i, {
      id: i,
      name: `input${i}`,
      kind,
      dtype: input.dtype,
      shape: input.shape,
      quantization: input.quantization ?? null,
      data: kind === 'constant' ? bytesFromElements(valuesOf(input, seed + i)) : null,
    });
    return i;
  });
  const node: Node = {
    name: nodeCase.name,
    operator: nodeCase.operator,
    inputs: ids,
    outputs: nodeCase.outputs.map((_, i) => nodeCase.inputs.length + i),
    attributes: nodeCase.attributes,
    origin: { operator: nodeCase.operator, index: 0 },
  };
  const inputs = nodeCase.inputs.map((_, i) => (ids[i] === null ? null : tensors.get(i)!));
  const shapes = operatorNamed(nodeCase.operator).definition.inferShapes({ node, attributes: node.attributes, inputs });
  nodeCase.outputs.forEach((output, i) => {
    const id = nodeCase.inputs.length + i;
    tensors.set(id, {
      id,
      name: `output${i}`,
      kind: 'computed',
      dtype: output.dtype,
      shape: shapes[i]!,
      quantization: output.quantization ?? null,
      data: null,
    });
  });
  return {
    name: nodeCase.name,
    tensors,
    nodes: [node],
    inputs: ids.filter((id) => id !== null && tensors.get(id)!.kind === 'computed') as number[],
    outputs: node.outputs,
  };
}

/** Evaluates a case by its operator's reference. Variables start at `inputs`. */
export function evaluateCase(graph: Graph, inputs: readonly (TypedArray | null)[]): readonly TypedArray[] {
  const node = graph.nodes[0]!;
  return operatorNamed(node.operator).evaluate(viewOf(graph, node), inputs);
}

function randomValues(tensor: CaseTensor, next: () => number, count: number): number[] {
  switch (tensor.dtype) {
    case 'float32': {
      const reals = realsBetween(next, tensor.range?.[0] ?? -1, tensor.range?.[1] ?? 1, count);
      const { step } = tensor;
      return step === undefined ? reals : reals.map((real) => Math.round(real / step) * step);
    }
    case 'int8':
      return integersBetween(next, tensor.range?.[0] ?? -128, tensor.range?.[1] ?? 127, count);
    case 'uint8':
      return integersBetween(next, tensor.range?.[0] ?? 0, tensor.range?.[1] ?? 255, count);
    case 'int16':
      return integersBetween(next, tensor.range?.[0] ?? -32768, tensor.range?.[1] ?? 32767, count);
    case 'bool':
      return integersBetween(next, 0, 1, count);
    default:
      return integersBetween(next, tensor.range?.[0] ?? -20000, tensor.range?.[1] ?? 20000, count);
  }
}
