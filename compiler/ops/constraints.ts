import { type Attributes, type Constraint, describeTensor, elementCount, type Tensor } from '../ir/index.ts';

/** Operands and results that the rule is about, by index. */
interface Which {
  readonly inputs?: readonly number[];
  readonly outputs?: readonly number[];
}

/** Integer tensors among `which` have one positive finite scale and one zero point in range. */
export function quantizedPerTensor(which: Which): Constraint {
  return {
    diagnostic: 'invalid-quantization',
    requires: 'int8, uint8 and int16 tensors have one positive scale and one zero point that their type can hold',
    violation: (view) =>
      firstOf(select(view, which), (tensor) => {
        if (tensor.dtype !== 'int8' && tensor.dtype !== 'uint8' && tensor.dtype !== 'int16') {
          return null;
        }
        const q = tensor.quantization;
        if (q === null) {
          return `${describeTensor(tensor)} has no scale`;
        }
        if (q.axis !== null || q.scales.length !== 1 || q.zeroPoints.length !== 1) {
          return `${describeTensor(tensor)} has ${q.scales.length} scales and ${q.zeroPoints.length} zero points`;
        }
        if (!isScale(q.scales[0]!)) {
          return `${describeTensor(tensor)} has scale ${q.scales[0]}`;
        }
        const [low, high] =
          tensor.dtype === 'int8' ? [-128, 127] : tensor.dtype === 'uint8' ? [0, 255] : [-32768, 32767];
        return q.zeroPoints[0]! < low || q.zeroPoints[0]! > high
          ? `${describeTensor(tensor)} has zero point ${q.zeroPoints[0]}`
          : null;
      }),
  };
}

/**
 * An int8 weights operand has one scale, or one per index of `channelAxis`, and zero point 0, or the same one everywhere:
 * MindSpore Lite's per-layer quantization is asymmetric.
 */
export function quantizedWeights(
  index: number,
  channelAxis: number,
  zeroPoints: 'zero point 0' | 'one zero point' = 'zero point 0',
): Constraint {
  return {
    diagnostic: 'invalid-quantization',
    requires: `int8 weights have ${zeroPoints} and one positive scale, or one for each index of axis ${channelAxis}`,
    violation: (view) => {
      const weights = view.inputs[index];
      if (weights === null || weights === undefined || weights.dtype !== 'int8') {
        return null;
      }
      const q = weights.quantization;
      if (q === null) {
        return `${describeTensor(weights)} has no scale`;
      }
      const channels = weights.shape[channelAxis];
      if (q.scales.length !== q.zeroPoints.length || (q.scales.length !== 1 && q.scales.length !== channels)) {
        return `${describeTensor(weights)} has ${q.scales.length} scales`;
      }
      if (q.scales.length > 1 && q.axis !== channelAxis) {
        return `${describeTensor(weights)} is quantized along axis ${q.axis}`;
      }
      const scale = q.scales.find((s) => !isScale(s));
      const expected = zeroPoints === 'zero point 0' ? 0 : q.zeroPoints[0]!;
      const zeroPoint = q.zeroPoints.find((z) => z !== expected || z < -128 || z > 127);
      return scale !== undefined
        ? `${describeTensor(weights)} has scale ${scale}`
        : zeroPoint !== undefined
          ? `${describeTensor(weights)} has zero point ${zeroPoint}`
          : null;
    },
  };
}

/** The operands, where present, are known at compile time. */
export function constantOperands(...indices: readonly number[]): Constraint {
  return {
    diagnostic: 'operand-not-constant',
    requires: 'weights and biases are constants',
    violation: (view) =>
      firstOf(select(view, { inputs: indices }), (tensor) =>
        tensor.kind === 'constant' ? null : `${describeTensor(tensor)} is computed`,
      ),
  };
}

/** The tensors have this rank. */
export function rank(wanted: number, which: Which): Constraint {
  return {
    diagnostic: 'unsupported-shape',
    requires: `rank ${wanted}`,
    violation: (view) =>
      firstOf(select(view, which), (tensor) =>
        tensor.shape.length === wanted ? null : `${describeTensor(tensor)} has rank ${tensor.shape.length}`,
      ),
  };
}

/** The operand, where present, has as many elements as `count` says. */
export function elementsOf<A extends Attributes>(
  index: number,
  what: string,
  count: (tensors: readonly (Tensor | null)[]) => number,
): Constraint<A> {
  return {
    diagnostic: 'unsupported-shape',
    requires: what,
    violation: (view) => {
      const tensor = view.inputs[index];
      return tensor === null || tensor === undefined || elementCount(tensor.shape) === count(view.inputs)
        ? null
        : `${describeTensor(tensor)} where ${count(view.inputs)} elements are needed`;
    },
  };
}

/** Positive and finite as float32 too: activation bounds are divided by it in that type. */
function isScale(scale: number): boolean {
  const single = Math.fround(scale);
  return Number.isFinite(single) && single > 0;
}

function select(
  view: { readonly inputs: readonly (Tensor | null)[]; readonly outputs: readonly Tensor[] },
  which: Which,
): readonly Tensor[] {
  return [
    ...(which.inputs ?? []).map((i) => view.inputs[i] ?? null),
    ...(which.outputs ?? []).map((i) => view.outputs[i] ?? null),
  ].filter((tensor) => tensor !== null);
}

function firstOf<T>(items: readonly T[], check: (item: T) => string | null): string | null {
  for (const item of items) {
    const violation = check(item);
    if (violation !== null) {
      return violation;
    }
  }
  return null;
}
