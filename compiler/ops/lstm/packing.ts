import type { NodeView } from '../../ir/index.ts';
import type { ConstantArray } from '../kernel.ts';
import type { LstmAttributes } from './definition.ts';
import { type InterleavedWeights, interleavedWeights, rightShift } from './int8.ts';
import { lstmRescaling } from './rescaling.ts';

type View = NodeView<LstmAttributes>;

/** Gates that share a halfword: the even one in its low byte. */
const pairs = [0, 2] as const;

/**
 * Whether weights of two gates fit a halfword, the sums of odd gates 24 bits and all sums 30 bits, and all gates'
 * multipliers shift to the right: then the packed kernel is exact.
 */
export function canPackLstm(view: View): boolean {
  const { input, recurrent } = lstmRescaling(view);
  return (
    [...input, ...recurrent].every((multiplier) => rightShift(multiplier) >= 1) &&
    (['input', 'recurrent'] as const).every((vector) => fits(interleavedWeights(view, vector)))
  );
}

function fits({ columns, weights, biases }: InterleavedWeights): boolean {
  return biases.every((bias, at) => {
    const isOdd = at % 2 === 1;
    let magnitude = Math.abs(bias);
    for (let k = at * columns; k < (at + 1) * columns; k++) {
      magnitude += 128 * Math.abs(weights[k]!);
      if (isOdd && weights[k]! === -128 && weights[k - columns]! < 0) {
        return false;
      }
    }
    return magnitude < (isOdd ? 2 ** 23 : 2 ** 30);
  });
}

/** The constants of the packed kernel: see `msc_lstm_packed_s8_parameters`. `columns` is their number, fill-up included. */
export function packLstm(view: View): { readonly constants: readonly ConstantArray[]; readonly columns: number } {
  const vectors = [interleavedWeights(view, 'input'), interleavedWeights(view, 'recurrent')] as const;
  const units = vectors[1].columns;
  const words: number[] = [];
  const sums: number[] = [];
  for (let unit = 0; unit < units; unit++) {
    for (const vector of vectors) {
      words.push(...packUnit(vector, unit));
      for (const pair of pairs) {
        const even = vector.biases[4 * unit + pair]!;
        sums.push((even + 256 * vector.biases[4 * unit + pair + 1]!) | 0, even);
      }
    }
  }
  return {
    constants: [
      {
        name: 'weights',
        values: Uint32Array.from(words),
        comment: `int8 [${units}, ${vectors[0].columns} + ${units}, 4 gates], two gates a halfword`,
      },
      { name: 'sums', values: Int32Array.from(sums), comment: 'biases of two gates together and of the first' },
    ],
    columns: words.length / units,
  };
}

function packUnit({ columns, weights }: InterleavedWeights, unit: number): readonly number[] {
  const weight = (gate: number, k: number) => (k < columns ? weights[(4 * unit + gate) * columns + k]! : 0);
  const halfword = (gate: number, k: number) => (weight(gate, k) + 256 * weight(gate + 1, k)) & 0xffff;
  const words: number[] = [];
  for (let k = 0; k < columns; k += 4) {
    for (const first of [k, k + 1]) {
      for (const pair of pairs) {
        words.push((halfword(pair, first) | (halfword(pair, first + 2) << 16)) >>> 0);
      }
    }
  }
  return words;
}
