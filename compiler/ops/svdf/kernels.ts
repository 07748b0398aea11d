import { elementsFromBytes, type NodeView, operand, result } from '../../ir/index.ts';
import { floatActivationRange, perTensor } from '../activation.ts';
import {
  type Argument,
  type CField,
  type CodeGoal,
  type ConstantArray,
  constant,
  field,
  float,
  type KernelCall,
  type KernelRecord,
} from '../kernel.ts';
import { foldInputZeroPoint } from '../requantization.ts';
import type { SvdfAttributes } from './definition.ts';
import { svdfGeometry, svdfMultipliers } from './geometry.ts';

type View = NodeView<SvdfAttributes>;
type Kernel = KernelRecord<SvdfAttributes>;

const callArguments: readonly Argument[] = [
  { kind: 'input', index: 0 },
  { kind: 'input', index: 4 },
  { kind: 'output', index: 0 },
  { kind: 'parameters' },
];

const int8Portable: Kernel = {
  name: 'svdf_s8__portable',
  isa: 'portable',
  description: 'Filter by filter; the state is moved as it is read.',
  accepts: (view) => operand(view, 4).dtype === 'int8',
  cost: (view, goal) => ({ instructions: portableInstructions(view, goal), codeBytes: 560 }),
  lower: (view) => ({
    kernel: 'svdf_s8__portable',
    work: { kind: 'whole' },
    ...int8Data(view),
    arguments: callArguments,
    scratchBytes: 0,
    inPlace: [],
  }),
};

const int8Dsp: Kernel = {
  name: 'svdf_s8__dsp',
  isa: 'dsp',
  description: 'The features of two filters at a time, then four steps of each at a time.',
  accepts: (view) => operand(view, 4).dtype === 'int8' && fitsShortRequantization(view),
  cost: (view, goal) => {
    const { batches, inputs, filters, memory, units } = svdfGeometry(view);
    const [fourInputs, fourSteps] = goal === 'size' ? [20, 17] : [15, 9];
    // Two filters share their inputs; of a filter's steps the last one to four are left when fours of them are done.
    const features = fourInputs * Math.floor(inputs / 4) + 12 * (inputs % 4);
    const fours = Math.floor((memory - 1) / 4);
    const left = memory - 4 * fours;
    const filter = fourSteps * fours + (left === 4 ? 9 : 8 * left) + 75;
    const sums = Math.ceil(filters / 2) * features + filters * filter + 50 * units;
    return { instructions: 70 + batches * sums, codeBytes: 860 };
  },
  lower: (view) => ({
    kernel: 'svdf_s8__dsp',
    work: { kind: 'whole' },
    ...int8Data(view),
    arguments: callArguments,
    scratchBytes: 0,
    inPlace: [],
  }),
};

const int16StatePortable: Kernel = {
  name: 'svdf_state16_s8__portable',
  isa: 'portable',
  description: 'Filter by filter; the state is moved as it is read.',
  accepts: (view) => operand(view, 4).dtype === 'int16',
  cost: (view, goal) => ({ instructions: portableInstructions(view, goal), codeBytes: 640 }),
  lower: (view) => {
    const feature = featureConstants(view);
    const outcome = resultConstants(view);
    return {
      kernel: 'svdf_state16_s8__portable',
      work: { kind: 'whole' },
      constants: [...feature.constants, timeConstant(view), ...outcome.constants],
      parameters: {
        type: 'svdf_state16_s8_parameters',
        fields: [sizesField(view), ...feature.fields, field('time', constant('time')), outcome.field],
      },
      arguments: callArguments,
      scratchBytes: 0,
      inPlace: [],
    };
  },
};

const float32Portable: Kernel = {
  name: 'svdf_f32__portable',
  isa: 'portable',
  description: 'Filter by filter, any sizes.',
  accepts: (view) => operand(view, 4).dtype === 'float32',
  cost: (view, goal) => ({ instructions: portableInstructions(view, goal), codeBytes: 450 }),
  lower: (view) => {
    const bias = view.inputs[3] ?? null;
    const range = floatActivationRange(view.attributes.activation);
    const feature = operand(view, 1);
    return {
      kernel: 'svdf_f32__portable',
      work: { kind: 'whole' },
      constants: [
        {
          name: 'feature',
          values: elementsFromBytes(feature, feature.data!),
          comment: `float [${feature.shape.join(', ')}]`,
        },
        timeConstant(view),
        ...(bias === null ? [] : [{ name: 'bias', values: elementsFromBytes(bias, bias.data!), comment: 'float' }]),
      ],
      parameters: {
        type: 'svdf_f32_parameters',
        fields: [
          sizesField(view),
          field('feature', constant('feature')),
          field('time', constant('time')),
          field('bias', constant(bias === null ? null : 'bias')),
          field('output_minimum', float(range.minimum)),
          field('output_maximum', float(range.maximum)),
        ],
      },
      arguments: callArguments,
      scratchBytes: 0,
      inPlace: [],
    };
  },
};

