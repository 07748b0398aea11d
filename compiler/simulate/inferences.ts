import { fail } from '../diagnostics/index.ts';
import type { FirmwareModel } from './types.ts';

/** Bytes of one inference's inputs. */
export function inputBytesOf(model: FirmwareModel): number {
  return model.inputs.reduce((sum, tensor) => sum + tensor.sizeBytes, 0);
}

/** Number of inferences in each input; fails with `wrong-input-size` where it is not a whole number above 0. */
export function inferenceCounts(model: FirmwareModel, inputs: readonly Uint8Array[]): readonly number[] {
  const size = inputBytesOf(model);
  return inputs.map((input, i) => {
    // a model without inputs runs once per (empty) file
    const count = size === 0 && input.byteLength === 0 ? 1 : input.byteLength / size;
    return Number.isInteger(count) && count > 0
      ? count
      : fail('wrong-input-size', {
          where: `input ${i}`,
          found: `${input.byteLength} bytes`,
          requires: `${size} bytes, or a multiple for a sequence of inferences`,
        });
  });
}

/** What `templates/harness/inferences.c` reads: sequences, inferences of each, then their bytes. */
export function packSequences(inputs: readonly Uint8Array[], counts: readonly number[]): Uint8Array {
  const header = new DataView(new ArrayBuffer(4 * (1 + inputs.length)));
  header.setUint32(0, inputs.length, true);
  counts.forEach((count, i) => {
    header.setUint32(4 * (1 + i), count, true);
  });
  return Buffer.concat([new Uint8Array(header.buffer), ...inputs]);
}

/**
 * Splits the inputs into consecutive groups, each for one start of the emulator: input and records of a group take at
 * most `limitBytes` together.
 */
export function groupInputs(
  model: FirmwareModel,
  inputs: readonly Uint8Array[],
  counts: readonly number[],
  limitBytes: number,
): readonly (readonly number[])[] {
  // the records of an inference: ticks (9 bytes) and outputs; those of a start: the number of sequences, and the end
  const perInference = 14 + model.outputs.reduce((sum, tensor) => sum + tensor.sizeBytes, 0);
  const perStart = 4 + 13;
  const groups: number[][] = [];
  let size = Number.POSITIVE_INFINITY;
  inputs.forEach((input, i) => {
    const own = 4 + input.byteLength + counts[i]! * perInference;
    size += own;
    if (size > limitBytes) {
      groups.push([]);
      size = perStart + own;
      if (size > limitBytes) {
        fail('wrong-input-size', {
          where: `input ${i}`,
          found: `${own} bytes with what comes back`,
          requires: `at most ${limitBytes - perStart} bytes: the memory of the emulated board`,
          hint: 'Use `--emulator host`, or shorter sequences.',
        });
      }
    }
    groups.at(-1)!.push(i);
  });
  return groups;
}

/** Joins the outputs of each input's inferences. */
export function joinOutputs(outputs: readonly Uint8Array[], counts: readonly number[]): readonly Uint8Array[] {
  let at = 0;
  return counts.map((count) => {
    const own = outputs.slice(at, at + count);
    at += count;
    return new Uint8Array(Buffer.concat(own));
  });
}
