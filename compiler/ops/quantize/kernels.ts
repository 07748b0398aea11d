import { type DType, elementCount, type NodeView, operand, result } from '../../ir/index.ts';
import { perTensor } from '../activation.ts';
import { field, float, integer, type KernelRecord } from '../kernel.ts';
import { lookupKernel } from '../lookup.ts';
import { dequantizeDefinition, type NoAttributes, quantizeDefinition } from './definition.ts';
import { requantize } from './reference.ts';
import { requantizationOf } from './rescaling.ts';

type View = NodeView<NoAttributes>;
type Kernel = KernelRecord<NoAttributes>;

const suffixes: { readonly [dtype in DType]?: string } = {
  int8: 's8',
  uint8: 'u8',
  int16: 's16',
  int32: 's32',
  float32: 'f32',
};

const elements = (view: View) => elementCount(result(view).shape);

const converts = (from: DType, to: DType) => (view: View) =>
  operand(view, 0).dtype === from && result(view).dtype === to;

/** Floats to integers. */
function fromFloat(to: DType): Kernel {
  const name = `quantize_f32_${suffixes[to]}__portable`;
  return {
    name,
    isa: 'portable',
    description: 'Divides by the scale and rounds half away from zero.',
    accepts: converts('float32', to),
    cost: (view, goal) => ({ instructions: (goal === 'size' ? 33 : 24) * elements(view) + 20, codeBytes: 150 }),
    lower: (view) => {
      const { scale, zeroPoint } = perTensor(result(view).quantization);
      return {
        kernel: name,
        work: { kind: 'run', units: elements(view) },
        constants: [],
        arguments: [
          { kind: 'input', index: 0 },
          { kind: 'output', index: 0 },
          float(Math.fround(scale)),
          integer(zeroPoint),
          { kind: 'runLength' },
        ],
        scratchBytes: 0,
        inPlace: [],
      };
    },
  };
}

/** Integers to integers of another grid. */
function fromInteger(from: DType, to: DType): Kernel {
  const name = `quantize_${suffixes[from]}_${suffixes[to]}__portable`;
  return {
    name,
    isa: 'portable',
    description: 'Requantizes every element.',
    accepts: converts(from, to),
    cost: (view) => ({ instructions: (to === 'int32' ? 13 : 24) * elements(view) + 10, codeBytes: 230 }),
    lower: (view) => {
      const { multiplier, shift } = requantizationOf(view);
      return {
        kernel: name,
        work: { kind: 'run', units: elements(view) },
        constants: [],
        parameters: {
          type: 'quantize_parameters',
          fields: [
            field('input_zero_point', perTensor(operand(view, 0).quantization).zeroPoint),
            field('multiplier', multiplier),
            field('shift', shift),
            field('output_zero_point', perTensor(result(view).quantization).zeroPoint),
          ],
        },
        arguments: [
          { kind: 'input', index: 0 },
          { kind: 'output', index: 0 },
          { kind: 'parameters' },
          { kind: 'runLength' },
        ],
        scratchBytes: 0,
        inPlace: from === to ? [0] : [],
      };
    },
  };
}

/** Integers to floats. */
function toFloat(from: DType): Kernel {
  const name = `dequantize_${suffixes[from]}__portable`;
  return {
    name,
    isa: 'portable',
    description: 'Multiplies the distance from the zero point by the scale.',
    accepts: converts(from, 'float32'),
    cost: (view) => ({ instructions: 8 * elements(view) + 10, codeBytes: 40 }),
    lower: (view) => {
      const { scale, zeroPoint } = perTensor(operand(view, 0).quantization);
      return {
        kernel: name,
        work: { kind: 'run', units: elements(view) },
        constants: [],
        arguments: [
          { kind: 'input', index: 0 },
          { kind: 'output', index: 0 },
          float(Math.fround(scale)),
          integer(zeroPoint),
          { kind: 'runLength' },
        ],
        scratchBytes: 0,
        inPlace: [],
      };
    },
  };
}

export const quantizeKernels: readonly Kernel[] = [
  ...quantizeDefinition.signatures.map(({ inputs, outputs }) =>
    inputs[0] === 'float32' ? fromFloat(outputs[0]!) : fromInteger(inputs[0]!, outputs[0]!),
  ),
  lookupKernel(requantize),
];

export const dequantizeKernels: readonly Kernel[] = dequantizeDefinition.signatures.map(({ inputs }) =>
  toFloat(inputs[0]!),
);