export const svdfKernels: readonly Kernel[] = [int8Portable, int8Dsp, int16StatePortable, float32Portable];

function portableInstructions(view: View, goal: CodeGoal | undefined): number {
  const { batches, inputs, filters, memory, units } = svdfGeometry(view);
  const perInput = goal === 'size' ? 9 : 5;
  return 30 + batches * (filters * (perInput * inputs + 10 * memory + 65) + 55 * units);
}

/** Whether features are multiplied by less than 1/2, and their sums, for any input, stay below 2^30. */
function fitsShortRequantization(view: View): boolean {
  return svdfMultipliers(view).feature.shift < 0 && 255 * 128 * svdfGeometry(view).inputs < 2 ** 30;
}

/** Constants and parameters of the kernels whose state is int8. */
function int8Data(view: View): Pick<KernelCall, 'constants' | 'parameters'> {
  const feature = featureConstants(view);
  const outcome = resultConstants(view);
  return {
    constants: [...feature.constants, timeConstant(view), ...outcome.constants],
    parameters: {
      type: 'svdf_s8_parameters',
      fields: [
        sizesField(view),
        ...feature.fields,
        field('state_zero_point', perTensor(operand(view, 4).quantization).zeroPoint),
        field('time', constant('time')),
        outcome.field,
      ],
    },
  };
}

function sizesField(view: View): CField {
  const { batches, inputs, memory, rank, units } = svdfGeometry(view);
  return field('sizes', {
    kind: 'struct',
    fields: [
      field('batches', batches),
      field('inputs', inputs),
      field('memory', memory),
      field('rank', rank),
      field('units', units),
    ],
  });
}

/** The weights of the features as they are, their sums with the input's zero point, and the multiplier to the state. */
function featureConstants(view: View): {
  readonly constants: readonly ConstantArray[];
  readonly fields: readonly CField[];
} {
  const feature = operand(view, 1);
  const values = elementsFromBytes(feature, feature.data!) as Int8Array;
  const { filters, inputs } = svdfGeometry(view);
  const bias = foldInputZeroPoint(view, null, filters, (filter) =>
    values.subarray(filter * inputs, (filter + 1) * inputs),
  );
  const multiplier = svdfMultipliers(view).feature;
  return {
    constants: [
      { name: 'feature', values, comment: `int8 [${filters}, ${inputs}]` },
      { name: 'feature_bias', values: bias, comment: "the input's zero point times the weights, negative" },
    ],
    fields: [
      field('feature', constant('feature')),
      field('feature_bias', constant('feature_bias')),
      field('feature_multiplier', multiplier.multiplier),
      field('feature_shift', multiplier.shift),
    ],
  };
}

function timeConstant(view: View): ConstantArray {
  const time = operand(view, 2);
  return {
    name: 'time',
    values: elementsFromBytes(time, time.data!),
    comment: `${time.dtype} [${time.shape.join(', ')}]`,
  };
}

/** What turns sums over time into the result. The bias wraps around like the sums that it starts. */
function resultConstants(view: View): { readonly constants: readonly ConstantArray[]; readonly field: CField } {
  const time = operand(view, 2);
  const weights = elementsFromBytes(time, time.data!) as Int8Array | Int16Array;
  const bias = view.inputs[3] ?? null;
  const biases = bias === null ? null : (elementsFromBytes(bias, bias.data!) as Int32Array);
  const stateZeroPoint = perTensor(operand(view, 4).quantization).zeroPoint;
  const { units, rank, memory } = svdfGeometry(view);
  const folded = Int32Array.from({ length: units }, (_, unit) => {
    const own = weights.subarray(unit * rank * memory, (unit + 1) * rank * memory);
    const total = Array.from<number>(own).reduce((sum, weight) => sum + weight, 0);
    return ((biases?.[unit] ?? 0) - stateZeroPoint * total) | 0;
  });
  const { multiplier, shift } = svdfMultipliers(view).time;
  return {
    constants: [{ name: 'bias', values: folded, comment: "with the state's zero point folded in" }],
    field: field('result', {
      kind: 'struct',
      fields: [
        field('bias', constant('bias')),
        field('multiplier', multiplier),
        field('shift', shift),
        field('output_zero_point', perTensor(result(view).quantization).zeroPoint),
      ],
    }),
  };
}
