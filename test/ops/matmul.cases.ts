import type { MatmulAttributes } from '../../compiler/ops/matmul/definition.ts';
import { type NodeCase, q } from '../support/node-case.ts';

function product(
  name: string,
  dtype: 'int8' | 'float32',
  a: readonly number[],
  b: readonly number[],
  attributes: Partial<MatmulAttributes> = {},
): NodeCase {
  const quantized = (scale: number, zeroPoint: number) =>
    dtype === 'int8' ? { quantization: q(scale, zeroPoint) } : {};
  return {
    name: `${dtype} ${name}`,
    operator: 'matmul',
    attributes: { transposeA: false, transposeB: false, activation: 'none', ...attributes },
    inputs: [
      { dtype, shape: a, ...quantized(0.05, -7) },
      { dtype, shape: b, ...quantized(0.02, 12) },
    ],
    outputs: [{ dtype, ...quantized(0.4, 3) }],
  };
}

export const matmulCases: readonly NodeCase[] = (['int8', 'float32'] as const).flatMap((dtype) => [
  product('3x5 times 5x4', dtype, [3, 5], [5, 4]),
  product('one element', dtype, [1, 1], [1, 1]),
  product('transposed left', dtype, [5, 3], [5, 4], { transposeA: true }),
  product('transposed right', dtype, [3, 5], [4, 5], { transposeB: true }),
  product('both transposed', dtype, [5, 3], [4, 5], { transposeA: true, transposeB: true }),
  product('batches', dtype, [2, 3, 5], [2, 5, 4]),
  product('broadcast right', dtype, [2, 3, 4, 5], [5, 2]),
  product('broadcast both', dtype, [2, 1, 3, 5], [3, 5, 2]),
  product('relu', dtype, [3, 17], [17, 4], { activation: 'relu' }),
]);
