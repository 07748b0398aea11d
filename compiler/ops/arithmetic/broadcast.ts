import type { Shape } from '../../ir/index.ts';

/** Dimensions that `struct msc_broadcast` of the kernels has room for. */
export const maximumBroadcastRank = 6;

/** The shape that both shapes broadcast to by NumPy's rule, or null if they do not. */
export function broadcastShape(a: Shape, b: Shape): Shape | null {
  const rank = Math.max(a.length, b.length);
  const shape: number[] = [];
  for (let i = 0; i < rank; i++) {
    const [x, y] = [sizeAt(a, i, rank), sizeAt(b, i, rank)];
    if (x !== y && x !== 1 && y !== 1) {
      return null;
    }
    shape.push(x === 1 ? y : x);
  }
  return shape;
}

/** One loop of a broadcast: its extent, and how many elements each operand moves from one step to the next. */
export interface BroadcastDimension {
  readonly extent: number;
  readonly aStride: number;
  readonly bStride: number;
}

/**
 * The fewest loops, outermost first, that visit every element of the common shape in order: dimensions of extent 1 are
 * dropped, neighbours along which an operand goes on (or stands still) alike are one loop. Equal shapes give one loop with
 * strides 1, scalars none. Empty if the shapes do not broadcast.
 */
export function broadcastDimensions(a: Shape, b: Shape): readonly BroadcastDimension[] {
  const shape = broadcastShape(a, b) ?? [];
  const dimensions: BroadcastDimension[] = [];
  let [aStep, bStep] = [1, 1];
  for (let i = shape.length - 1; i >= 0; i--) {
    const extent = shape[i]!;
    const aMoves = sizeAt(a, i, shape.length) !== 1;
    const bMoves = sizeAt(b, i, shape.length) !== 1;
    if (extent !== 1) {
      const [aStride, bStride] = [aMoves ? aStep : 0, bMoves ? bStep : 0];
      const inner = dimensions[0];
      if (inner !== undefined && aStride === inner.aStride * inner.extent && bStride === inner.bStride * inner.extent) {
        dimensions[0] = { ...inner, extent: inner.extent * extent };
      } else {
        dimensions.unshift({ extent, aStride, bStride });
      }
    }
    aStep *= aMoves ? extent : 1;
    bStep *= bMoves ? extent : 1;
  }
  return dimensions;
}

function sizeAt(shape: Shape, i: number, rank: number): number {
  return shape[i - (rank - shape.length)] ?? 1;
}
