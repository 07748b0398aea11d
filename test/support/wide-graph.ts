import type { Graph, Quantization, Shape } from '../../compiler/ir/index.ts';
import { resolvePadding } from '../../compiler/ops/padding.ts';
import { q, qPerChannel } from './node-case.ts';
import { graphBuilder, type Value } from './random-graph/builder.ts';
import { drawFrom } from './random-graph/draw.ts';

/** A layer of a wide network: a convolution of so many outputs, or a depthwise one, of 3x3 or 1x1. */
export type WideLayer =
  | { readonly kind: 'conv'; readonly kernel: 1 | 3; readonly stride: 1 | 2; readonly outputs: number }
  | { readonly kind: 'depthwise'; readonly stride: 1 | 2 }
  /** Adds the image in front of so many layers. */
  | { readonly kind: 'residual'; readonly over: number };

/** An int8 network on a wide image: the layers, the mean of what they make, and a classifier of two classes. */
export function wideGraph(name: string, image: Shape, layers: readonly WideLayer[]): Graph {
  const draw = drawFrom(11);
  const builder = graphBuilder(name);
  const scale = 0.05;
  const values: Value[] = [builder.input('int8', image, q(scale, -128), 0)];
  const weighted = (
    operator: string,
    shape: Shape,
    axis: number,
    taps: number,
    attributes: object,
    out: Quantization,
  ) => {
    const outputs = shape[axis]!;
    const factors = Array.from({ length: outputs }, () => 0.01 * draw.real(0.5, 1.5));
    const weights = builder.constant('int8', shape, qPerChannel(factors, axis), () => draw.integer(-127, 127));
    const bias = builder.constant('int32', [outputs], null, () => draw.integer(-taps * 40, taps * 200));
    return builder.node(
      operator,
      [values.at(-1)!, weights, bias],
      { ...attributes },
      { dtype: 'int8', quantization: out },
    );
  };
  for (const layer of layers) {
    const from = values.at(-1)!.tensor;
    const [, height, width, channels] = from.shape as [number, number, number, number];
    if (layer.kind === 'residual') {
      const other = values.at(-1 - layer.over)!;
      values.push(
        builder.node(
          'add',
          [values.at(-1)!, other],
          { activation: 'none' },
          { dtype: 'int8', quantization: q(2 * scale, 0) },
        ),
      );
      continue;
    }
    const { kind, stride } = layer;
    const kernel = kind === 'conv' ? layer.kernel : 3;
    const window = {
      strides: [stride, stride],
      dilations: [1, 1],
      padding: resolvePadding('SAME', [height, width], [kernel, kernel], [stride, stride]),
      activation: 'relu6',
    };
    values.push(
      kind === 'conv'
        ? weighted(
            'conv2d',
            [layer.outputs, kernel, kernel, channels],
            0,
            kernel * kernel * channels,
            { ...window, groups: 1 },
            q(scale, -128),
          )
        : weighted('depthwise_conv2d', [1, kernel, kernel, channels], 3, 9, window, q(scale, -128)),
    );
  }
  const mean = { dtype: 'int8', quantization: values.at(-1)!.tensor.quantization } as const;
  values.push(builder.node('mean', [values.at(-1)!], { axes: [1, 2], keepDimensions: false }, mean));
  const channels = values.at(-1)!.tensor.shape[1]!;
  weighted('fully_connected', [2, channels], 0, channels, { keepDimensions: false, activation: 'none' }, q(scale, 0));
  return builder.finish([]);
}

const conv = (outputs: number, kernel: 1 | 3 = 1, stride: 1 | 2 = 1): WideLayer => ({
  kind: 'conv',
  kernel,
  stride,
  outputs,
});
const depthwise = (stride: 1 | 2 = 1): WideLayer => ({ kind: 'depthwise', stride });

/** As of a line camera: 96 rows of 320 pixels. */
export const wideNetwork = (): Graph =>
  wideGraph(
    'wide',
    [1, 96, 320, 3],
    [conv(16, 3, 2), depthwise(), conv(32), depthwise(2), conv(64), depthwise(2), conv(64), depthwise(2), conv(128)],
  );

/** Four rows of 160 pixels, which widen to many channels and become narrow again: less than a row of them fits small RAM. */
export const evenWiderGraph = (): Graph =>
  wideGraph('wider', [1, 4, 160, 4], [conv(32), depthwise(), conv(16), conv(48), depthwise(2), conv(4, 1, 2)]);
