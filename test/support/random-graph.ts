import fc from 'fast-check';
import { type DType, elementCount, type Graph } from '../../compiler/ir/index.ts';
import { q } from './node-case.ts';
import { type Builder, graphBuilder, type Value } from './random-graph/builder.ts';
import { type Draw, drawFrom } from './random-graph/draw.ts';
import * as unweighted from './random-graph/unweighted.ts';
import {
  anyZeroPoint,
  conv2d,
  depthwise,
  depthwise3x3,
  fullyConnected,
  pointwise,
  type Step,
} from './random-graph/weighted.ts';

/** What can follow an image, and how often it is drawn. */
const steps = {
  conv2d: { step: conv2d, weight: 6 },
  pointwise: { step: pointwise, weight: 4 },
  depthwise: { step: depthwise, weight: 3 },
  depthwise3x3: { step: depthwise3x3, weight: 4 },
  residual: { step: unweighted.residual, weight: 6 },
  maxPool: { step: unweighted.maxPool, weight: 2 },
  averagePool: { step: unweighted.averagePool, weight: 2 },
  concat: { step: unweighted.concat, weight: 3 },
  tiles: { step: unweighted.tiles, weight: 2 },
  pad: { step: unweighted.pad, weight: 2 },
  gate: { step: unweighted.gate, weight: 1 },
  relu: { step: unweighted.relu, weight: 1 },
  saturating: { step: unweighted.saturating, weight: 1 },
  slice: { step: unweighted.slice, weight: 2 },
  reshape: { step: unweighted.reshape, weight: 1 },
  transpose: { step: unweighted.transpose, weight: 1 },
  quantize: { step: unweighted.quantize, weight: 1 },
  globalMean: { step: unweighted.globalMean, weight: 1 },
} as const satisfies { readonly [name: string]: { readonly step: Step; readonly weight: number } };

type StepName = keyof typeof steps;

/** What random graphs look like. */
export interface GraphShape {
  /** Default: mostly int8. */
  readonly dtypes?: readonly DType[];
  /** Steps between the inputs and the classifier; some make two or three nodes. Default 12. */
  readonly maxSteps?: number;
  /** Height and width of the inputs. Default 14. */
  readonly maxSize?: number;
  /** Mostly what can advance row by row: single images, high and narrow, in chains with blocks around parts of them. */
  readonly rowByRow?: boolean;
}

/** Batches, height, width, channels. */
type ImageShape = readonly [batches: number, height: number, width: number, channels: number];

/** A recipe of a graph: what fast-check draws, shrinks and prints. */
export interface GraphRecipe {
  readonly dtype: DType;
  /** Of the input where the graph starts. */
  readonly input: ImageShape;
  /** Of further inputs; null stands for the first one's shape, so that they can be added. */
  readonly moreInputs: readonly (ImageShape | null)[];
  /** `from` counts images back from the newest: 0 goes on from it, others start a branch. */
  readonly steps: readonly { readonly step: StepName; readonly from: number; readonly seed: number }[];
  readonly classifier: boolean;
  /** int8 graphs only: inputs are quantized from floats, the classifier's result becomes floats. */
  readonly floatBorder: boolean;
  /** Of quantizations and of the classifier. */
  readonly seed: number;
}

/** How often steps are drawn in graphs that mostly advance row by row. */
const rowSteps: { readonly [name in StepName]?: number } = {
  depthwise3x3: 5,
  pointwise: 4,
  residual: 5,
  depthwise: 2,
  conv2d: 2,
  relu: 2,
  maxPool: 1,
  averagePool: 1,
  quantize: 1,
  globalMean: 1,
  tiles: 3,
  slice: 1,
  concat: 1,
};

const seeds = fc.nat(0x7fffffff);

/** Recipes of random graphs of a shape; `graphOfRecipe` makes the graph. */
export function graphRecipes(shape: GraphShape = {}): fc.Arbitrary<GraphRecipe> {
  const { rowByRow = false } = shape;
  const size = fc.integer({ min: 1, max: shape.maxSize ?? 14 });
  const image: fc.Arbitrary<ImageShape> = rowByRow
    ? fc.tuple(
        fc.constant(1),
        fc.integer({ min: 5, max: 24 }),
        fc.integer({ min: 1, max: 6 }),
        fc.constantFrom(2, 4, 8),
      )
    : fc.tuple(fc.constantFrom(1, 1, 1, 1, 2), size, size, fc.constantFrom(1, 4, 8, 2, 3, 4, 5, 8, 12, 16));
  const names = Object.entries(steps).flatMap(([key, { weight }]) => {
    const name = key as StepName;
    return Array<StepName>(rowByRow ? (rowSteps[name] ?? 0) : weight).fill(name);
  });
  const froms = rowByRow ? [0, 0, 0, 0, 0, 0, 0, 1, 3] : [0, 0, 0, 0, 1, 2, 5];
  return fc.record({
    dtype: fc.constantFrom(...(shape.dtypes ?? (['int8', 'int8', 'int8', 'int8', 'float32'] as const))),
    input: image,
    moreInputs: fc.array(fc.option(image, { freq: 1 }), { maxLength: 2 }),
    steps: fc.array(fc.record({ step: fc.constantFrom(...names), from: fc.constantFrom(...froms), seed: seeds }), {
      minLength: 1,
      maxLength: shape.maxSteps ?? 12,
      size: 'max',
    }),
    classifier: fc.boolean(),
    floatBorder: fc.constantFrom(false, false, false, true),
    seed: seeds,
  });
}

