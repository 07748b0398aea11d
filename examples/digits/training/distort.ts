import { imageLength, imageSide } from '../images.ts';
import { type Random, uniform } from './random.ts';

const centre = (imageSide - 1) / 2;

/** Largest distortions: a fraction of the size, of the slant, and pixels. Digits stay readable for a person. */
const limits = { scale: 0.12, shear: 0.18, shift: 2 };

/**
 * A copy of an image as another hand may have written it: stretched, slanted and moved at random, sampled bilinearly.
 * Pixels become numbers from 0 to 1.
 */
export function distorted(pixels: Uint8Array, random: Random, into: Float64Array): Float64Array {
  const stretchX = 1 + uniform(random, -limits.scale, limits.scale);
  const stretchY = 1 + uniform(random, -limits.scale, limits.scale);
  const slantX = uniform(random, -limits.shear, limits.shear);
  const slantY = uniform(random, -limits.shear, limits.shear);
  const shiftX = uniform(random, -limits.shift, limits.shift);
  const shiftY = uniform(random, -limits.shift, limits.shift);
  for (let y = 0; y < imageSide; y++) {
    for (let x = 0; x < imageSide; x++) {
      const dx = x - centre;
      const dy = y - centre;
      into[y * imageSide + x] = sample(
        pixels,
        centre + stretchX * dx + slantX * dy + shiftX,
        centre + slantY * dx + stretchY * dy + shiftY,
      );
    }
  }
  return into;
}

/** The image as it is, as numbers from 0 to 1. */
export function undistorted(pixels: Uint8Array, into: Float64Array): Float64Array {
  for (let i = 0; i < imageLength; i++) {
    into[i] = pixels[i]! / 255;
  }
  return into;
}

function sample(pixels: Uint8Array, x: number, y: number): number {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const right = x - left;
  const down = y - top;
  const upper = (1 - right) * pixel(pixels, left, top) + right * pixel(pixels, left + 1, top);
  const lower = (1 - right) * pixel(pixels, left, top + 1) + right * pixel(pixels, left + 1, top + 1);
  return ((1 - down) * upper + down * lower) / 255;
}

function pixel(pixels: Uint8Array, x: number, y: number): number {
  return x >= 0 && x < imageSide && y >= 0 && y < imageSide ? pixels[y * imageSide + x]! : 0;
}
