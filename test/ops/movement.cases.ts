import type { Attributes, DType } from '../../compiler/ir/index.ts';
import { type NodeCase, q } from '../support/node-case.ts';

function moving(
  operator: string,
  name: string,
  shapes: readonly (readonly number[])[],
  attributes: Attributes,
  dtype: DType = 'int8',
): NodeCase {
  const quantization = dtype === 'int8' || dtype === 'int16' ? { quantization: q(0.5, 0) } : {};
  return {
    name: `${operator} ${name} ${dtype}`,
    operator,
    attributes,
    inputs: shapes.map((shape) => ({ dtype, shape, ...quantization })),
    outputs: [{ dtype, ...quantization }],
  };
}

const types: readonly DType[] = ['int8', 'int16', 'int32', 'float32'];

export const movementCases: readonly NodeCase[] = [
  ...types.map((dtype) => moving('transpose', 'NHWC to NCHW', [[2, 3, 5, 4]], { permutation: [0, 3, 1, 2] }, dtype)),
  moving('transpose', 'identity', [[3, 4]], { permutation: [0, 1] }),
  moving('transpose', 'scalar', [[]], { permutation: [] }),
  moving('transpose', 'matrix', [[7, 5]], { permutation: [1, 0] }),
  moving('transpose', 'rank 6 reversed', [[2, 1, 3, 2, 2, 3]], { permutation: [5, 4, 3, 2, 1, 0] }),
  moving('transpose', 'last axis stays', [[3, 2, 5]], { permutation: [1, 0, 2] }),
  ...types.map((dtype) =>
    moving(
      'slice',
      'inner block',
      [[2, 5, 6, 3]],
      { begin: [0, 1, 2, 0], size: [2, 3, 4, 3], strides: [1, 1, 1, 1] },
      dtype,
    ),
  ),
  moving('slice', 'steps', [[7, 9]], { begin: [1, 0], size: [3, 3], strides: [2, 4] }),
  moving('slice', 'backwards', [[4, 5]], { begin: [3, 4], size: [4, 3], strides: [-1, -2] }),
  moving('slice', 'one element', [[4, 5]], { begin: [2, 3], size: [1, 1], strides: [1, 1] }),
  moving('slice', 'whole', [[4, 5]], { begin: [0, 0], size: [4, 5], strides: [1, 1] }),
  ...types.map((dtype) =>
    moving('pad', 'all sides', [[1, 3, 4, 2]], { before: [0, 1, 2, 0], after: [0, 3, 1, 1], value: 7 }, dtype),
  ),
  moving('pad', 'nothing', [[3]], { before: [0], after: [0], value: -128 }),
  moving('pad', 'front only', [[3, 2]], { before: [2, 0], after: [0, 0], value: -1 }),
  moving('pad', 'float value', [[3, 2]], { before: [2, 1], after: [0, 0], value: 0.25 }, 'float32'),
  ...types.map((dtype) =>
    moving(
      'concat',
      'channels',
      [
        [1, 3, 2, 4],
        [1, 3, 2, 1],
        [1, 3, 2, 5],
      ],
      { axis: 3 },
      dtype,
    ),
  ),
  ...types.map((dtype) =>
    moving(
      'concat',
      'channels of two images, which can advance together',
      [
        [1, 5, 2, 4],
        [1, 5, 2, 3],
      ],
      { axis: 3 },
      dtype,
    ),
  ),
  moving(
    'concat',
    'columns of two images',
    [
      [1, 4, 3, 2],
      [1, 4, 2, 2],
    ],
    { axis: 2 },
  ),
  moving('concat', 'one operand', [[3, 2]], { axis: 1 }),
  moving(
    'concat',
    'outermost',
    [
      [3, 2],
      [1, 2],
    ],
    { axis: 0 },
  ),
  moving(
    'concat',
    'many operands',
    Array.from({ length: 9 }, (_, i) => [2, i + 1]),
    { axis: 1 },
  ),
];
