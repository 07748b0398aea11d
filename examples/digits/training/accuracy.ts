import { inputShape, lengthOf } from '../architecture.ts';
import type { LabelledImage } from '../images.ts';
import { undistorted } from './distort.ts';
import { integerScores } from './integer.ts';
import type { Layer } from './layers.ts';
import { forward } from './learn.ts';
import { type QuantizedLayer, quantizePixels } from './quantize.ts';

/** How many images the float network labels rightly. */
export function countCorrect(network: readonly Layer[], images: readonly LabelledImage[]): number {
  const image = new Float64Array(lengthOf(inputShape));
  return images.filter(({ pixels, label }) => classOf(forward(network, undistorted(pixels, image))) === label).length;
}

/** How many images the quantized network labels rightly. */
export function countCorrectQuantized(layers: readonly QuantizedLayer[], images: readonly LabelledImage[]): number {
  return images.filter(({ pixels, label }) => classOf(integerScores(layers, quantizePixels(pixels))) === label).length;
}

/** The class with the highest score; of equals the first. */
export function classOf(scores: Float64Array | Int8Array): number {
  let best = 0;
  for (const [i, score] of scores.entries()) {
    if (score > scores[best]!) {
      best = i;
    }
  }
  return best;
}
