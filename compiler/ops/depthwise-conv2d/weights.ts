import { elementsFromBytes, type Tensor } from '../../ir/index.ts';

/** For int8 weights [1, height, width, outputs]: the weights of an output channel, less their zero point. */
export function channelWeights(weights: Tensor): (channel: number) => readonly number[] {
  const values = elementsFromBytes(weights, weights.data!) as Int8Array;
  const [, height, width, channels] = weights.shape as [number, number, number, number];
  const zeroPoint = weights.quantization!.zeroPoints[0]!;
  return (channel) =>
    Array.from({ length: height * width }, (_, place) => values[place * channels + channel]! - zeroPoint);
}
