import { describe, expect, it } from 'vitest';
import type { ImageShape, LayerSpec } from '../../examples/digits/architecture.ts';
import { lengthOf } from '../../examples/digits/architecture.ts';
import { loadImages } from '../../examples/digits/images.ts';
import { countCorrect } from '../../examples/digits/training/accuracy.ts';
import { distorted, undistorted } from '../../examples/digits/training/distort.ts';
import { createLayer } from '../../examples/digits/training/layers.ts';
import { createNetwork, train } from '../../examples/digits/training/learn.ts';
import { quantize } from '../../examples/digits/training/quantize.ts';
import { permutation, seededRandom, uniform } from '../../examples/digits/training/random.ts';

const images = loadImages();

describe('the split of the images', () => {
  it('is 8,000 to 2,000, with every class in both', () => {
    expect([images.training.length, images.test.length]).toEqual([8000, 2000]);
    for (const part of [images.training, images.test]) {
      expect(new Set(part.map(({ label }) => label)).size).toBe(10);
    }
  });

  it('keeps the test images out of training', () => {
    const key = ({ pixels }: { readonly pixels: Uint8Array }) => Buffer.from(pixels).toString('latin1');
    const seen = new Set(images.training.map(key));
    expect(images.test.filter((image) => seen.has(key(image)))).toEqual([]);
  });
});

describe('gradients', () => {
  const shape: ImageShape = { height: 6, width: 4, channels: 4 };
  const cases: readonly { readonly title: string; readonly spec: LayerSpec }[] = [
    { title: 'convolution 3 × 3', spec: { kind: 'convolution', name: 'c', kernel: 3, stride: 1, channels: 4 } },
    {
      title: 'convolution 3 × 3, stride 2',
      spec: { kind: 'convolution', name: 'c', kernel: 3, stride: 2, channels: 8 },
    },
    { title: 'convolution 1 × 1', spec: { kind: 'convolution', name: 'c', kernel: 1, stride: 1, channels: 4 } },
    { title: 'depthwise 3 × 3', spec: { kind: 'depthwise', name: 'd', kernel: 3, stride: 1 } },
    { title: 'depthwise 3 × 3, stride 2', spec: { kind: 'depthwise', name: 'd', kernel: 3, stride: 2 } },
    { title: 'max pool', spec: { kind: 'max-pool', name: 'p', size: 2 } },
    { title: 'dense', spec: { kind: 'dense', name: 'f', outputs: 5 } },
  ];
  it.each(cases)('of $title equal differences of the result', ({ spec }) => {
    const random = seededRandom(7);
    const layer = createLayer(spec, shape, random);
    const input = Float64Array.from({ length: lengthOf(shape) }, () => uniform(random, -1, 1));
    // The loss is a random weighting of the results, so that its gradient with respect to them is known.
    const weighting = layer.forward(input).map(() => uniform(random, -1, 1));
    const loss = () => layer.forward(input).reduce((sum, value, i) => sum + value * weighting[i]!, 0);
    loss();
    const gradient = weighting.slice();
    layer.accumulate(gradient);
    const slopes = layer.inputGradient(gradient).slice();
    const checks = [
      { values: input, slopes },
      ...layer.parameters.map((parameter) => ({ values: parameter.values, slopes: parameter.gradient.slice() })),
    ];
    for (const { values, slopes: claimed } of checks) {
      expect(claimed.length).toBe(values.length);
      for (let i = 0; i < values.length; i++) {
        expect(claimed[i]).toBeCloseTo(differenceQuotient(values, i, loss), 5);
      }
    }
  });
});

describe('training', () => {
  const few = images.training.filter((_, i) => i % 40 === 0);
  const schedule = { epochs: 1, batchSize: 8, stepSize: 3e-3 };

  it('gives the same weights for the same seed', () => {
    const weightsOf = (seed: number) => {
      const random = seededRandom(seed);
      const network = createNetwork(random);
      train(network, few.slice(0, 40), schedule, random, () => undefined);
      return network.map((layer) => layer.parameters.map(({ values }) => values));
    };
    expect(weightsOf(3)).toEqual(weightsOf(3));
    expect(weightsOf(3)).not.toEqual(weightsOf(4));
  });

  it('lowers the loss and learns', () => {
    const losses: number[] = [];
    const random = seededRandom(1);
    const network = createNetwork(random);
    train(network, few, { ...schedule, epochs: 5 }, random, (_, loss) => losses.push(loss));
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
    expect(countCorrect(network, few) / few.length).toBeGreaterThan(0.7);
  });
});

describe('quantization', () => {
  it('gives every layer grids that hold zero exactly and weights within one step', () => {
    const random = seededRandom(5);
    const network = createNetwork(random);
    const layers = quantize(network, images.training.slice(0, 5));
    for (const [i, { input, output, parameters }] of layers.entries()) {
      expect(output.scale).toBe(Math.fround(output.scale));
      expect(Number.isInteger(output.zeroPoint) && Math.abs(output.zeroPoint + 0.5) < 128).toBe(true);
      if (parameters === null) {
        expect(output).toEqual(input);
        continue;
      }
      const [weights] = network[i]!.parameters;
      const largestScale = Math.max(...parameters.weightScales);
      expect(Math.max(...parameters.weights.map(Math.abs))).toBe(127);
      expect(parameters.biasScales).toEqual(parameters.weightScales.map((scale) => Math.fround(input.scale * scale)));
      if (parameters.weightScales.length === 1) {
        const worst = Math.max(...weights!.values.map((w, k) => Math.abs(w - largestScale * parameters.weights[k]!)));
        expect(worst).toBeLessThanOrEqual(0.5001 * largestScale);
      }
    }
  });
});

describe('distorted images', () => {
  it('stay between paper and ink, and near the original in amount of ink', () => {
    const random = seededRandom(9);
    const plain = new Float64Array(784);
    const changed = new Float64Array(784);
    const ink = (values: Float64Array) => values.reduce((a, b) => a + b);
    for (const { pixels } of images.training.filter((_, i) => i % 400 === 0)) {
      distorted(pixels, random, changed);
      expect(changed.every((value) => value >= 0 && value <= 1)).toBe(true);
      const ratio = ink(changed) / ink(undistorted(pixels, plain));
      expect(ratio).toBeGreaterThan(0.6);
      expect(ratio).toBeLessThan(1.6);
    }
  });
});

describe('permutation', () => {
  it('holds every number once', () => {
    expect([...permutation(seededRandom(1), 100)].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 100 }, (_, i) => i),
    );
  });
});

function differenceQuotient(values: Float64Array, index: number, loss: () => number): number {
  const step = 1e-5;
  const original = values[index]!;
  values[index] = original + step;
  const above = loss();
  values[index] = original - step;
  const below = loss();
  values[index] = original;
  return (above - below) / (2 * step);
}
