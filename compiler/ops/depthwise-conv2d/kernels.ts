import { elementsFromBytes, operand } from '../../ir/index.ts';
import { floatActivationRange } from '../activation.ts';
import { type Argument, constant, field, float, type KernelRecord } from '../kernel.ts';
import { imagesOf, rowWindowOf } from '../windows.ts';
import { type DepthwiseConv2dAttributes, depthwiseConv2d, depthwiseWindows } from './definition.ts';
import { geometryFields, outputsOf } from './geometry.ts';
import { int8Dsp, int8Dsp3x3, int8Portable } from './int8.ts';
import { int8Rows, int8RowsStride2 } from './int8-rows.ts';

type Kernel = KernelRecord<DepthwiseConv2dAttributes>;

const rowArguments: readonly Argument[] = [
  { kind: 'rows' },
  { kind: 'outputRows' },
  { kind: 'parameters' },
  { kind: 'rowCount' },
];

const float32Portable: Kernel = {
  name: 'depthwise_conv2d_f32__portable',
  isa: 'portable',
  description: 'One output channel after the other, any sizes.',
  accepts: (view) => operand(view, 0).dtype === 'float32',
  cost: (view) => ({
    instructions: 10 * depthwiseConv2d.macs(view) + outputsOf(view) * (14 * depthwiseWindows(view).kernel[0] + 77),
    codeBytes: 460,
  }),
  lower: (view) => {
    const { outputChannels } = imagesOf(view);
    const weights = operand(view, 1);
    const bias = view.inputs[2] ?? null;
    const [, height, width] = weights.shape as [number, number, number];
    const range = floatActivationRange(view.attributes.activation);
    return {
      kernel: 'depthwise_conv2d_f32__portable',
      work: { kind: 'rows', window: rowWindowOf(depthwiseWindows(view), 0) },
      constants: [
        {
          name: 'weights',
          values: elementsFromBytes(weights, weights.data!),
          comment: `float [${height}, ${width}, ${outputChannels}]`,
        },
        ...(bias === null ? [] : [{ name: 'bias', values: elementsFromBytes(bias, bias.data!), comment: 'float' }]),
      ],
      parameters: {
        type: 'depthwise_conv2d_f32_parameters',
        fields: [
          field('weights', constant('weights')),
          field('bias', constant(bias === null ? null : 'bias')),
          ...geometryFields(view),
          field('output_minimum', float(range.minimum)),
          field('output_maximum', float(range.maximum)),
        ],
      },
      arguments: rowArguments,
      scratchBytes: 0,
      inPlace: [],
    };
  },
};

export const depthwiseConv2dKernels: readonly Kernel[] = [
  int8Portable,
  int8Rows,
  int8RowsStride2,
  int8Dsp3x3,
  int8Dsp,
  float32Portable,
];
