import { elementCount, type NodeView, operand, result } from '../../ir/index.ts';
import { quantizeMultiplier } from '../../numerics/index.ts';
import { floatActivationRange, perTensor, quantizedActivationRange } from '../activation.ts';
import { field, float, type KernelRecord } from '../kernel.ts';
import { lookupKernel } from '../lookup.ts';
import type { ReluAttributes } from './definition.ts';
import { int8Relu } from './reference.ts';

type Kernel = KernelRecord<ReluAttributes>;

const elements = (view: NodeView<ReluAttributes>) => elementCount(result(view).shape);

const int8Portable: Kernel = {
  name: 'relu_s8__portable',
  isa: 'portable',
  description: 'Requantizes and clamps every element.',
  accepts: (view) => operand(view, 0).dtype === 'int8',
  cost: (view, goal) => ({ instructions: (goal === 'size' ? 27 : 15) * elements(view) + 10, codeBytes: 200 }),
  lower: (view) => {
    const input = perTensor(operand(view, 0).quantization);
    const output = perTensor(result(view).quantization);
    const multiplier = quantizeMultiplier(input.scale / output.scale);
    const range = quantizedActivationRange(view.attributes.activation, result(view));
    return {
      kernel: 'relu_s8__portable',
      work: { kind: 'run', units: elements(view) },
      constants: [],
      parameters: {
        type: 'relu_s8_parameters',
        fields: [
          field('input_zero_point', input.zeroPoint),
          field('multiplier', multiplier.multiplier),
          field('shift', multiplier.shift),
          field('output_zero_point', output.zeroPoint),
          field('output_minimum', range.minimum),
          field('output_maximum', range.maximum),
        ],
      },
      arguments: [
        { kind: 'input', index: 0 },
        { kind: 'output', index: 0 },
        { kind: 'parameters' },
        { kind: 'runLength' },
      ],
      scratchBytes: 0,
      inPlace: [0],
    };
  },
};

const float32Portable: Kernel = {
  name: 'relu_f32__portable',
  isa: 'portable',
  description: 'Clamps every element.',
  accepts: (view) => operand(view, 0).dtype === 'float32',
  cost: (view) => ({ instructions: 11 * elements(view) + 10, codeBytes: 50 }),
  lower: (view) => {
    const range = floatActivationRange(view.attributes.activation);
    return {
      kernel: 'relu_f32__portable',
      work: { kind: 'run', units: elements(view) },
      constants: [],
      arguments: [
        { kind: 'input', index: 0 },
        { kind: 'output', index: 0 },
        float(range.minimum),
        float(range.maximum),
        { kind: 'runLength' },
      ],
      scratchBytes: 0,
      inPlace: [0],
    };
  },
};

export const reluKernels: readonly Kernel[] = [int8Portable, lookupKernel(int8Relu), float32Portable];
