import { elementCount, elementsFromBytes, operand, result } from '../../ir/index.ts';
import { perTensor } from '../activation.ts';
import { constant, field, type KernelRecord } from '../kernel.ts';
import { type Conv2dAttributes, conv2d } from './definition.ts';
import { plainChannels } from './plain-channels.ts';
import { rowArguments, rowWindow, windowField } from './window.ts';

export const int8Portable: KernelRecord<Conv2dAttributes> = {
  name: 'conv2d_s8__portable',
  isa: 'portable',
  description: 'One dot product an output, any window, any groups.',
  accepts: (view) => operand(view, 0).dtype === 'int8',
  cost: (view, goal) => {
    const [, height, width] = operand(view, 1).shape as [number, number, number];
    const outputs = elementCount(result(view).shape);
    const perProduct = goal === 'size' ? 15 : 6;
    return {
      instructions: perProduct * conv2d.macs(view) + outputs * (height * (24 * width + 30) + 71),
      codeBytes: 420,
    };
  },
  lower: (view) => {
    const weights = operand(view, 1);
    const values = elementsFromBytes(weights, weights.data!) as Int8Array;
    const [outputs, height, width, inputs] = weights.shape as [number, number, number, number];
    const taps = height * width * inputs;
    const zeroPoint = weights.quantization!.zeroPoints[0]!;
    const { constants, addressFields, valueFields } = plainChannels(view, (channel) =>
      Array.from(values.subarray(channel * taps, (channel + 1) * taps), (weight) => weight - zeroPoint),
    );
    const inputZeroPoint = perTensor(operand(view, 0).quantization).zeroPoint;
    return {
      kernel: 'conv2d_s8__portable',
      work: { kind: 'rows', window: rowWindow(view, inputZeroPoint) },
      constants: [{ name: 'weights', values, comment: `int8 [${weights.shape.join(', ')}]` }, ...constants],
      parameters: {
        type: 'conv2d_s8_parameters',
        fields: [
          windowField(view, inputZeroPoint),
          field('weights', constant('weights')),
          ...addressFields,
          field('weights_zero_point', zeroPoint),
          field('group_inputs', inputs),
          field('group_outputs', outputs / view.attributes.groups),
          field('outputs', outputs),
          ...valueFields,
        ],
      },
      arguments: rowArguments(),
      scratchBytes: 0,
      inPlace: [],
    };
  },
};
