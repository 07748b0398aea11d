/**
 * Instructions of the int8 kernels for Armv7E-M, as counted on an emulated Cortex-M7 over some thirty shapes: the products are
 * those of the assembly's text, the constants beside them are what gcc makes of the C around.
 */
import { type NodeView, operand, result } from '../../ir/index.ts';
import { roundUp4 } from '../packed-matrix.ts';
import type { Conv2dAttributes } from './definition.ts';
import { lastColumn } from './window.ts';

type View = NodeView<Conv2dAttributes>;

/** Pixels that are computed together. */
const together = 3;

/** Threes of pixels of `count` neighbours: the last overlap those before, and fewer than three are computed one by one. */
function threesOf(count: number): number {
  return count < together ? count : Math.ceil(count / together);
}

/** How the threes of a call's pixels find their windows. */
interface Gathering {
  readonly threes: number;
  /** Threes whose windows are neighbours within the image. */
  readonly inside: number;
  /** Windows of other threes that are one word, and that are copied tap by tap. */
  readonly words: number;
  readonly copied: number;
}

/** What one call for `rows` rows of the result does. */
function gatheringOf(view: View, rows: number): Gathering {
  const [, , inputWidth, channels] = operand(view, 0).shape as [number, number, number, number];
  const kernelWidth = operand(view, 1).shape[2]!;
  const { strides, padding, dilations } = view.attributes;
  const outputWidth = result(view).shape[2]!;
  const last = lastColumn(view);
  const pixels = rows * outputWidth;
  const isWord = kernelWidth * channels <= 4 && dilations[1] === 1 && inputWidth * channels >= 4;
  const next = pixels < together ? 0 : 1;
  const columnOf = (pixel: number) => (pixel % outputWidth) * strides[1] - padding[2];
  const count = { threes: threesOf(pixels), inside: 0, words: 0, copied: 0 };
  for (let three = 0; three < count.threes; three++) {
    const first = next === 0 ? three : Math.min(together * three, pixels - together);
    const columns = [0, next, 2 * next].map((distance) => columnOf(first + distance));
    const isReadable = (column: number) => column >= 0 && column <= last;
    if (columns.every(isReadable) && (first % outputWidth) + 2 * next < outputWidth) {
      count.inside++;
    } else {
      const others = columns.filter((column) => !isReadable(column)).length;
      count[isWord ? 'words' : 'copied'] += others;
    }
  }
  return count;
}

/** What gathering the windows of all calls costs besides the columns' expansion, and how many threes there are. */
function windowsInstructions(
  view: View,
  rowsPerCall: number,
): { readonly threes: number; readonly instructions: number } {
  const [batches, height] = result(view).shape as [number, number];
  const [, kernelHeight, kernelWidth, channels] = operand(view, 1).shape as [number, number, number, number];
  const ofCall = (rows: number) => {
    const { threes, inside, words, copied } = gatheringOf(view, rows);
    const border = threes - inside;
    const copies = copied * kernelHeight * (36 * kernelWidth + 0.6 * kernelWidth * channels);
    return {
      threes,
      instructions:
        150 +
        rows * kernelHeight * 30 +
        kernelHeight * (13 * inside + 103 * border + 18 * words) +
        48 * inside +
        20 * border +
        copies,
    };
  };
  const full = ofCall(Math.min(rowsPerCall, height));
  const calls = Math.floor(height / rowsPerCall);
  const left = height % rowsPerCall;
  const last = left === 0 ? { threes: 0, instructions: 0 } : ofCall(left);
  return {
    threes: batches * (calls * full.threes + last.threes),
    instructions: batches * (calls * full.instructions + last.instructions),
  };
}

/** Any window by int16 weights: the products of a step are C, and every output is requantized by a function. */
export function wideInstructions(view: View, rowsPerCall: number): number {
  const [outputs, height, width, channels] = operand(view, 1).shape as [number, number, number, number];
  const columns = height * roundUp4(width * channels);
  const { threes, instructions } = windowsInstructions(view, rowsPerCall);
  return Math.round(instructions + threes * (outputs * (4.2 * columns + 223) + 3 * columns));
}
