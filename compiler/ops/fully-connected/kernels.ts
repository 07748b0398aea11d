import { elementCount, elementsFromBytes, type NodeView, operand, result } from '../../ir/index.ts';
import { floatActivationRange, perTensor, quantizedActivationRange } from '../activation.ts';
import { constant, field, float, integer, type KernelRecord } from '../kernel.ts';
import {
  canPack,
  clampingInstructions,
  packMatrix,
  roundUp4,
  vectorInstructions,
  type WeightMatrix,
  weightMatrix,
} from '../packed-matrix.ts';
import { channelMultipliers, foldInputZeroPoint } from '../requantization.ts';
import type { FullyConnectedAttributes } from './definition.ts';

type Kernel = KernelRecord<FullyConnectedAttributes>;

const int8Portable: Kernel = {
  name: 'fully_connected_s8__portable',
  isa: 'portable',
  description: 'One dot product an output, any sizes.',
  accepts: (view) => operand(view, 0).dtype === 'int8',
  cost: (view, goal) => {
    const perProduct = goal === 'size' ? 9 : 6;
    return { instructions: perProduct * macs(view) + 58 * outputs(view) + 40, codeBytes: 160 };
  },
  lower: (view) => {
    const weights = operand(view, 1);
    const values = elementsFromBytes(weights, weights.data!) as Int8Array;
    const [rows, columns] = weights.shape as [number, number];
    const multipliers = channelMultipliers(operand(view, 0), weights, result(view), rows);
    const zeroPoint = weights.quantization!.zeroPoints[0]!;
    const range = quantizedActivationRange(view.attributes.activation, result(view));
    const bias = foldInputZeroPoint(view, view.inputs[2] ?? null, rows, (channel) =>
      Array.from(values.subarray(channel * columns, (channel + 1) * columns), (weight) => weight - zeroPoint),
    );
    return {
      kernel: 'fully_connected_s8__portable',
      work: { kind: 'whole' },
      constants: [
        { name: 'weights', values, comment: `int8 [${rows}, ${columns}]` },
        { name: 'bias', values: bias, comment: "with the input's zero point folded in" },
        {
          name: 'multipliers',
          values: Int32Array.from(multipliers, (m) => m.multiplier),
          comment: '31 fractional bits',
        },
        { name: 'shifts', values: Int8Array.from(multipliers, (m) => m.shift), comment: 'to the left if positive' },
      ],
      parameters: {
        type: 'fully_connected_s8_parameters',
        fields: [
          field('weights', constant('weights')),
          field('bias', constant('bias')),
          field('multipliers', constant('multipliers')),
          field('shifts', constant('shifts')),
          field('inputs', columns),
          field('outputs', rows),
          field('weights_zero_point', zeroPoint),
          field('output_zero_point', perTensor(result(view).quantization).zeroPoint),
          field('output_minimum', range.minimum),
          field('output_maximum', range.maximum),
        ],
      },
      arguments: [
        { kind: 'input', index: 0 },
        { kind: 'output', index: 0 },
        { kind: 'parameters' },
        integer(batches(view)),
      ],
      scratchBytes: 0,
      inPlace: [],
    };
  },
};

const int8Dsp: Kernel = {
  name: 'fully_connected_s8__dsp',
  isa: 'dsp',
  description: 'Four outputs at a time, two in one multiplication.',
  accepts: (view) => operand(view, 0).dtype === 'int8' && canPack(view, matrixOf(view)),
  cost: (view) => {
    const [rows, columns] = operand(view, 1).shape as [number, number];
    const product = vectorInstructions({ outputs: rows, columns: roundUp4(columns) });
    const moving = columns % 4 === 0 ? 0 : 22;
    const clamping = clampingInstructions(view, outputs(view));
    return { instructions: 20 + batches(view) * (product + moving) + clamping, codeBytes: 650 };
  },
  lower: (view) => {
    const matrix = matrixOf(view);
    const { constants, fields } = packMatrix(view, matrix, 4);
    return {
      kernel: 'fully_connected_s8__dsp',
      work: { kind: 'whole' },
      constants,
      parameters: {
        type: 'fully_connected_packed_s8_parameters',
        fields: [field('matrix', { kind: 'struct', fields }), field('inputs', operand(view, 1).shape[1]!)],
      },
      arguments: [
        { kind: 'input', index: 0 },
        { kind: 'output', index: 0 },
        { kind: 'parameters' },
        { kind: 'scratch' },
        integer(batches(view)),
      ],
      scratchBytes: operand(view, 1).shape[1]! % 4 === 0 ? 0 : matrix.columns,
      inPlace: [],
    };
  },
};

const float32Portable: Kernel = {
  name: 'fully_connected_f32__portable',
  isa: 'portable',
  description: 'One dot product an output, any sizes.',
  accepts: (view) => operand(view, 0).dtype === 'float32',
  cost: (view, goal) => {
    const perOutput = goal === 'size' ? 30 : 22;
    return { instructions: 6 * macs(view) + perOutput * outputs(view) + 44, codeBytes: 140 };
  },
  lower: (view) => {
    const weights = operand(view, 1);
    const bias = view.inputs[2] ?? null;
    const [rows, columns] = weights.shape as [number, number];
    const range = floatActivationRange(view.attributes.activation);
    return {
      kernel: 'fully_connected_f32__portable',
      work: { kind: 'whole' },
      constants: [
        { name: 'weights', values: elementsFromBytes(weights, weights.data!), comment: `float [${rows}, ${columns}]` },
        ...(bias === null ? [] : [{ name: 'bias', values: elementsFromBytes(bias, bias.data!), comment: 'float' }]),
      ],
      parameters: {
        type: 'fully_connected_f32_parameters',
        fields: [
          field('weights', constant('weights')),
          field('bias', constant(bias === null ? null : 'bias')),
          field('inputs', columns),
          field('outputs', rows),
          field('output_minimum', float(range.minimum)),
          field('output_maximum', float(range.maximum)),
        ],
      },
      arguments: [
        { kind: 'input', index: 0 },
        { kind: 'output', index: 0 },
        { kind: 'parameters' },
        integer(batches(view)),
      ],
      scratchBytes: 0,
      inPlace: [],
    };
  },
};

export const fullyConnectedKernels: readonly Kernel[] = [int8Portable, int8Dsp, float32Portable];

function matrixOf(view: NodeView<FullyConnectedAttributes>): WeightMatrix {
  const weights = operand(view, 1);
  const [rows, columns] = weights.shape as [number, number];
  return weightMatrix(elementsFromBytes(weights, weights.data!) as Int8Array, rows, 1, columns);
}

function outputs(view: NodeView<FullyConnectedAttributes>): number {
  return elementCount(result(view).shape);
}

function macs(view: NodeView<FullyConnectedAttributes>): number {
  return outputs(view) * operand(view, 1).shape[1]!;
}

function batches(view: NodeView<FullyConnectedAttributes>): number {
  return elementCount(operand(view, 0).shape) / operand(view, 1).shape[1]!;
}
