import { elementCount, type NodeView, operand } from '../../ir/index.ts';
import { broadcastShape } from '../arithmetic/broadcast.ts';
import { stridesOf } from '../strided-copy.ts';
import { type MatmulAttributes, type MatmulSizes, matmulSizes } from './definition.ts';

/** How a product walks its operands; strides in elements. */
export interface MatmulLayout extends MatmulSizes {
  /** First element of each operand's matrix for every batch of the result, in order. */
  readonly offsetsA: readonly number[];
  readonly offsetsB: readonly number[];
  readonly rowStrideA: number;
  readonly innerStrideA: number;
  readonly innerStrideB: number;
  readonly columnStrideB: number;
}

/** The layout of a node's product. */
export function matmulLayout(view: NodeView<MatmulAttributes>): MatmulLayout {
  const [a, b] = [operand(view, 0), operand(view, 1)];
  const { transposeA, transposeB } = view.attributes;
  const sizes = matmulSizes(a, b, view.attributes);
  const lastA = a.shape.at(-1)!;
  const lastB = b.shape.at(-1)!;
  return {
    ...sizes,
    offsetsA: batchOffsets(a.shape, sizes.batch),
    offsetsB: batchOffsets(b.shape, sizes.batch),
    rowStrideA: transposeA ? 1 : lastA,
    innerStrideA: transposeA ? lastA : 1,
    innerStrideB: transposeB ? 1 : lastB,
    columnStrideB: transposeB ? lastB : 1,
  };
}

function batchOffsets(shape: readonly number[], batch: readonly number[]): readonly number[] {
  const own = shape.slice(0, -2);
  if (broadcastShape(own, batch) === null) {
    throw new Error(`[${own}] does not broadcast to [${batch}]`);
  }
  const strides = stridesOf(shape).slice(0, -2);
  const batchStrides = stridesOf(batch);
  return Array.from({ length: elementCount(batch) }, (_, index) =>
    own.reduce((sum, dimension, axis) => {
      const k = axis + batch.length - own.length;
      const position = Math.floor(index / batchStrides[k]!) % batch[k]!;
      return sum + (dimension === 1 ? 0 : position * strides[axis]!);
    }, 0),
  );
}
