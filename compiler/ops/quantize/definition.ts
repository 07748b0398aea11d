import {
  type Constraint,
  type DType,
  describeTensor,
  type OperatorDefinition,
  operand,
  rangeOfDType,
  type Tensor,
  type TypeSignature,
} from '../../ir/index.ts';
import { perTensor } from '../activation.ts';
import { quantizedPerTensor } from '../constraints.ts';
import { requantizationOf } from './rescaling.ts';

/** Neither operator has attributes. */
export type NoAttributes = { readonly [name in never]: never };

/** One type in, one out. */
const conversion = ([input, output]: readonly [DType, DType]): TypeSignature => ({
  inputs: [input],
  outputs: [output],
});

/** quantizedPerTensor looks at the narrow types; int32 needs a scale here too, and its zero point must be 0 to be exact. */
const quantizedInt32: Constraint = {
  diagnostic: 'invalid-quantization',
  requires: 'int32 tensors have one positive scale and zero point 0',
  violation: (view) => {
    const faulty = [...view.inputs, ...view.outputs].find((t) => t?.dtype === 'int32' && !isPlain(t));
    return faulty ? `${describeTensor(faulty)} has scales [${faulty.quantization?.scales ?? ''}]` : null;
  },
};

function isPlain(tensor: Tensor): boolean {
  const q = tensor.quantization;
  return (
    q !== null && q.scales.length === 1 && q.scales[0]! > 0 && Number.isFinite(q.scales[0]) && q.zeroPoints[0] === 0
  );
}

export const quantizeDefinition: OperatorDefinition<NoAttributes> = {
  name: 'quantize',
  summary:
    "output = the integer of the output's grid nearest to the input, which is a float or an integer of another grid",
  attributes: {},
  inputs: [{ name: 'input', description: 'any shape' }],
  outputs: [{ name: 'output', description: "the input's shape" }],
  signatures: (
    [
      ['float32', 'int8'],
      ['float32', 'uint8'],
      ['float32', 'int16'],
      ['int8', 'int8'],
      ['int8', 'uint8'],
      ['int8', 'int16'],
      ['int8', 'int32'],
      ['uint8', 'int8'],
      ['int16', 'int8'],
      ['int16', 'int16'],
      ['int16', 'int32'],
      ['int32', 'int8'],
      ['int32', 'int16'],
    ] as const
  ).map(conversion),
  constraints: [
    quantizedPerTensor({ inputs: [0], outputs: [0] }),
    quantizedInt32,
    {
      diagnostic: 'invalid-quantization',
      requires: 'integers on the finer grid of the output stay below 2^31 before they are saturated',
      violation: (view) => {
        const input = operand(view, 0);
        if (input.dtype === 'float32') {
          return null;
        }
        const { minimum, maximum } = rangeOfDType(input.dtype);
        const { zeroPoint } = perTensor(input.quantization);
        const { shift } = requantizationOf(view);
        return shift > 0 && Math.max(zeroPoint - minimum, maximum - zeroPoint) * 2 ** shift >= 2 ** 31
          ? `${describeTensor(input)} becomes up to 2^${shift} times as large`
          : null;
      },
    },
  ],
  inferShapes: (view) => [operand(view, 0).shape],
  macs: () => 0,
};

export const dequantizeDefinition: OperatorDefinition<NoAttributes> = {
  name: 'dequantize',
  summary: 'output = scale * (input - zero point), in float32',
  attributes: {},
  inputs: [{ name: 'input', description: 'any shape' }],
  outputs: [{ name: 'output', description: "the input's shape" }],
  signatures: (
    [
      ['int8', 'float32'],
      ['uint8', 'float32'],
      ['int16', 'float32'],
      ['int32', 'float32'],
    ] as const
  ).map(conversion),
  constraints: [quantizedPerTensor({ inputs: [0] }), quantizedInt32],
  inferShapes: (view) => [operand(view, 0).shape],
  macs: () => 0,
};
