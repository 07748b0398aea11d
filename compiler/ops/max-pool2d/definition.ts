import type { OperatorDefinition } from '../../ir/index.ts';
import { type PoolAttributes, poolAttributes, poolConstraints, pooledShape } from '../pool.ts';

export const maxPool2d: OperatorDefinition<PoolAttributes> = {
  name: 'max_pool2d',
  summary:
    'output[n, y, x, c] = activation(maximum over i, j of input[n, y s + i - p, x s + j - p, c]), over elements of the image',
  attributes: poolAttributes,
  inputs: [{ name: 'input', description: 'NHWC' }],
  outputs: [{ name: 'output', description: 'NHWC' }],
  signatures: [
    { inputs: ['int8'], outputs: ['int8'] },
    { inputs: ['float32'], outputs: ['float32'] },
  ],
  constraints: poolConstraints,
  inferShapes: (view) => [pooledShape(view)],
  macs: () => 0,
};
