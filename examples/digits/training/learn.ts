/** Stochastic gradient descent on the digit classifier: loss, optimizer, epochs. */
import { architecture, inputShape, lengthOf, outputShape } from '../architecture.ts';
import type { LabelledImage } from '../images.ts';
import { distorted } from './distort.ts';
import { createLayer, type Layer, type Parameter } from './layers.ts';
import { permutation, type Random } from './random.ts';

export interface Schedule {
  readonly epochs: number;
  readonly batchSize: number;
  /** Step size of Adam at the start; it falls linearly to zero. */
  readonly stepSize: number;
}

/** The classifier's layers with random weights. */
export function createNetwork(random: Random): readonly Layer[] {
  const layers: Layer[] = [];
  let shape = inputShape;
  for (const spec of architecture) {
    layers.push(createLayer(spec, shape, random));
    shape = outputShape(spec, shape);
  }
  return layers;
}

/** The scores (logits) of the classes for an image of numbers from 0 to 1. */
export function forward(network: readonly Layer[], image: Float64Array): Float64Array {
  return network.reduce((values, layer) => layer.forward(values), image);
}

/** Adds the gradients of one image's loss to the parameters and returns the loss. */
export function backpropagate(network: readonly Layer[], image: Float64Array, label: number): number {
  const { loss, gradient } = crossEntropy(forward(network, image), label);
  network.reduceRight((slopes, layer, i) => {
    layer.accumulate(slopes);
    return i === 0 ? slopes : layer.inputGradient(slopes);
  }, gradient);
  return loss;
}

/** Trains the network in place on distorted copies of the images; `report` is told the mean loss of every epoch. */
export function train(
  network: readonly Layer[],
  images: readonly LabelledImage[],
  schedule: Schedule,
  random: Random,
  report: (epoch: number, loss: number) => void,
): void {
  const step = adam(network.flatMap((layer) => layer.parameters));
  const image = new Float64Array(lengthOf(inputShape));
  const steps = schedule.epochs * Math.ceil(images.length / schedule.batchSize);
  let taken = 0;
  for (let epoch = 1; epoch <= schedule.epochs; epoch++) {
    const order = permutation(random, images.length);
    let totalLoss = 0;
    for (let start = 0; start < order.length; start += schedule.batchSize) {
      const batch = order.subarray(start, start + schedule.batchSize);
      for (const index of batch) {
        const { pixels, label } = images[index]!;
        totalLoss += backpropagate(network, distorted(pixels, random, image), label);
      }
      step((schedule.stepSize * (steps - taken)) / steps, batch.length);
      taken += 1;
    }
    report(epoch, totalLoss / images.length);
  }
}

/** Rounds what was learned to float32, as a model file would hold it. */
export function roundParameters(network: readonly Layer[]): void {
  for (const { values } of network.flatMap((layer) => layer.parameters)) {
    values.set(Float32Array.from(values));
  }
}

/** Takes one step along the gradients, averaged over `batchSize` images, and clears them. */
type Optimizer = (stepSize: number, batchSize: number) => void;

/** Adam (Kingma and Ba 2015) with its usual constants. */
function adam(parameters: readonly Parameter[]): Optimizer {
  const [decayMean, decaySquare, epsilon] = [0.9, 0.999, 1e-8];
  const moments = parameters.map(({ values }) => ({
    mean: new Float64Array(values.length),
    square: new Float64Array(values.length),
  }));
  // Products instead of Math.pow, whose last bit differs between engines.
  let unseenMean = 1;
  let unseenSquare = 1;
  return (stepSize, batchSize) => {
    unseenMean *= decayMean;
    unseenSquare *= decaySquare;
    for (const [p, { values, gradient }] of parameters.entries()) {
      const { mean, square } = moments[p]!;
      for (let i = 0; i < values.length; i++) {
        const slope = gradient[i]! / batchSize;
        const m = decayMean * mean[i]! + (1 - decayMean) * slope;
        const s = decaySquare * square[i]! + (1 - decaySquare) * slope * slope;
        mean[i] = m;
        square[i] = s;
        values[i]! -= (stepSize * (m / (1 - unseenMean))) / (Math.sqrt(s / (1 - unseenSquare)) + epsilon);
        gradient[i] = 0;
      }
    }
  };
}

/** The negative logarithm of the label's probability under softmax, and its gradient with respect to the scores. */
function crossEntropy(scores: Float64Array, label: number): { readonly loss: number; readonly gradient: Float64Array } {
  const highest = scores.reduce((a, b) => Math.max(a, b));
  const powers = scores.map((score) => exponential(score - highest));
  const total = powers.reduce((a, b) => a + b);
  const gradient = powers.map((power, i) => power / total - (i === label ? 1 : 0));
  // The loss is only shown, never learned from: Math.log may differ in the last bit.
  return { loss: -Math.log(Math.max(powers[label]! / total, 1e-12)), gradient };
}

/**
 * e^x for x <= 0 by additions and multiplications alone, so that every machine gets the same bits (Math.exp is free to differ).
 * A Taylor polynomial at x / 1024, squared ten times; relative error below 1e-12, 0 below -40.
 */
function exponential(x: number): number {
  if (x < -40) {
    return 0;
  }
  const small = x / 1024;
  let power = 1;
  for (let term = 8; term > 0; term--) {
    power = 1 + (power * small) / term;
  }
  for (let i = 0; i < 10; i++) {
    power *= power;
  }
  return power;
}
