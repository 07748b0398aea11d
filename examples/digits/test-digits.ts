import { type LabelledImage, loadImages } from './images.ts';
import { quantizePixels } from './training/quantize.ts';

/** A digit of the test set, which training never saw, with the model's input for it. */
export interface TestDigit extends LabelledImage {
  /** 784 bytes of int8. */
  readonly input: Uint8Array;
}

const digitsPerClass = 2;

/** The first two test images of every class, 0 to 9 and again 0 to 9: not chosen by how well they are recognised. */
export function testDigits(): readonly TestDigit[] {
  const { test } = loadImages();
  return Array.from({ length: 10 * digitsPerClass }, (_, i) => {
    const image = test.filter(({ label }) => label === i % 10)[Math.floor(i / 10)]!;
    return { ...image, input: new Uint8Array(quantizePixels(image.pixels).buffer) };
  });
}
