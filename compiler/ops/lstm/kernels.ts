import { elementsFromBytes, operand } from '../../ir/index.ts';
import { type Argument, constant, field, float, type KernelRecord } from '../kernel.ts';
import { gates, type LstmAttributes, lstmSizes, operands } from './definition.ts';
import { interleavedWeights, lstmFields } from './int8.ts';
import { canPackLstm, packLstm } from './packing.ts';

type Kernel = KernelRecord<LstmAttributes>;

const callArguments: readonly Argument[] = [
  { kind: 'input', index: operands.input },
  { kind: 'input', index: operands.hiddenState },
  { kind: 'input', index: operands.cellState },
  { kind: 'output', index: 0 },
  { kind: 'parameters' },
];

const int8Portable: Kernel = {
  name: 'lstm_s8__portable',
  isa: 'portable',
  description: 'Unit by unit, one dot product after another, any sizes.',
  accepts: (view) => operand(view, 0).dtype === 'int8',
  cost: (view, goal) => {
    const { steps, batches, inputs, units } = lstmSizes(view);
    const [perColumn, perUnit] = goal === 'size' ? [24, 740] : [18, 530];
    const unit = perColumn * (inputs + units) + perUnit;
    return { instructions: steps * batches * (units * unit + 60), codeBytes: 720, tableBytes: 512 };
  },
  lower: (view) => {
    const { inputs, units } = lstmSizes(view);
    const input = interleavedWeights(view, 'input');
    const recurrent = interleavedWeights(view, 'recurrent');
    return {
      kernel: 'lstm_s8__portable',
      work: { kind: 'whole' },
      constants: [
        { name: 'weights', values: input.weights, comment: `int8 [${units}, 4, ${inputs}]` },
        { name: 'recurrent_weights', values: recurrent.weights, comment: `int8 [${units}, 4, ${units}]` },
        { name: 'biases', values: input.biases, comment: `[${units}, 4], with the input's zero point folded in` },
        {
          name: 'recurrent_biases',
          values: recurrent.biases,
          comment: `[${units}, 4], the hidden state's zero point times the weights, negative`,
        },
      ],
      parameters: {
        type: 'lstm_s8_parameters',
        fields: [
          ...lstmFields(view, 'left'),
          field('weights', constant('weights')),
          field('recurrent_weights', constant('recurrent_weights')),
          field('biases', constant('biases')),
          field('recurrent_biases', constant('recurrent_biases')),
        ],
      },
      arguments: callArguments,
      scratchBytes: 0,
      inPlace: [],
    };
  },
};

const int8Dsp: Kernel = {
  name: 'lstm_s8__dsp',
  isa: 'dsp',
  description: 'The four gates of a unit together, two in one multiplication.',
  accepts: (view) => operand(view, 0).dtype === 'int8' && canPackLstm(view),
  cost: (view, goal) => {
    const { steps, batches, inputs, units } = lstmSizes(view);
    const [fourColumns, perUnit] = goal === 'size' ? [17, 320] : [17, 228];
    const fours = Math.ceil(inputs / 4) + Math.ceil(units / 4);
    // The columns are expanded and the hidden state is copied once a step.
    const step = units * (fourColumns * fours + perUnit) + 20 * fours + 50;
    return { instructions: steps * batches * step, codeBytes: 900, tableBytes: 512 };
  },
  lower: (view) => {
    const { constants, columns } = packLstm(view);
    return {
      kernel: 'lstm_s8__dsp',
      work: { kind: 'whole' },
      constants,
      parameters: {
        type: 'lstm_packed_s8_parameters',
        fields: [...lstmFields(view, 'right'), field('weights', constant('weights')), field('sums', constant('sums'))],
      },
      arguments: [...callArguments, { kind: 'scratch' }],
      scratchBytes: 2 * columns,
      inPlace: [],
    };
  },
};

const float32Portable: Kernel = {
  name: 'lstm_f32__portable',
  isa: 'portable',
  description: "Unit by unit, with the C library's exponential and tanh.",
  accepts: (view) => operand(view, 0).dtype === 'float32',
  cost: (view) => {
    const { steps, batches, inputs, units } = lstmSizes(view);
    return { instructions: steps * batches * units * (27 * (inputs + units) + 505), codeBytes: 480 };
  },
  lower: (view) => {
    const { inputs, units } = lstmSizes(view);
    const arrays = (name: string, first: number, shape: string) =>
      gates.map((gate, g) => {
        const tensor = operand(view, first + g);
        return {
          name: `${gate}_${name}`,
          values: elementsFromBytes(tensor, tensor.data!),
          comment: `float [${shape}]`,
        };
      });
    const pointers = (name: string) =>
      field(name, { kind: 'array', values: gates.map((gate) => constant(`${gate}_${name}`)) });
    return {
      kernel: 'lstm_f32__portable',
      work: { kind: 'whole' },
      constants: [
        ...arrays('weights', operands.weights, `${units}, ${inputs}`),
        ...arrays('recurrent_weights', operands.recurrentWeights, `${units}, ${units}`),
        ...arrays('biases', operands.biases, `${units}`),
      ],
      parameters: {
        type: 'lstm_f32_parameters',
        fields: [
          lstmFields(view, 'left')[0]!,
          pointers('weights'),
          pointers('recurrent_weights'),
          pointers('biases'),
          field('cell_clip', float(Math.fround(view.attributes.cellClip))),
        ],
      },
      arguments: callArguments,
      scratchBytes: 0,
      inPlace: [],
    };
  },
};

export const lstmKernels: readonly Kernel[] = [int8Portable, int8Dsp, float32Portable];
