import { describe, expect, test } from 'vitest';
import { type Graph, printGraph, verifyGraph } from '../../compiler/ir/index.ts';
import { operatorNamed } from '../../compiler/ops/index.ts';
import { passes, runPasses } from '../../compiler/passes/index.ts';
import { firstFinding } from '../frontends/diagnostics-of.ts';
import { graphFrom, sampleOutputs } from '../support/graphs.ts';

/** What one pass makes of one graph. */
interface PassCase {
  readonly pass: string;
  readonly name: string;
  readonly before: string;
  /** The nodes that are left: `operator name (inputs) -> (outputs)`, and the graph's outputs if they change. */
  readonly after: readonly string[];
}

const conv = '{"strides":[1,1],"dilations":[1,1],"padding":[0,0,0,0],"groups":1,"activation":"none"}';

const reluAfterConv = (tail: string, outputs = '%4', relu = 'scale [0.5] zero [-3]') => `
graph "g" (%0) -> (${outputs})
tensor %0 "x" computed int8 [1, 4, 4, 2] scale [0.25] zero [5]
tensor %1 "w" constant int8 [3, 2, 2, 2] scale [0.125] zero [0] data random.
tensor %2 "b" constant int32 [3] data random.
tensor %3 "y" computed int8 [1, 3, 3, 3] scale [0.5] zero [-3]
tensor %4 "z" computed int8 [1, 3, 3, 3] ${relu}
node conv2d "conv" (%0, %1, %2) -> (%3) ${conv} from "CONV_2D" 0
node relu "relu" (%3) -> (%4) {"activation":"relu6"} from "RELU6" 1
${tail}`;

const padThenConv = (pad: string, outputs = '%4', between = 'scale [0.25] zero [5]') => `
graph "g" (%0) -> (${outputs})
tensor %0 "x" computed int8 [1, 3, 3, 2] scale [0.25] zero [5]
tensor %1 "w" constant int8 [3, 2, 2, 2] scale [0.125] zero [0] data random.
tensor %3 "padded" computed int8 [1, 5, 4, 2] ${between}
tensor %4 "y" computed int8 [1, 4, 3, 3] scale [0.5] zero [-3]
node pad "pad" (%0) -> (%3) ${pad} from "PAD" 0
node conv2d "conv" (%3, %1) -> (%4) ${conv} from "CONV_2D" 1
`;

/** `x` of [2, 3], then one node after the other, each with one operand and a result of the given shape. */
const chain = (nodes: readonly (readonly [operator: string, shape: string, attributes: string])[], outputs: string) =>
  [
    `graph "g" (%0) -> (${outputs})`,
    'tensor %0 "x" computed float32 [2, 3]',
    ...nodes.map(([, shape], i) => `tensor %${i + 1} "t${i + 1}" computed float32 ${shape}`),
    ...nodes.map(
      ([operator, , attributes], i) =>
        `node ${operator} "${operator}${i}" (%${i}) -> (%${i + 1}) ${attributes} from "X" ${i}`,
    ),
  ].join('\n');

const relu = ['relu', '[2, 3]', '{"activation":"relu"}'] as const;
const identity = ['reshape', '[2, 3]', '{"shape":[2,3]}'] as const;
const turn = (shape: string) => ['transpose', shape, '{"permutation":[1,0]}'] as const;

