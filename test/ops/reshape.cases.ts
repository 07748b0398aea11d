import type { DType } from '../../compiler/ir/index.ts';
import { type NodeCase, q } from '../support/node-case.ts';

function reshapeCase(dtype: DType, from: readonly number[], shape: readonly number[]): NodeCase {
  const quantization = dtype === 'float32' || dtype === 'int32' ? {} : { quantization: q(0.5, 0) };
  return {
    name: `${dtype} [${from}] to [${shape}]`,
    operator: 'reshape',
    attributes: { shape },
    inputs: [{ dtype, shape: from, ...quantization }],
    outputs: [{ dtype, ...quantization }],
  };
}

export const reshapeCases: readonly NodeCase[] = [
  reshapeCase('int8', [1, 3, 5, 7], [1, 105]),
  reshapeCase('int8', [1], []),
  reshapeCase('uint8', [2, 3], [3, 2]),
  reshapeCase('int16', [2, 3], [6]),
  reshapeCase('int32', [2, 3], [1, 2, 3]),
  reshapeCase('float32', [2, 3], [1, 1, 6]),
];
