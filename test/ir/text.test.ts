import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Attributes,
  dtypes,
  elementCount,
  type Graph,
  parseGraph,
  printGraph,
  type Quantization,
  sizeOfDType,
  type Tensor,
} from '../../compiler/ir/index.ts';

const names = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '"', '\\', '\\"', '\n', '\r', '%0', '} from "x" 1', '\u2028', '\u0000', 'é', '*/', ') -> ('),
);
/** JSON has no -0, no infinities and no NaN; the text has them. */
const reals = fc.oneof({ weight: 4, arbitrary: fc.double() }, fc.constantFrom(-0, Infinity, -Infinity, Number.NaN));
const integers = fc.integer();

const quantizations: fc.Arbitrary<Quantization | null> = fc.option(
  fc.integer({ min: 1, max: 3 }).chain((count) =>
    fc.record({
      scales: fc.array(reals, { minLength: count, maxLength: count }),
      zeroPoints: fc.array(integers, { minLength: count, maxLength: count }),
      axis: fc.option(fc.nat(5)),
    }),
  ),
);

const tensorsOf = (id: number): fc.Arbitrary<Tensor> =>
  fc
    .record({
      id: fc.constant(id),
      name: names,
      kind: fc.constantFrom('constant' as const, 'variable' as const, 'computed' as const),
      dtype: fc.constantFrom(...dtypes),
      shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
      quantization: quantizations,
    })
    .chain((type) => {
      const length = elementCount(type.shape) * sizeOfDType(type.dtype);
      const data =
        type.kind === 'constant' ? fc.uint8Array({ minLength: length, maxLength: length }) : fc.constant(null);
      return data.map((bytes) => ({ ...type, data: bytes === null ? null : Uint8Array.from(bytes) }));
    });

const attributes: fc.Arbitrary<Attributes> = fc
  .dictionary(
    names.filter((name) => name !== '__proto__'),
    fc.oneof(reals, fc.boolean(), names, fc.array(reals), fc.array(names)),
    { noNullPrototype: true },
  )
  .map((value) => value as Attributes);

const graphs: fc.Arbitrary<Graph> = fc.integer({ min: 0, max: 5 }).chain((count) => {
  const id = fc.nat(Math.max(0, count - 1));
  const ids = count === 0 ? fc.constant([]) : fc.array(id, { maxLength: 4 });
  return fc.record({
    name: names,
    tensors: fc.tuple(...Array.from({ length: count }, (_, i) => tensorsOf(i))).map((list) => new Map(list.entries())),
    nodes: fc.array(
      fc.record({
        name: names,
        operator: fc.constantFrom('conv2d', 'max_pool2d', 'x'),
        inputs: count === 0 ? fc.constant([]) : fc.array(fc.option(id), { maxLength: 4 }),
        outputs: ids,
        attributes,
        origin: fc.record({ operator: names, index: fc.nat() }),
      }),
      { maxLength: 4 },
    ),
    inputs: ids,
    outputs: ids,
  });
});

describe('the text of a graph', () => {
  test('reads back as the same graph', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        expect(parseGraph(printGraph(graph, { constants: true }))).toEqual(graph);
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  test('is one line for each tensor and node', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const lines = printGraph(graph).split('\n');
        expect(lines).toHaveLength(1 + graph.tensors.size + graph.nodes.length + 1);
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  test.each([
    ['no graph line', 'tensor %0 "x" computed int8 [1]'],
    ['an unknown type', 'graph "g" () -> ()\ntensor %0 "x" computed int7 [1]'],
    ['a constant without its bytes', 'graph "g" () -> ()\ntensor %0 "x" constant int8 [1] bytes 1'],
    ['a node without an origin', 'graph "g" () -> ()\nnode relu "r" (%0) -> (%1) {}'],
  ])('%s is refused', (_, text) => {
    expect(() => parseGraph(text)).toThrow(/not a line of a graph|unknown type/);
  });
});