const cases: readonly PassCase[] = [
  {
    pass: 'remove-dead-nodes',
    name: 'a node that no output needs, and what only it needed',
    before: chain([relu, turn('[3, 2]'), turn('[2, 3]')], '%1'),
    after: ['relu relu0 (%0) -> (%1)'],
  },
  {
    pass: 'remove-dead-nodes',
    name: 'not a result that is an output, although nothing reads it',
    before: chain([relu], '%1'),
    after: ['relu relu0 (%0) -> (%1)'],
  },
  {
    pass: 'fold-constants',
    name: 'a chain of nodes that reads constants only',
    before: `
graph "g" (%0) -> (%4)
tensor %0 "x" computed float32 [3, 2]
tensor %1 "c" constant float32 [2, 3] data random.
tensor %2 "t" computed float32 [3, 2]
tensor %3 "r" computed float32 [3, 2]
tensor %4 "y" computed float32 [3, 2]
node transpose "turn" (%1) -> (%2) {"permutation":[1,0]} from "TRANSPOSE" 0
node relu "relu" (%2) -> (%3) {"activation":"relu"} from "RELU" 1
node add "add" (%0, %3) -> (%4) {"activation":"none"} from "ADD" 2`,
    after: ['add add (%0, %3) -> (%4)'],
  },
  {
    pass: 'fold-constants',
    name: 'not an output: the caller reads it from the arena',
    before: `
graph "g" (%0) -> (%0, %2)
tensor %0 "x" computed float32 [1]
tensor %1 "c" constant float32 [1] data random.
tensor %2 "y" computed float32 [1]
node relu "relu" (%1) -> (%2) {"activation":"relu"} from "RELU" 0`,
    after: ['relu relu (%1) -> (%2)'],
  },
  {
    pass: 'merge-reshapes',
    name: 'two reshapes in a row',
    before: chain(
      [relu, ['reshape', '[6]', '{"shape":[6]}'], ['reshape', '[3, 2]', '{"shape":[3,2]}'], turn('[2, 3]')],
      '%4',
    ),
    after: [
      'relu relu0 (%0) -> (%1)',
      'reshape reshape1 (%1) -> (%2)',
      'reshape reshape2 (%1) -> (%3)',
      'transpose transpose3 (%3) -> (%4)',
    ],
  },
  {
    pass: 'cancel-transposes',
    name: 'two transposes become the one that does both',
    before: `
graph "g" (%0) -> (%2)
tensor %0 "x" computed int8 [2, 3, 4] scale [1] zero [0]
tensor %1 "y" computed int8 [3, 4, 2] scale [1] zero [0]
tensor %2 "z" computed int8 [4, 2, 3] scale [1] zero [0]
node transpose "one" (%0) -> (%1) {"permutation":[1,2,0]} from "TRANSPOSE" 0
node transpose "two" (%1) -> (%2) {"permutation":[1,2,0]} from "TRANSPOSE" 1`,
    after: ['transpose one (%0) -> (%1)', 'transpose two (%0) -> (%2)'],
  },
  {
    pass: 'remove-identities',
    name: 'a reshape to the same shape',
    before: chain([relu, identity, turn('[3, 2]')], '%3'),
    after: ['relu relu0 (%0) -> (%1)', 'transpose transpose2 (%1) -> (%3)'],
  },
  {
    pass: 'remove-identities',
    name: 'one whose result is an output: a node writes that output still',
    before: chain([relu, identity], '%2'),
    after: ['relu relu0 (%0) -> (%1)', 'outputs (%1)'],
  },
  {
    pass: 'remove-identities',
    name: 'not between an input and an output, which are two places',
    before: chain([identity], '%1'),
    after: ['reshape reshape0 (%0) -> (%1)'],
  },
  {
    pass: 'remove-identities',
    name: 'but for the last of a chain between an input and an output',
    before: chain([identity, identity], '%2'),
    after: ['reshape reshape1 (%0) -> (%2)'],
  },
  {
    pass: 'remove-identities',
    name: 'but for the second of two outputs that are the same',
    before: `
graph "g" (%0) -> (%2, %3)
tensor %0 "x" computed float32 [2]
tensor %1 "t" computed float32 [2]
tensor %2 "y" computed float32 [2]
tensor %3 "z" computed float32 [2]
node relu "relu" (%0) -> (%1) {"activation":"relu"} from "RELU" 0
node reshape "one" (%1) -> (%2) {"shape":[2]} from "RESHAPE" 1
node reshape "two" (%1) -> (%3) {"shape":[2]} from "RESHAPE" 2`,
    after: ['relu relu (%0) -> (%1)', 'reshape two (%1) -> (%3)', 'outputs (%1, %3)'],
  },
  {
    pass: 'remove-identities',
    name: 'not a copy of a variable, which changes before the copy is read',
    before: `
graph "g" (%0) -> (%4, %6)
tensor %0 "x" computed int8 [1, 3] scale [0.5] zero [0]
tensor %1 "feature" constant int8 [2, 3] scale [0.5] zero [0] data random.
tensor %2 "time" constant int16 [2, 4] scale [0.0078125] zero [0] data random.
tensor %3 "state" variable int16 [1, 8] scale [0.25] zero [0]
tensor %4 "y" computed int8 [1, 2] scale [0.5] zero [0]
tensor %5 "earlier" computed int16 [1, 8] scale [0.25] zero [0]
tensor %6 "turned" computed int16 [8, 1] scale [0.25] zero [0]
node reshape "copy" (%3) -> (%5) {"shape":[1,8]} from "RESHAPE" 0
node svdf "svdf" (%0, %1, %2, _, %3) -> (%4) {"rank":1,"activation":"none"} from "SVDF" 1
node transpose "turn" (%5) -> (%6) {"permutation":[1,0]} from "TRANSPOSE" 2`,
    after: ['reshape copy (%3) -> (%5)', 'svdf svdf (%0, %1, %2, %null, %3) -> (%4)', 'transpose turn (%5) -> (%6)'],
  },
  {
    pass: 'remove-identities',
    name: 'not a slice that reverses',
    before: chain([relu, ['slice', '[2, 3]', '{"begin":[0,2],"size":[2,3],"strides":[1,-1]}'], relu], '%3'),
    after: ['relu relu0 (%0) -> (%1)', 'slice slice1 (%1) -> (%2)', 'relu relu2 (%2) -> (%3)'],
  },
  {
    pass: 'remove-identities',
    name: 'a slice of everything, a pad of nothing, a transpose that keeps the order',
    before: chain(
      [
        relu,
        ['slice', '[2, 3]', '{"begin":[0,0],"size":[2,3],"strides":[1,1]}'],
        ['pad', '[2, 3]', '{"before":[0,0],"after":[0,0],"value":1}'],
        ['transpose', '[2, 3]', '{"permutation":[0,1]}'],
        relu,
      ],
      '%5',
    ),
    after: ['relu relu0 (%0) -> (%1)', 'relu relu4 (%1) -> (%5)'],
  },
  {
    pass: 'fold-pad',
    name: 'into a convolution',
    before: padThenConv('{"before":[0,1,0,0],"after":[0,1,1,0],"value":5}'),
    after: ['conv2d conv (%0, %1) -> (%4)'],
  },
  {
    pass: 'fold-pad',
    name: 'not of another value than the zero point',
    before: padThenConv('{"before":[0,1,0,0],"after":[0,1,1,0],"value":0}'),
    after: ['pad pad (%0) -> (%3)', 'conv2d conv (%3, %1) -> (%4)'],
  },
  {
    pass: 'fold-pad',
    name: 'not of more elements than a convolution may add',
    before: `
graph "g" (%0) -> (%3)
tensor %0 "x" computed float32 [1, 1, 1, 1]
tensor %1 "w" constant float32 [1, 1, 1, 1] data random.
tensor %2 "padded" computed float32 [1, 65537, 1, 1]
tensor %3 "y" computed float32 [1, 65537, 1, 1]
node pad "pad" (%0) -> (%2) {"before":[0,65536,0,0],"after":[0,0,0,0],"value":0} from "PAD" 0
node conv2d "conv" (%2, %1) -> (%3) ${conv} from "CONV_2D" 1`,
    after: ['pad pad (%0) -> (%2)', 'conv2d conv (%2, %1) -> (%3)'],
  },
  {
    pass: 'fold-pad',
    name: 'not of channels',
    before: `
graph "g" (%0) -> (%3)
tensor %0 "x" computed float32 [1, 2, 2, 1]
tensor %1 "w" constant float32 [1, 1, 1, 2] data random.
tensor %2 "padded" computed float32 [1, 2, 2, 2]
tensor %3 "y" computed float32 [1, 2, 2, 1]
node pad "pad" (%0) -> (%2) {"before":[0,0,0,1],"after":[0,0,0,0],"value":0} from "PAD" 0
node conv2d "conv" (%2, %1) -> (%3) ${conv} from "CONV_2D" 1`,
    after: ['pad pad (%0) -> (%2)', 'conv2d conv (%2, %1) -> (%3)'],
  },
  {
    pass: 'fold-pad',
    name: 'not where the padded image is an output too',
    before: padThenConv('{"before":[0,1,0,0],"after":[0,1,1,0],"value":5}', '%4, %3'),
    after: ['pad pad (%0) -> (%3)', 'conv2d conv (%3, %1) -> (%4)'],
  },
  {
    pass: 'fuse-activation',
    name: 'a clamp into the convolution before it',
    before: reluAfterConv(''),
    after: ['conv2d conv (%0, %1, %2) -> (%4)'],
  },
  {
    pass: 'fuse-activation',
    name: 'not into an operator that refuses it: SVDF keeps the whole range of int8',
    before: `
graph "g" (%0) -> (%5)
tensor %0 "x" computed int8 [1, 3] scale [0.5] zero [0]
tensor %1 "feature" constant int8 [2, 3] scale [0.5] zero [0] data random.
tensor %2 "time" constant int16 [2, 4] scale [0.0078125] zero [0] data random.
tensor %3 "state" variable int16 [1, 8] scale [0.25] zero [0]
tensor %4 "y" computed int8 [1, 2] scale [0.5] zero [0]
tensor %5 "z" computed int8 [1, 2] scale [0.5] zero [0]
node svdf "svdf" (%0, %1, %2, _, %3) -> (%4) {"rank":1,"activation":"none"} from "SVDF" 0
node relu "relu" (%4) -> (%5) {"activation":"relu"} from "RELU" 1`,
    after: ['svdf svdf (%0, %1, %2, %null, %3) -> (%4)', 'relu relu (%4) -> (%5)'],
  },
  {
    pass: 'fuse-activation',
    name: 'not where the scale changes',
    before: reluAfterConv('', '%4', 'scale [0.25] zero [-3]'),
    after: ['conv2d conv (%0, %1, %2) -> (%3)', 'relu relu (%3) -> (%4)'],
  },
  {
    pass: 'fuse-activation',
    name: 'not where the result is an output too',
    before: reluAfterConv('', '%3, %4'),
    after: ['conv2d conv (%0, %1, %2) -> (%3)', 'relu relu (%3) -> (%4)'],
  },
  {
    pass: 'fuse-activation',
    name: 'not where another node reads the result too',
    before: reluAfterConv(
      'tensor %5 "a" computed int8 [1, 3, 3, 3] scale [0.5] zero [-3]\n' +
        'node add "add" (%3, %4) -> (%5) {"activation":"none"} from "ADD" 2',
      '%5',
    ),
    after: ['conv2d conv (%0, %1, %2) -> (%3)', 'relu relu (%3) -> (%4)', 'add add (%3, %4) -> (%5)'],
  },
  {
    pass: 'fuse-activation',
    name: 'not two: relu6 after relu stays',
    before: reluAfterConv('').replace('"groups":1,"activation":"none"', '"groups":1,"activation":"relu"'),
    after: ['conv2d conv (%0, %1, %2) -> (%3)', 'relu relu (%3) -> (%4)'],
  },
];

