import { elementCount, type NodeView, operand, rangeOfDType, result } from '../../ir/index.ts';
import { floatActivationRange } from '../activation.ts';
import { type Argument, type CField, field, float, integer, type KernelCall, type Work } from '../kernel.ts';
import { type BroadcastDimension, broadcastDimensions, maximumBroadcastRank } from './broadcast.ts';
import type { ArithmeticAttributes } from './definition.ts';

export type View = NodeView<ArithmeticAttributes>;

/** The parameter struct of a kernel; `member` names its place beside the loops in the struct for broadcasts. */
interface Parameters {
  readonly type: string;
  readonly member?: string;
  readonly fields: readonly CField[];
}

/** True if both operands have every element of the result. */
export function takesSameShapes(view: View): boolean {
  const count = elementCount(result(view).shape);
  return elementCount(operand(view, 0).shape) === count && elementCount(operand(view, 1).shape) === count;
}

/** The call of a kernel for operands of one shape; without parameters, the bounds of the activation are arguments. */
export function sameShapeCall(view: View, kernel: string, parameters: Parameters | null): KernelCall {
  return {
    kernel,
    work: sameShapeWork(view),
    constants: [],
    ...(parameters === null ? {} : { parameters }),
    arguments: [
      ...tensors,
      ...(parameters === null ? bounds(view) : [{ kind: 'parameters' } as const]),
      elementsArgument(view),
    ],
    scratchBytes: 0,
    inPlace: [0, 1],
  };
}

/** A run of elements, unless one operand is a constant: it would have to move along. */
export function sameShapeWork(view: View): Work {
  const hasConstant = view.inputs.some((tensor) => tensor?.kind === 'constant');
  return hasConstant ? { kind: 'whole' } : { kind: 'run', units: elementCount(result(view).shape) };
}

/** The number of elements to compute, as `sameShapeWork` splits them. */
export function elementsArgument(view: View): Argument {
  return sameShapeWork(view).kind === 'run' ? { kind: 'runLength' } : integer(elementCount(result(view).shape));
}

/** The call of a kernel for operands that repeat: its count is the extent of the outermost loop. */
export function broadcastCall(view: View, kernel: string, parameters: Parameters | null): KernelCall {
  const found = broadcastDimensions(operand(view, 0).shape, operand(view, 1).shape);
  const dimensions = found.length === 0 ? [{ extent: 1, aStride: 1, bStride: 1 }] : found;
  const count = elementCount(result(view).shape);
  const work = workOf(view, dimensions[0]!);
  return {
    kernel,
    work,
    constants: [],
    parameters:
      parameters === null
        ? { type: 'broadcast', fields: loopFields(dimensions) }
        : {
            type: parameters.type,
            fields: [
              field('loops', { kind: 'struct', fields: loopFields(dimensions) }),
              field(parameters.member!, { kind: 'struct', fields: parameters.fields }),
            ],
          },
    arguments: [
      ...tensors,
      { kind: 'parameters' },
      ...(parameters === null ? bounds(view) : []),
      work.kind === 'run' ? { kind: 'runLength' } : integer(dimensions[0]!.extent),
    ],
    scratchBytes: 0,
    inPlace: [0, 1].filter((index) => elementCount(operand(view, index).shape) === count),
  };
}

const tensors: readonly Argument[] = [
  { kind: 'input', index: 0 },
  { kind: 'input', index: 1 },
  { kind: 'output', index: 0 },
];

/** A step of the outermost loop can be computed alone if computed operands move with it and constants stand still. */
function workOf(view: View, outermost: BroadcastDimension): Work {
  const moves = [outermost.aStride !== 0, outermost.bStride !== 0];
  const alone = moves.every((move, index) => move === (operand(view, index).kind !== 'constant'));
  return alone ? { kind: 'run', units: outermost.extent } : { kind: 'whole' };
}

function loopFields(dimensions: readonly BroadcastDimension[]): readonly CField[] {
  const list = (values: readonly number[], fill: number) => ({
    kind: 'array' as const,
    values: Array.from({ length: maximumBroadcastRank }, (_, i) => integer(values[i] ?? fill)),
  });
  return [
    field('rank', dimensions.length),
    field(
      'extents',
      list(
        dimensions.map((d) => d.extent),
        1,
      ),
    ),
    field(
      'a_strides',
      list(
        dimensions.map((d) => d.aStride),
        0,
      ),
    ),
    field(
      'b_strides',
      list(
        dimensions.map((d) => d.bStride),
        0,
      ),
    ),
  ];
}

function bounds(view: View): readonly Argument[] {
  if (result(view).dtype === 'int32') {
    const { minimum, maximum } = rangeOfDType('int32');
    const range = floatActivationRange(view.attributes.activation);
    return [integer(Math.max(minimum, range.minimum)), integer(Math.min(maximum, range.maximum))];
  }
  const { minimum, maximum } = floatActivationRange(view.attributes.activation);
  return [float(minimum), float(maximum)];
}
