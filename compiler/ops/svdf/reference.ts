import { type NodeView, operand, result, type TypedArray } from '../../ir/index.ts';
import { clamp, multiplyByQuantizedMultiplier } from '../../numerics/index.ts';
import { activate, perTensor } from '../activation.ts';
import type { SvdfAttributes } from './definition.ts';
import { svdfGeometry, svdfMultipliers } from './geometry.ts';

/**
 * Shifts the state by one step, appends the outputs of the feature filters, and filters over time. Int8: the reference
 * path of TensorFlow Lite Micro, whose int8 state wraps around where its zero point moves it out of range. Float: sums in float32.
 */
export function evaluateSvdf(
  view: NodeView<SvdfAttributes>,
  [input, feature, time, bias, state]: readonly (TypedArray | null)[],
): readonly TypedArray[] {
  state!.copyWithin(0, 1);
  return operand(view, 0).dtype === 'int8'
    ? [
        int8(view, {
          input: input as Int8Array,
          feature: feature as Int8Array,
          time: time as Int8Array | Int16Array,
          bias: (bias ?? null) as Int32Array | null,
          state: state as Int8Array | Int16Array,
        }),
      ]
    : [
        float32(view, {
          input: input as Float32Array,
          feature: feature as Float32Array,
          time: time as Float32Array,
          bias: (bias ?? null) as Float32Array | null,
          state: state as Float32Array,
        }),
      ];
}

interface Operands<Input, Time, Bias> {
  readonly input: Input;
  readonly feature: Input;
  readonly time: Time;
  readonly bias: Bias | null;
  readonly state: Time;
}

function int8(
  view: NodeView<SvdfAttributes>,
  { input, feature, time, bias, state }: Operands<Int8Array, Int8Array | Int16Array, Int32Array>,
): Int8Array {
  const { batches, inputs, filters, memory, units, rank } = svdfGeometry(view);
  const inputZeroPoint = perTensor(operand(view, 0).quantization).zeroPoint;
  const stateZeroPoint = perTensor(operand(view, 4).quantization).zeroPoint;
  const outputZeroPoint = perTensor(result(view).quantization).zeroPoint;
  const multipliers = svdfMultipliers(view);
  const stateMaximum = state instanceof Int8Array ? 127 : 32767;
  const output = new Int8Array(batches * units);
  for (let n = 0; n < batches; n++) {
    for (let f = 0; f < filters; f++) {
      let sum = 0;
      for (let i = 0; i < inputs; i++) {
        sum += feature[f * inputs + i]! * (input[n * inputs + i]! - inputZeroPoint);
      }
      const value = clamp(multiplyByQuantizedMultiplier(sum, multipliers.feature), -stateMaximum - 1, stateMaximum);
      state[(n * filters + f + 1) * memory - 1] = value + stateZeroPoint;
    }
    for (let u = 0; u < units; u++) {
      let sum = bias?.[u] ?? 0;
      for (let k = u * rank * memory; k < (u + 1) * rank * memory; k++) {
        sum += time[k]! * (state[n * filters * memory + k]! - stateZeroPoint);
      }
      const value = multiplyByQuantizedMultiplier(sum | 0, multipliers.time) + outputZeroPoint;
      output[n * units + u] = clamp(value, -128, 127);
    }
  }
  return output;
}

function float32(
  view: NodeView<SvdfAttributes>,
  { input, feature, time, bias, state }: Operands<Float32Array, Float32Array, Float32Array>,
): Float32Array {
  const { batches, inputs, filters, memory, units, rank } = svdfGeometry(view);
  const output = new Float32Array(batches * units);
  for (let n = 0; n < batches; n++) {
    for (let f = 0; f < filters; f++) {
      let sum = 0;
      for (let i = 0; i < inputs; i++) {
        sum = Math.fround(sum + Math.fround(feature[f * inputs + i]! * input[n * inputs + i]!));
      }
      state[(n * filters + f + 1) * memory - 1] = sum;
    }
    for (let u = 0; u < units; u++) {
      let total = bias?.[u] ?? 0;
      for (let f = u * rank; f < (u + 1) * rank; f++) {
        let sum = 0;
        for (let k = f * memory; k < (f + 1) * memory; k++) {
          sum = Math.fround(sum + Math.fround(time[k]! * state[n * filters * memory + k]!));
        }
        total = Math.fround(total + sum);
      }
      output[n * units + u] = activate(view.attributes.activation, total);
    }
  }
  return output;
}
