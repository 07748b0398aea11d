import type { SvdfAttributes } from '../../compiler/ops/svdf/definition.ts';
import { type NodeCase, q } from '../support/node-case.ts';

interface Changes extends Partial<SvdfAttributes> {
  readonly batches?: number;
  readonly inputs?: number;
  readonly units?: number;
  readonly memory?: number;
  readonly bias?: boolean;
  readonly state?: 'int8' | 'int16';
  readonly inputZeroPoint?: number;
  readonly stateZeroPoint?: number;
  readonly stateScale?: number;
  readonly outputScale?: number;
}

function int8Case(name: string, changes: Changes = {}): NodeCase {
  const { batches = 1, inputs = 16, units = 8, memory = 8, rank = 1, activation = 'relu', state = 'int8' } = changes;
  const stateScale = changes.stateScale ?? (state === 'int8' ? 0.1 : 0.0005);
  return {
    name: `int8 ${name}`,
    operator: 'svdf',
    attributes: { rank, activation },
    inputs: [
      { dtype: 'int8', shape: [batches, inputs], quantization: q(0.05, changes.inputZeroPoint ?? -5) },
      { dtype: 'int8', shape: [units * rank, inputs], kind: 'constant', quantization: q(0.005, 0) },
      {
        dtype: state,
        shape: [units * rank, memory],
        kind: 'constant',
        quantization: q(state === 'int8' ? 0.007 : 0.00003, 0),
      },
      changes.bias === false ? null : { dtype: 'int32', shape: [units], kind: 'constant' },
      {
        dtype: state,
        shape: [batches, units * rank * memory],
        kind: 'variable',
        quantization: q(stateScale, changes.stateZeroPoint ?? (state === 'int8' ? 7 : 0)),
      },
    ],
    outputs: [{ dtype: 'int8', quantization: q(changes.outputScale ?? 0.3, -128) }],
  };
}

export const svdfCases: readonly NodeCase[] = [
  int8Case('16 inputs, 8 units, 8 steps'),
  int8Case('one of everything', { inputs: 1, units: 1, memory: 1 }),
  int8Case('odd sizes', { inputs: 7, units: 3, memory: 5 }),
  int8Case('9 steps', { memory: 9 }),
  int8Case('4 steps', { memory: 4, units: 5 }),
  int8Case('rank 2', { rank: 2 }),
  int8Case('rank 3, odd sizes', { rank: 3, inputs: 5, units: 3, memory: 7 }),
  int8Case('batch 3', { batches: 3 }),
  int8Case('batch 2, rank 2, odd inputs', { batches: 2, rank: 2, inputs: 19, units: 7, memory: 12 }),
  int8Case('no bias', { bias: false }),
  int8Case('no activation', { activation: 'none' }),
  int8Case('lowest zero points', { inputZeroPoint: -128, stateZeroPoint: -128 }),
  int8Case('highest zero points', { inputZeroPoint: 127, stateZeroPoint: 127 }),
  int8Case('saturated state wraps around its zero point', { inputs: 40, stateScale: 0.002, stateZeroPoint: 37 }),
  int8Case('multipliers above 1', { stateScale: 0.0001, outputScale: 0.0002, stateZeroPoint: 0 }),
  int8Case('int16 state', { state: 'int16' }),
  int8Case('int16 state, odd sizes', { state: 'int16', inputs: 9, units: 3, memory: 5, rank: 2, batches: 2 }),
  int8Case('int16 state that saturates', { state: 'int16', stateScale: 0.000002 }),
  {
    name: 'float32 9 inputs, 5 units, 6 steps, rank 2, batch 2',
    operator: 'svdf',
    attributes: { rank: 2, activation: 'relu6' },
    inputs: [
      { dtype: 'float32', shape: [2, 9] },
      { dtype: 'float32', shape: [10, 9], kind: 'constant' },
      { dtype: 'float32', shape: [10, 6], kind: 'constant' },
      { dtype: 'float32', shape: [5], kind: 'constant' },
      { dtype: 'float32', shape: [2, 60], kind: 'variable' },
    ],
    outputs: [{ dtype: 'float32' }],
  },
];
