import type { CaseTensor, NodeCase } from '../support/node-case.ts';
import { q } from '../support/node-case.ts';

interface Parts {
  readonly steps?: number;
  readonly batch?: number;
  readonly inputs?: number;
  readonly units?: number;
  readonly timeMajor?: boolean;
  readonly cellClip?: number;
  readonly input?: ReturnType<typeof q>;
  readonly hidden?: ReturnType<typeof q>;
  readonly cellScale?: number;
  readonly weightsScale?: number;
  readonly recurrentScale?: number;
  readonly weights?: readonly [minimum: number, maximum: number];
  readonly bias?: readonly [minimum: number, maximum: number];
}

function shapes({ steps = 4, batch = 1, inputs = 8, units = 4, timeMajor = false }: Parts) {
  return {
    input: timeMajor ? [steps, batch, inputs] : [batch, steps, inputs],
    weights: [units, inputs],
    recurrentWeights: [units, units],
    bias: [units],
    state: [batch, units],
  };
}

function int8(name: string, parts: Parts = {}): NodeCase {
  const { cellClip = 0, timeMajor = false, weights = [-127, 127], bias = [-20000, 20000] } = parts;
  const shape = shapes(parts);
  const hidden = parts.hidden ?? q(0.0078, 0);
  const constants = (tensor: CaseTensor) => Array<CaseTensor>(4).fill({ ...tensor, kind: 'constant' });
  const weightsScale = parts.weightsScale ?? 0.008;
  return {
    name: `int8 ${name}`,
    operator: 'lstm',
    attributes: { cellClip, timeMajor },
    inputs: [
      { dtype: 'int8', shape: shape.input, quantization: parts.input ?? q(0.01, -3) },
      ...constants({ dtype: 'int8', shape: shape.weights, quantization: q(weightsScale, 0), range: weights }),
      ...constants({
        dtype: 'int8',
        shape: shape.recurrentWeights,
        quantization: q(parts.recurrentScale ?? weightsScale, 0),
        range: weights,
      }),
      ...constants({ dtype: 'int32', shape: shape.bias, range: bias }),
      { dtype: 'int8', shape: shape.state, quantization: hidden, kind: 'variable' },
      { dtype: 'int16', shape: shape.state, quantization: q(parts.cellScale ?? 2 ** -12, 0), kind: 'variable' },
    ],
    outputs: [{ dtype: 'int8', quantization: hidden }],
  };
}

function float32(name: string, parts: Parts = {}): NodeCase {
  const shape = shapes(parts);
  const constants = (of: readonly number[]) =>
    Array<CaseTensor>(4).fill({ dtype: 'float32', shape: of, kind: 'constant' });
  return {
    name: `float ${name}`,
    operator: 'lstm',
    attributes: { cellClip: parts.cellClip ?? 0, timeMajor: parts.timeMajor ?? false },
    inputs: [
      { dtype: 'float32', shape: shape.input },
      ...constants(shape.weights),
      ...constants(shape.recurrentWeights),
      ...constants(shape.bias),
      { dtype: 'float32', shape: shape.state, kind: 'variable' },
      { dtype: 'float32', shape: shape.state, kind: 'variable' },
    ],
    outputs: [{ dtype: 'float32' }],
  };
}

export const lstmCases: readonly NodeCase[] = [
  int8('control'),
  int8('1 step', { steps: 1 }),
  int8('3 sequences', { batch: 3 }),
  int8('3 sequences, time major', { batch: 3, timeMajor: true }),
  int8('1 input, 1 unit', { inputs: 1, units: 1 }),
  int8('7 inputs, 5 units', { inputs: 7, units: 5 }),
  int8('9 inputs, 6 units', { inputs: 9, units: 6 }),
  int8('28 inputs, 20 units, 28 steps', { inputs: 28, units: 20, steps: 28 }),
  int8('low zero points', { input: q(0.004, -128), hidden: q(0.0039, -128) }),
  int8('high zero points', { input: q(0.004, 127), hidden: q(0.0078, 127) }),
  int8('coarse hidden state', { hidden: q(0.5, 3) }),
  int8('a hidden state that saturates', { hidden: q(0.001, 0) }),
  int8('clipped cell', { cellClip: 0.5, steps: 9 }),
  int8('clipped cell, beyond int16', { cellClip: 100, steps: 9 }),
  int8('cell state of 15 bits', { cellScale: 2 ** -15, steps: 9 }),
  int8('cell state of 13 bits', { cellScale: 2 ** -13, steps: 9 }),
  int8('cell state of 11 bits', { cellScale: 2 ** -11, steps: 30 }),
  int8('cell state of 8 bits', { cellScale: 2 ** -8, steps: 12, bias: [200000, 400000] }),
  int8('cell state of whole numbers', { cellScale: 1, steps: 12, bias: [200000, 400000] }),
  int8('gates that saturate', { weightsScale: 0.2, input: q(0.05, 0) }),
  int8('sums that cancel beyond int16', { weightsScale: 0.05, recurrentScale: 0.5, input: q(0.2, 0), units: 24 }),
  int8('multipliers above 1', { weightsScale: 0.5, input: q(0.05, 0), weights: [-3, 3], bias: [-50, 50] }),
  int8('tiny multipliers', { weightsScale: 1e-7 }),
  int8('weights of -128', { weights: [-128, -127] }),
  int8('sums of 24 bits', { bias: [8000000, 8100000], weightsScale: 0.0001 }),
  int8('sums of more than 24 bits', { bias: [8400000, 8500000], weightsScale: 0.0001 }),
  float32('control'),
  float32('3 sequences', { batch: 3, inputs: 3, units: 5 }),
  float32('3 sequences, time major', { batch: 3, inputs: 3, units: 5, timeMajor: true }),
  float32('clipped cell', { cellClip: 0.25, steps: 9 }),
];
