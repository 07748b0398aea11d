/** Means over the height and width of a whole image, whose rows can come one after another: `msc/global_mean.h`. */
import type { Attributes, NodeView } from '../ir/index.ts';
import { operand } from '../ir/index.ts';
import { type CField, field, type Isa, type KernelCall } from './kernel.ts';

/** Most elements of a mean whose sum always fits 16 bits. */
const mostElements = 256;

/** Whether operand 0 is one image, NHWC, of which the kernels of an instruction set can keep the sums. */
export function isSummable(view: NodeView<Attributes>, dtype: 'int8' | 'float32', isa: Isa): boolean {
  const image = operand(view, 0);
  const [batches, height, width, channels] = image.shape;
  const fits = isa === 'portable' || (channels! >= 4 && height! * width! <= mostElements);
  return image.dtype === dtype && image.shape.length === 4 && batches === 1 && fits;
}

/** Instructions of a mean of operand 0 by sums, as counted on Cortex-M7. `perMean` is what one result takes. */
export function summingInstructions(view: NodeView<Attributes>, isa: Isa, perMean: number): number {
  const [, height, width, channels] = operand(view, 0).shape as [number, number, number, number];
  const means = isa === 'dsp' ? Math.ceil(channels / 4) * 4 : channels;
  const perElement = isa === 'dsp' ? 1.15 : operand(view, 0).dtype === 'float32' ? 5 : 4;
  return Math.round(60 + means * (height * width * perElement + perMean));
}

/** The call of a kernel of `global_mean.h`; `fields` are those behind the size of the image. */
export function summingCall(view: NodeView<Attributes>, name: string, isa: Isa, fields: readonly CField[]): KernelCall {
  const [, height, width, channels] = operand(view, 0).shape as [number, number, number, number];
  return {
    kernel: `${name}__${isa}`,
    work: { kind: 'reduction' },
    constants: [],
    parameters: {
      type: `${name}_parameters`,
      fields: [field('channels', channels), field('width', width), field('height', height), ...fields],
    },
    arguments: [
      { kind: 'input', index: 0 },
      { kind: 'output', index: 0 },
      { kind: 'parameters' },
      { kind: 'scratch' },
      { kind: 'rowIndex' },
      { kind: 'rowCount' },
    ],
    scratchBytes: isa === 'dsp' ? 8 * Math.ceil(channels / 4) : 4 * channels,
    inPlace: [],
  };
}
