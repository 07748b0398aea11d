import { describe, expect, test } from 'vitest';
import { viewOf } from '../../compiler/ir/index.ts';
import { operatorNamed } from '../../compiler/ops/index.ts';
import { predictionErrorPercent, signedPercent } from '../../compiler/report/prediction.ts';
import { graphOf, type NodeCase, q } from '../support/node-case.ts';

describe('the error of a prediction', () => {
  test.each([
    [110, 100, 10, '+10.0 %'],
    [97, 100, -3, '-3.0 %'],
    [100, 100, 0, '0.0 %'],
    [100_049, 100_000, 0, '0.0 %'],
    [100, null, null, '-'],
    [100, 0, null, '-'],
  ])('%d of %s is %s', (predicted, counted, percent, text) => {
    expect(predictionErrorPercent(predicted, counted)).toBe(percent);
    expect(signedPercent(percent)).toBe(text);
  });
});

/** A convolution or depthwise convolution of `rows` rows of 24 pixels, 16 channels. */
function convolution(operator: string, rows: number, kernel: number): NodeCase {
  const isDepthwise = operator === 'depthwise_conv2d';
  const padding = kernel === 1 ? [0, 0, 0, 0] : [0, 0, 1, 1];
  return {
    name: `${operator} of ${rows} rows`,
    operator,
    attributes: {
      strides: [1, 1],
      dilations: [1, 1],
      padding,
      activation: 'none',
      ...(isDepthwise ? {} : { groups: 1 }),
    },
    inputs: [
      { dtype: 'int8', shape: [1, rows + kernel - 1, 24, 16], quantization: q(0.05, -3) },
      {
        dtype: 'int8',
        shape: isDepthwise ? [1, kernel, kernel, 16] : [16, kernel, kernel, 16],
        kind: 'constant',
        range: [-100, 100],
        quantization: q(0.002, 0),
      },
      { dtype: 'int32', shape: [16], kind: 'constant', range: [-2000, 2000], quantization: q(0.0001, 0) },
    ],
    outputs: [{ dtype: 'int8', quantization: q(0.8, -7) }],
  };
}

describe('calls of a few rows', () => {
  const cases = [
    ['conv2d', 1],
    ['conv2d', 3],
    ['depthwise_conv2d', 3],
  ] as const;

  test.each(cases)(
    'of %s, window %d, cost more than their share of the whole and less than the whole',
    (operator, kernel) => {
      const viewOfRows = (rows: number) => {
        const graph = graphOf(convolution(operator, rows, kernel));
        return viewOf(graph, graph.nodes[0]!);
      };
      const whole = viewOfRows(24);
      const accepting = operatorNamed(operator).kernels.filter((kernelRecord) => kernelRecord.accepts(whole));
      expect(accepting.length).toBeGreaterThan(1);
      for (const { cost } of accepting) {
        const all = cost(whole).instructions;
        const costs = [1, 2, 4, 8, 12].map((rows) => cost(viewOfRows(rows)).instructions);
        expect(costs).toEqual(costs.toSorted((a, b) => a - b));
        for (const [i, rows] of [1, 2, 4, 8, 12].entries()) {
          expect(costs[i]! * (24 / rows)).toBeGreaterThanOrEqual(0.99 * all);
          expect(costs[i]!).toBeLessThan(all);
        }
      }
    },
  );
});
