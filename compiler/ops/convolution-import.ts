import type { ImportedOperator } from '../frontends/imported-model.ts';
import { describeTensor, type Quantization, sizeOfDType, type Tensor, type TensorId } from '../ir/index.ts';
import type { Activation } from './activation.ts';
import { type ImportScope, refuse } from './import-scope.ts';
import type { HeightWidth, Padding } from './padding.ts';

/** A convolution as a file has it, with its padding resolved. */
export interface ImportedConvolution {
  readonly input: TensorId;
  readonly weights: TensorId;
  /** `OHWI`: [outputs, height, width, inputs / groups]; `1HWO`: [1, height, width, outputs], depthwise. */
  readonly weightsLayout: 'OHWI' | '1HWO';
  readonly bias: TensorId | null;
  readonly output: TensorId;
  readonly strides: HeightWidth;
  readonly dilations: HeightWidth;
  readonly padding: Padding;
  readonly groups: number;
  readonly activation: Activation;
}

/**
 * Adds the node that stands for a convolution, the same for every format: `depthwise_conv2d` with weights
 * [1, height, width, outputs] where every group has one input channel and there are several groups, else `conv2d` with
 * weights [outputs, height, width, inputs / groups]. Constant weights are laid out anew where they have to.
 */
export function addConvolution(operator: ImportedOperator, scope: ImportScope, convolution: ImportedConvolution): void {
  const { strides, dilations, padding, groups, activation, weightsLayout } = convolution;
  const weights = scope.tensor(convolution.weights);
  if (weights.shape.length !== 4) {
    refuse(operator, 'unsupported-shape', {
      found: `weights ${describeTensor(weights)}`,
      requires: 'weights of rank 4',
    });
  }
  const isDepthwise = groups > 1 && (weightsLayout === '1HWO' || weights.shape[3] === 1);
  const wanted = isDepthwise ? '1HWO' : 'OHWI';
  const inputs = [
    convolution.input,
    wanted === weightsLayout ? convolution.weights : withOtherLayout(operator, scope, weights, wanted),
    convolution.bias,
  ];
  const attributes = { strides, dilations, padding, activation };
  scope.addNode(isDepthwise ? 'depthwise_conv2d' : 'conv2d', operator, {
    inputs,
    outputs: [convolution.output],
    attributes: isDepthwise ? attributes : { ...attributes, groups },
  });
}

/** The same weights, of one input channel a group, in the other layout: [O, H, W, 1] and [1, H, W, O] transpose to each other. */
function withOtherLayout(
  operator: ImportedOperator,
  scope: ImportScope,
  weights: Tensor,
  wanted: 'OHWI' | '1HWO',
): TensorId {
  const toChannelsLast = wanted === '1HWO';
  const [first, height, width, last] = weights.shape as [number, number, number, number];
  const channels = toChannelsLast ? first : last;
  if (weights.data === null) {
    refuse(operator, 'operand-not-constant', { found: `weights ${describeTensor(weights)} are computed` });
  }
  if ((toChannelsLast ? last : first) !== 1) {
    refuse(operator, 'unsupported-shape', {
      found: `weights ${describeTensor(weights)}`,
      requires: `dimension ${toChannelsLast ? 3 : 0} is 1`,
    });
  }
  const shape = toChannelsLast ? [1, height, width, channels] : [channels, height, width, 1];
  const positions = height * width;
  const [rows, columns] = toChannelsLast ? [channels, positions] : [positions, channels];
  const data = transposeMatrix(weights.data, rows, columns, sizeOfDType(weights.dtype));
  const quantization = withAxis(weights.quantization, toChannelsLast ? 3 : 0);
  return scope.addConstant(weights.name, { dtype: weights.dtype, shape, quantization }, data);
}

/** The transpose of a matrix of elements of `elementBytes` bytes. */
export function transposeMatrix(bytes: Uint8Array, rows: number, columns: number, elementBytes: number): Uint8Array {
  const result = new Uint8Array(bytes.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const from = (row * columns + column) * elementBytes;
      result.set(bytes.subarray(from, from + elementBytes), (column * rows + row) * elementBytes);
    }
  }
  return result;
}

function withAxis(quantization: Quantization | null, axis: number): Quantization | null {
  return quantization === null || quantization.axis === null ? quantization : { ...quantization, axis };
}