/** How many random graphs a test looks at, and which. */
export interface RandomRuns {
  readonly batches: number;
  readonly seed: number;
  readonly shape?: GraphShape;
}

/** Graphs in one build: compilers and processes cost more than graphs. */
const batchSize = 20;

/**
 * Checks batches of random graphs; `check` says for each graph what is wrong, null if nothing is. Of what fails, in whatever
 * way, the first graph alone is made as small as it goes, and its recipe is in the error.
 */
export async function checkRandomGraphs(
  { batches, seed, shape = {} }: RandomRuns,
  check: (graphs: readonly Graph[]) => Promise<readonly (string | null)[]>,
): Promise<void> {
  const checkRecipe = async (recipe: GraphRecipe) => {
    const [fault] = await check([graphOfRecipe(recipe)]);
    if (fault !== null) {
      throw new Error(fault);
    }
  };
  const recipes = fc.sample(graphRecipes(shape), { numRuns: batches * batchSize, seed });
  for (let from = 0; from < recipes.length; from += batchSize) {
    const batch = recipes.slice(from, from + batchSize);
    const faults = await Promise.resolve(batch.map(graphOfRecipe)).then(check).catch(String);
    if (typeof faults === 'string' || faults.some((fault) => fault !== null)) {
      for (const recipe of batch) {
        await fc.assert(fc.asyncProperty(graphRecipes(shape), checkRecipe), { examples: [[recipe]], numRuns: 1 });
      }
      throw new Error(`graphs fail together, not alone: ${faults}`);
    }
  }
}

/** The graph of a recipe: spatial operators, branches and residual edges, one or more inputs and outputs. */
export function graphOfRecipe(recipe: GraphRecipe): Graph {
  const draw = drawFrom(recipe.seed);
  const builder = graphBuilder('random');
  const hasFloatBorder = recipe.floatBorder && recipe.dtype === 'int8';
  for (const shape of [recipe.input, ...recipe.moreInputs.map((other) => other ?? recipe.input)]) {
    const quantization = q(draw.real(0.01, 0.1), anyZeroPoint(draw));
    if (recipe.dtype === 'float32') {
      builder.input('float32', shape, null, 8);
    } else if (hasFloatBorder) {
      builder.node('quantize', [builder.input('float32', shape, null, 8)], {}, { dtype: 'int8', quantization });
    } else {
      builder.input('int8', shape, quantization, 0);
    }
  }
  const images = () => builder.images().filter(({ tensor }) => tensor.dtype === recipe.dtype);
  let newest = images()[0]!;
  for (const { step, from, seed } of recipe.steps) {
    const start = from === 0 ? newest : (images().at(-1 - from) ?? newest);
    newest = steps[step].step(builder, drawFrom(seed), start) ?? newest;
  }
  if (recipe.classifier) {
    classify(builder, draw, newest, hasFloatBorder);
  }
  if (images().length === 1 + recipe.moreInputs.length && !recipe.classifier) {
    // no step was possible
    builder.node(
      'relu',
      [newest],
      { activation: 'relu' },
      { dtype: recipe.dtype, quantization: newest.tensor.quantization },
    );
  }
  return builder.finish(draw.chance(20) ? [draw.pick(images())] : []);
}

/** Features of the whole image, one or two fully connected layers, and probabilities. */
function classify(builder: Builder, draw: Draw, image: Value, hasFloatResult: boolean): void {
  const { dtype, shape, quantization } = image.tensor;
  const isFloat = dtype === 'float32';
  const features =
    isFloat || draw.chance(50)
      ? builder.node(
          'reshape',
          [image],
          { shape: [shape[0]!, elementCount(shape.slice(1))] },
          { ...image, dtype, quantization },
        )
      : builder.node('mean', [image], { axes: [1, 2], keepDimensions: false }, { dtype, quantization });
  const hidden = draw.chance(40) ? fullyConnected(builder, draw, features)! : features;
  const scores = fullyConnected(builder, draw, hidden)!;
  if (isFloat) {
    // results of these are inexact, so nothing reads them
    const [operator, attributes] = draw.pick([
      ['logistic', {}],
      ['tanh', {}],
      ['softmax', { beta: 1, axis: 1 }],
    ] as const);
    builder.node(operator, [scores], attributes, { dtype });
    return;
  }
  const probabilities = draw.chance(60)
    ? builder.node('softmax', [scores], { beta: 1, axis: 1 }, { dtype, quantization: q(1 / 256, -128) })
    : scores;
  if (hasFloatResult) {
    builder.node('dequantize', [probabilities], {}, { dtype: 'float32' });
  }
}
