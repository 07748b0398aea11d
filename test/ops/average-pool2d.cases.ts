import type { PoolAttributes } from '../../compiler/ops/pool.ts';
import { type NodeCase, q } from '../support/node-case.ts';

/** The control: 2 by 2, stride 2, 8 channels. */
export function poolCase(
  operator: 'average_pool2d' | 'max_pool2d',
  dtype: 'int8' | 'float32',
  name: string,
  shape: readonly number[],
  changes: Partial<PoolAttributes> & { readonly zeroPoint?: number; readonly range?: readonly [number, number] } = {},
): NodeCase {
  const { zeroPoint = -3, range, ...attributes } = changes;
  const quantization = dtype === 'int8' ? { quantization: q(0.05, zeroPoint) } : {};
  return {
    name: `${dtype} ${name}`,
    operator,
    attributes: { kernel: [2, 2], strides: [2, 2], padding: [0, 0, 0, 0], activation: 'none', ...attributes },
    inputs: [{ dtype, shape, ...quantization, ...(range === undefined ? {} : { range }) }],
    outputs: [{ dtype, ...quantization }],
  };
}

/** Cases that both pools have. */
export function poolCases(operator: 'average_pool2d' | 'max_pool2d'): readonly NodeCase[] {
  const int8 = (name: string, shape: readonly number[], changes: Parameters<typeof poolCase>[4] = {}) =>
    poolCase(operator, 'int8', name, shape, changes);
  return [
    int8('2x2 stride 2', [1, 6, 8, 8]),
    int8('1 channel', [1, 5, 6, 1]),
    int8('3 channels', [1, 4, 6, 3]),
    int8('4 channels', [1, 4, 6, 4]),
    int8('5 channels', [1, 4, 6, 5]),
    int8('7 channels', [1, 4, 6, 7]),
    int8('stride 1', [1, 4, 5, 8], { strides: [1, 1] }),
    int8('strides 1 by 3', [1, 4, 8, 4], { strides: [1, 3] }),
    int8('padding at the end', [1, 5, 7, 8], { padding: [0, 1, 0, 1] }),
    int8('3x3 padded around', [1, 5, 6, 8], { kernel: [3, 3], strides: [1, 1], padding: [1, 1, 1, 1] }),
    int8('3x3 stride 2 padded around', [1, 7, 6, 5], { kernel: [3, 3], padding: [1, 1, 1, 1] }),
    int8('window larger than the image', [1, 2, 3, 4], { kernel: [5, 5], strides: [1, 1], padding: [2, 2, 2, 2] }),
    int8('global', [1, 5, 5, 16], { kernel: [5, 5], strides: [1, 1] }),
    int8('global 25x5', [1, 25, 5, 8], { kernel: [25, 5], strides: [25, 5] }),
    int8('global 17x19, more than 256 elements', [1, 17, 19, 6], {
      kernel: [17, 19],
      zeroPoint: -128,
      range: [-128, -120],
    }),
    int8('global 17x19 of 127', [1, 17, 19, 4], { kernel: [17, 19], range: [127, 127] }),
    int8('1x1', [1, 3, 4, 8], { kernel: [1, 1], strides: [1, 1] }),
    int8('1x1 stride 2', [1, 3, 4, 6], { kernel: [1, 1] }),
    int8('1x4', [1, 3, 8, 4], { kernel: [1, 4], strides: [1, 4] }),
    int8('3x1', [1, 7, 3, 9], { kernel: [3, 1], strides: [2, 1] }),
    int8('relu', [1, 4, 6, 8], { activation: 'relu', zeroPoint: 10 }),
    int8('relu6', [1, 4, 6, 5], { activation: 'relu6', zeroPoint: -100 }),
    int8('small values around zero', [1, 8, 8, 8], { range: [-2, 2] }),
    int8('batch 3', [3, 4, 4, 4]),
    int8('batch 2, padded', [2, 3, 5, 6], { kernel: [3, 3], strides: [2, 2], padding: [1, 1, 1, 1] }),
    poolCase(operator, 'float32', '2x2', [1, 4, 6, 3]),
    poolCase(operator, 'float32', '3x3 padded, relu6', [1, 5, 6, 2], {
      kernel: [3, 3],
      padding: [1, 1, 1, 1],
      activation: 'relu6',
    }),
    poolCase(operator, 'float32', 'batch 2, global', [2, 4, 4, 5], { kernel: [4, 4] }),
    poolCase(operator, 'float32', 'global', [1, 4, 5, 3], { kernel: [4, 5] }),
    poolCase(operator, 'float32', 'below -1', [1, 3, 3, 2], {
      kernel: [3, 3],
      strides: [1, 1],
      padding: [2, 2, 2, 2],
      range: [-9, -1],
    }),
  ];
}

export const averagePool2dCases: readonly NodeCase[] = poolCases('average_pool2d');
