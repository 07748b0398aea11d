import { describeTensor, type OperatorDefinition, operand, type Shape, type Tensor } from '../../ir/index.ts';
import type { Activation } from '../activation.ts';
import { broadcastShape } from '../arithmetic/broadcast.ts';
import { quantizedPerTensor } from '../constraints.ts';

export type MatmulAttributes = {
  /** The last two axes of the left operand are read the other way round. */
  readonly transposeA: boolean;
  /** The same for the right operand. */
  readonly transposeB: boolean;
  readonly activation: Activation;
};

/** Sizes of a product: batches of [rows, inner] times [inner, columns]. */
export interface MatmulSizes {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  /** Batch dimensions of the result. */
  readonly batch: Shape;
}

/** The sizes that operands of rank 2 or more have; `innerB` is the right operand's own inner size. */
export function matmulSizes(
  a: Tensor,
  b: Tensor,
  attributes: MatmulAttributes,
): MatmulSizes & { readonly innerB: number } {
  const [a0, a1] = a.shape.slice(-2) as [number, number];
  const [b0, b1] = b.shape.slice(-2) as [number, number];
  const batch = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2)) ?? [];
  return {
    rows: attributes.transposeA ? a1 : a0,
    inner: attributes.transposeA ? a0 : a1,
    innerB: attributes.transposeB ? b1 : b0,
    columns: attributes.transposeB ? b0 : b1,
    batch,
  };
}

export const matmulDefinition: OperatorDefinition<MatmulAttributes> = {
  name: 'matmul',
  summary: 'output[…, m, n] = activation(sum over k of a[…, m, k] * b[…, k, n])',
  attributes: {
    transposeA: 'a is stored as [k, m]',
    transposeB: 'b is stored as [n, k]',
    activation: 'applied to the result',
  },
  inputs: [
    { name: 'a', description: '[…, m, k], rank 2 to 6' },
    { name: 'b', description: '[…, k, n], rank 2 to 6; leading dimensions broadcast with those of a' },
  ],
  outputs: [{ name: 'output', description: '[…, m, n]' }],
  signatures: [
    { inputs: ['int8', 'int8'], outputs: ['int8'] },
    { inputs: ['float32', 'float32'], outputs: ['float32'] },
  ],
  constraints: [
    {
      diagnostic: 'unsupported-shape',
      requires: 'operands of rank 2 to 6 whose inner sizes agree and whose leading dimensions broadcast',
      violation: (view) => {
        const [a, b] = [operand(view, 0), operand(view, 1)];
        const ranks = [a, b].every((tensor) => tensor.shape.length >= 2 && tensor.shape.length <= 6);
        if (!ranks || broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2)) === null) {
          return `${describeTensor(a)} times ${describeTensor(b)}`;
        }
        const { inner, innerB } = matmulSizes(a, b, view.attributes);
        return inner === innerB ? null : `inner sizes ${inner} and ${innerB}`;
      },
    },
    quantizedPerTensor({ inputs: [0, 1], outputs: [0] }),
    {
      diagnostic: 'unsupported-shape',
      requires: 'at most 32768 int8 products in a sum, so that the accumulator stays below 32 bits',
      violation: (view) => {
        const a = operand(view, 0);
        const { inner } = matmulSizes(a, operand(view, 1), view.attributes);
        return a.dtype !== 'int8' || inner <= 32768 ? null : `inner size ${inner}`;
      },
    },
  ],
  inferShapes: (view) => {
    const { batch, rows, columns } = matmulSizes(operand(view, 0), operand(view, 1), view.attributes);
    return [[...batch, rows, columns]];
  },
  macs: (view) => {
    const { batch, rows, inner, columns } = matmulSizes(operand(view, 0), operand(view, 1), view.attributes);
    return batch.reduce((product, size) => product * size, 1) * rows * inner * columns;
  },
};
