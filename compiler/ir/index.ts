export { checkBeforeShapes, checkNode } from './check-node.ts';
export { type DType, dtypes, isQuantizedDType, rangeOfDType, sizeOfDType } from './dtype.ts';
export {
  type Attributes,
  type AttributeValue,
  consumers,
  describeNode,
  describeTensor,
  type Graph,
  inputOf,
  type Node,
  outputOf,
  producers,
  requiredInput,
  tensorOf,
} from './graph.ts';
export {
  type Constraint,
  describeType,
  type NodeView,
  type OperandSpec,
  type OperatorDefinition,
  operand,
  result,
  type TypeSignature,
  viewOf,
} from './operator.ts';
export { applyRewrite, constantTensor, freshTensorId, type Rewrite, withoutUnusedTensors } from './rewrite.ts';
export {
  elementCount,
  type Quantization,
  type Shape,
  sameQuantization,
  sameShape,
  sizeBytesOf,
  type Tensor,
  type TensorId,
  type TensorKind,
  type TensorType,
} from './tensor.ts';
export { type PrintOptions, parseGraph, printGraph } from './text.ts';
export { allocate, bytesFromElements, elementsFromBytes, numberAt, type TypedArray } from './values.ts';
export { verifyGraph } from './verify.ts';
