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
  type TensorId,
  verifyGraph,
} from '../../../compiler/ir/index.ts';
import { operatorNamed } from '../../../compiler/ops/index.ts';

/** A tensor of a graph that is being built. */
export interface Value {
  readonly tensor: Tensor;
  /**
   * Floats only: every element is a multiple of 2^-fractionBits of at most this magnitude. While sums of products keep below
   * 2^24 of these units, they are exact in any order.
   */
  readonly magnitude: number;
  readonly fractionBits: number;
}

/** What `Builder.node` is told of a result, besides the shape, which is inferred. */
export interface ResultType {
  readonly dtype: DType;
  readonly quantization?: Quantization | null;
  readonly magnitude?: number;
  readonly fractionBits?: number;
}

export interface Builder {
  readonly input: (dtype: DType, shape: Shape, quantization: Quantization | null, magnitude: number) => Value;
  readonly constant: (
    dtype: DType,
    shape: Shape,
    quantization: Quantization | null,
    value: (index: number) => number,
  ) => Value;
  /** Appends a node; absent operands are null. */
  readonly node: (
    operator: string,
    operands: readonly (Value | null)[],
    attributes: Attributes,
    result: ResultType,
  ) => Value;
  /** Computed tensors of rank 4 so far, in order. */
  readonly images: () => readonly Value[];
  /** The graph; its outputs are what no node reads, and `alsoOutputs`. */
  readonly finish: (alsoOutputs: readonly Value[]) => Graph;
}

export function graphBuilder(name: string): Builder {
  const tensors = new Map<TensorId, Tensor>();
  const values: Value[] = [];
  const nodes: Node[] = [];
  const inputs: TensorId[] = [];
  const append = (parts: Omit<Tensor, 'id' | 'name'>, magnitude = 0, fractionBits = 0): Value => {
    const id = tensors.size;
    const tensor = { id, name: `t${id}`, ...parts };
    tensors.set(id, tensor);
    const value = { tensor, magnitude, fractionBits };
    if (parts.kind === 'computed') {
      values.push(value);
    }
    return value;
  };
  return {
    input: (dtype, shape, quantization, magnitude) => {
      const value = append({ kind: 'computed', dtype, shape, quantization, data: null }, magnitude);
      inputs.push(value.tensor.id);
      return value;
    },
    constant: (dtype, shape, quantization, valueAt) => {
      const elements = allocate(dtype, elementCount(shape));
      for (let i = 0; i < elements.length; i++) {
        elements[i] = valueAt(i);
      }
      return append({ kind: 'constant', dtype, shape, quantization, data: bytesFromElements(elements) });
    },
    node: (operator, operands, attributes, result) => {
      const node: Node = {
        name: `${operator}_${nodes.length}`,
        operator,
        inputs: operands.map((operand) => operand?.tensor.id ?? null),
        outputs: [tensors.size],
        attributes,
        origin: { operator, index: nodes.length },
      };
      const [shape] = operatorNamed(operator).definition.inferShapes({
        node,
        attributes,
        inputs: operands.map((operand) => operand?.tensor ?? null),
      });
      nodes.push(node);
      const { dtype, quantization = null, magnitude, fractionBits } = result;
      return append({ kind: 'computed', dtype, shape: shape!, quantization, data: null }, magnitude, fractionBits);
    },
    images: () => values.filter(({ tensor }) => tensor.shape.length === 4),
    finish: (alsoOutputs) => {
      const read = new Set(nodes.flatMap((node) => node.inputs));
      const isKept = ({ id }: Tensor) => !inputs.includes(id) || read.has(id);
      const also = new Set(alsoOutputs.map(({ tensor }) => tensor.id));
      const outputs = nodes.flatMap((node) => node.outputs).filter((id) => !read.has(id) || also.has(id));
      const graph: Graph = {
        name,
        tensors: new Map([...tensors].filter(([, tensor]) => isKept(tensor))),
        nodes,
        inputs: inputs.filter((id) => read.has(id)),
        outputs,
      };
      const faults = verifyGraph(graph, (node) => operatorNamed(node.operator).definition);
      if (faults.length > 0) {
        throw new Error(`a random graph is not valid: ${faults.join('; ')}`);
      }
      return graph;
    },
  };
}