function skeleton(graph: Graph, before: Graph): readonly string[] {
  const list = (ids: readonly (number | null)[]) => `(${ids.map((id) => `%${id}`).join(', ')})`;
  const nodes = graph.nodes.map(
    (node) => `${node.operator} ${node.name} ${list(node.inputs)} -> ${list(node.outputs)}`,
  );
  return list(graph.outputs) === list(before.outputs) ? nodes : [...nodes, `outputs ${list(graph.outputs)}`];
}

const definitionOf = (node: { readonly operator: string }) => operatorNamed(node.operator).definition;

describe.each(passes.filter((pass) => cases.some((row) => row.pass === pass.name)))('$name', (pass) => {
  test.each(cases.filter((row) => row.pass === pass.name))('$name', (row) => {
    const before = graphFrom(row.before);
    expect(verifyGraph(before, definitionOf)).toEqual([]);
    const after = pass.run(before);
    expect(skeleton(after, before)).toEqual(row.after);
    expect(verifyGraph(after, definitionOf)).toEqual([]);
    expect(pass.run(after)).toBe(after);
    expect(sampleOutputs(after, 1)).toEqual(sampleOutputs(before, 1));
    if (skeleton(before, before).join() === row.after.join()) {
      expect(after).toBe(before);
    }
  });
});

