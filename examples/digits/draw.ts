/** Digits as text: half blocks, two pixels of the drawing to a character. */
import { imageSide } from './images.ts';

/** Side of the drawing: every pixel of it stands for 2 × 2 of the image. */
const drawnSide = imageSide / 2;

/** Mean ink, 0 to 255, from which a pixel is drawn. */
const inkThreshold = 60;

/** Drawings are 14 characters wide, as wide as a terminal of 80 columns needs to show five beside each other. */
export const drawingWidth = drawnSide;

/** The image as seven lines of 14 characters, square in a terminal whose characters are twice as high as wide. */
export function drawDigit(pixels: Uint8Array): readonly string[] {
  return Array.from({ length: drawnSide / 2 }, (_, line) =>
    Array.from({ length: drawnSide }, (_, x) => {
      const upper = isInk(pixels, x, 2 * line);
      const lower = isInk(pixels, x, 2 * line + 1);
      return upper ? (lower ? '█' : '▀') : lower ? '▄' : ' ';
    }).join(''),
  );
}

function isInk(pixels: Uint8Array, x: number, y: number): boolean {
  const corner = 2 * (y * imageSide + x);
  const right = corner + 1;
  const sum = pixels[corner]! + pixels[right]! + pixels[corner + imageSide]! + pixels[right + imageSide]!;
  return sum / 4 >= inkThreshold;
}
