import { describeTensor, type OperatorDefinition, operand, result, sameQuantization } from '../../ir/index.ts';
import { movingSignatures } from '../movable-types.ts';

export type ConcatAttributes = {
  /** Axis along which the operands follow one another, counted from the front. */
  readonly axis: number;
};

export const concatDefinition: OperatorDefinition<ConcatAttributes> = {
  name: 'concat',
  summary: 'output has the inputs one after another along an axis',
  attributes: { axis: 'along which the inputs follow one another' },
  inputs: [{ name: 'inputs', description: 'one or more, of equal shapes but for the axis', variadic: true }],
  outputs: [{ name: 'output', description: 'the same rank' }],
  signatures: movingSignatures,
  constraints: [
    {
      diagnostic: 'unsupported-attribute',
      requires: 'the axis is one of the inputs',
      violation: (view) => {
        const rank = operand(view, 0).shape.length;
        const { axis } = view.attributes;
        return Number.isInteger(axis) && axis >= 0 && axis < rank ? null : `axis ${axis} of rank ${rank}`;
      },
    },
    {
      diagnostic: 'unsupported-shape',
      requires: 'the inputs have equal shapes but for the axis',
      violation: (view) => {
        const { shape } = operand(view, 0);
        const other = view.inputs.find(
          (tensor) =>
            tensor!.shape.length !== shape.length ||
            tensor!.shape.some((dimension, axis) => axis !== view.attributes.axis && dimension !== shape[axis]),
        );
        return other === undefined ? null : `${describeTensor(other!)} beside [${shape.join(', ')}]`;
      },
    },
    {
      diagnostic: 'invalid-quantization',
      requires: 'quantized inputs and result have the same scale and zero point',
      violation: (view) => {
        const output = result(view);
        const other = view.inputs.find((tensor) => !sameQuantization(tensor!.quantization, output.quantization));
        return other === undefined || output.dtype === 'float32'
          ? null
          : `${describeTensor(other!)} has another scale than ${describeTensor(output)}`;
      },
    },
  ],
  inferShapes: (view) => {
    const { axis } = view.attributes;
    const total = view.inputs.reduce((sum, tensor) => sum + tensor!.shape[axis]!, 0);
    return [operand(view, 0).shape.map((dimension, k) => (k === axis ? total : dimension))];
  },
  macs: () => 0,
};
