import { elementCount, elementsFromBytes, type NodeView, operand, result } from '../../ir/index.ts';
import { perTensor, quantizedActivationRange } from '../activation.ts';
import { constant, field, type KernelRecord } from '../kernel.ts';
import {
  type Channel,
  channelsOf,
  requantizationFactors,
  roundUp4,
  suitsRequantization,
  weightMatrix,
} from '../packed-matrix.ts';
import type { Conv2dAttributes } from './definition.ts';
import { isPointwise } from './window.ts';

type View = NodeView<Conv2dAttributes>;

/** Input channels that the kernel's unrolled loop takes, and those with which the last word it reads ends within the input. */
const [fewestInputs, mostInputs] = [2, 32];

export const int8PointwiseWideDsp: KernelRecord<Conv2dAttributes> = {
  name: 'conv2d_1x1_wide_s8__dsp',
  isa: 'dsp',
  description: 'Two pixels by two channels at a time, weights as int16; 1x1 windows, 2 to 32 input channels.',
  accepts: (view) => {
    const { inputs, outputs } = sizesOf(view);
    return (
      operand(view, 0).dtype === 'int8' &&
      isPointwise(view) &&
      inputs >= fewestInputs &&
      inputs <= mostInputs &&
      outputs % 2 === 0 &&
      operand(view, 1).quantization!.zeroPoints.every((zeroPoint) => zeroPoint === 0) &&
      channelsOfView(view).every(suitsRequantization)
    );
  },
  cost: (view) => {
    const { columns, outputs, pixels } = sizesOf(view);
    const product = (outputs / 2) * ((10 * columns) / 4 + 29);
    return {
      instructions: Math.ceil(pixels / 2) * (product + (9 * columns) / 4 + 13) + 120,
      codeBytes: 900,
      tableBytes: outputs * (columns + 2),
    };
  },
  lower: (view) => {
    const { inputs, columns, outputs, pixels } = sizesOf(view);
    const { minimum, maximum } = quantizedActivationRange(view.attributes.activation, result(view));
    const zeroPoint = perTensor(result(view).quantization).zeroPoint;
    return {
      kernel: 'conv2d_1x1_wide_s8__dsp',
      work: { kind: 'run', units: pixels },
      constants: [
        {
          name: 'weights',
          values: packPairs(channelsOfView(view), columns, zeroPoint),
          comment: 'for two channels: biases, int16 weights, factors of multiplier and shift of each, zero point',
        },
      ],
      parameters: {
        type: 'conv2d_1x1_wide_s8_parameters',
        fields: [
          field('matrix', {
            kind: 'struct',
            fields: [
              field('weights', constant('weights')),
              field('channels', constant(null)),
              field('columns', columns),
              field('outputs', outputs),
              field('zero_point', zeroPoint),
              field('output_minimum', minimum),
              field('output_maximum', maximum),
            ],
          }),
          field('channels', inputs),
        ],
      },
      arguments: [
        { kind: 'input', index: 0 },
        { kind: 'output', index: 0 },
        { kind: 'parameters' },
        { kind: 'scratch' },
        { kind: 'runLength' },
      ],
      scratchBytes: 5 * columns,
      inPlace: [0],
    };
  },
};

function sizesOf(view: View) {
  const [outputs, , , inputs] = operand(view, 1).shape as [number, number, number, number];
  return { outputs, inputs, columns: roundUp4(inputs), pixels: elementCount(result(view).shape.slice(0, 3)) };
}

function channelsOfView(view: View): readonly Channel[] {
  const { outputs, inputs } = sizesOf(view);
  const weights = operand(view, 1);
  return channelsOf(view, weightMatrix(elementsFromBytes(weights, weights.data!) as Int8Array, outputs, 1, inputs));
}

/** Words for every two channels: see `conv2d.h`. */
function packPairs(channels: readonly Channel[], columns: number, zeroPoint: number): Uint32Array {
  const words: number[] = [];
  for (let o = 0; o < channels.length; o += 2) {
    const pair = channels.slice(o, o + 2);
    words.push(...pair.map(({ bias }) => bias));
    for (let k = 0; k < columns; k += 4) {
      for (const { weights } of pair) {
        for (const first of [k, k + 1]) {
          words.push((weights[first]! & 0xffff) | (weights[first + 2]! << 16));
        }
      }
    }
    words.push(...pair.flatMap(({ multiplier }) => requantizationFactors(multiplier)), zeroPoint);
  }
  return Uint32Array.from(words, (word) => word >>> 0);
}