describe('all passes together', () => {
  test.each(cases)('on "$pass: $name": settle, and keep the outputs', (row) => {
    const before = graphFrom(row.before);
    const after = runPasses(before);
    expect(sampleOutputs(after, 5)).toEqual(sampleOutputs(before, 5));
    for (const pass of passes) {
      expect(pass.run(after)).toBe(after);
    }
    expect(runPasses(after)).toBe(after);
  });

  test('two transposes that undo each other, with what they enclose folded away', () => {
    const graph = runPasses(graphFrom(chain([relu, turn('[3, 2]'), turn('[2, 3]'), relu], '%4')));
    expect(skeleton(graph, graph)).toEqual(['relu relu0 (%0) -> (%1)', 'relu relu3 (%1) -> (%4)']);
  });

  test('settle on long chains: a pad in each round goes into the convolution', () => {
    const count = 80;
    const rows = Array.from({ length: count + 1 }, (_, i) => i);
    const text = [
      `graph "g" (%0) -> (%${count + 2})`,
      ...rows.map((i) => `tensor %${i} "t${i}" computed float32 [1, ${i + 1}, 1, 1]`),
      `tensor %${count + 1} "w" constant float32 [1, 1, 1, 1] data random.`,
      `tensor %${count + 2} "y" computed float32 [1, ${count + 1}, 1, 1]`,
      ...rows
        .slice(1)
        .map(
          (i) =>
            `node pad "p${i}" (%${i - 1}) -> (%${i}) {"before":[0,1,0,0],"after":[0,0,0,0],"value":0} from "PAD" ${i}`,
        ),
      `node conv2d "conv" (%${count}, %${count + 1}) -> (%${count + 2}) ${conv} from "CONV_2D" 0`,
    ].join('\n');
    const before = graphFrom(text);
    const after = runPasses(before);
    expect(after.nodes.map((node) => node.attributes.padding)).toEqual([[count, 0, 0, 0]]);
    expect(sampleOutputs(after, 1)).toEqual(sampleOutputs(before, 1));
  });

  test('stop after the first run of a pass, and show every graph on the way', () => {
    const seen: string[] = [];
    const before = graphFrom(chain([relu, identity, relu, relu], '%3'));
    const graph = runPasses(before, { stopAfter: 'fold-constants', onPass: (pass) => seen.push(pass.name) });
    expect(seen).toEqual(['remove-dead-nodes', 'fold-constants']);
    expect(graph.nodes.map((node) => node.name)).toEqual(['relu0', 'reshape1', 'relu2']);
    expect(printGraph(graph)).not.toContain('%4');
  });

  test('refuse a pass that there is not', () => {
    expect(firstFinding(() => runPasses(graphFrom(chain([relu], '%1')), { stopAfter: 'magic' }))).toBe(
      "unknown-pass: --stop-after: 'magic'",
    );
  });
});
