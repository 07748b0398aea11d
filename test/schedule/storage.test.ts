import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Graph, type Node, type Tensor, type TensorKind, verifyGraph } from '../../compiler/ir/index.ts';
import { planArena } from '../../compiler/memory/plan-program.ts';
import { operatorNamed } from '../../compiler/ops/index.ts';
import { readGraph } from '../../compiler/pipeline.ts';
import {
  chooseKernels,
  type Objective,
  type Program,
  programOf as programOfSteps,
  rowCountOf,
  type Step,
  viewsOf,
  wholeSegment,
} from '../../compiler/schedule/index.ts';
import { svdfCases } from '../ops/svdf.cases.ts';
import { graphOf as caseGraph, q } from '../support/node-case.ts';

/** A node of a small graph: `output = operator(inputs)`; all tensors are int8 of 16 elements. */
type Line = readonly [output: number, operator: 'add' | 'relu' | 'reshape', ...inputs: number[]];

const flat = [1, 16];
const square = [1, 4, 4, 1];

/** Reshaped tensors are squares, the others are flat; sums of squares are squares. */
function graphOf(lines: readonly Line[], inputs: readonly number[], outputs: readonly number[]): Graph {
  const tensors = new Map<number, Tensor>();
  const add = (id: number, shape: readonly number[], kind: TensorKind = 'computed') =>
    tensors.set(id, { id, name: `t${id}`, kind, dtype: 'int8', shape, quantization: q(0.5, 0), data: null });
  for (const id of inputs) {
    add(id, flat);
  }
  const nodes = lines.map(([output, operator, ...operands], index): Node => {
    const from = tensors.get(operands[0]!)!.shape;
    const shape = operator === 'reshape' ? (from === flat ? square : flat) : from;
    add(output, shape);
    const attributes = operator === 'reshape' ? { shape } : { activation: operator === 'add' ? 'none' : 'relu' };
    const origin = { operator, index };
    return { name: `n${output}`, operator, inputs: operands, outputs: [output], attributes, origin };
  });
  const graph = { name: 'small', tensors, nodes, inputs, outputs };
  expect(verifyGraph(graph, (node) => operatorNamed(node.operator).definition)).toEqual([]);
  return graph;
}

const lowering = { rounding: 'double' } as const;

function stepsOf(graph: Graph, objective: Objective = 'balanced'): readonly Step[] {
  return chooseKernels(graph, { isas: ['portable', 'dsp'], objective, lowering });
}

function programOf(graph: Graph): Program {
  const steps = stepsOf(graph);
  const segments = steps.map((step, i) => wholeSegment(i, rowCountOf(step)));
  return programOfSteps(graph, steps, segments, viewsOf(graph));
}

/** The tensors that start at each place of the arena, and its size. */
function places(graph: Graph): readonly string[] {
  const program = programOf(graph);
  const plan = planArena(program, { alignmentBytes: 4 });
  const at = new Map<number, number[]>();
  for (const [id, buffer] of program.bufferOfTensor) {
    const offset = plan.bufferOffsets.get(buffer.id)!;
    at.set(
      offset,
      [...(at.get(offset) ?? []), id].sort((a, b) => a - b),
    );
  }
  expect(plan.sizeBytes).toBe(plan.lowerBoundBytes);
  return [...at].sort(([a], [b]) => a - b).map(([offset, ids]) => `${offset}: ${ids.join(' ')}`);
}

describe('tensors share bytes', () => {
  it('a result takes over its dying operand', () => {
    const graph = graphOf(
      [
        [2, 'relu', 1],
        [3, 'relu', 2],
      ],
      [0, 1],
      [3],
    );
    expect(places(graph)).toEqual(['0: 0 2 3', '16: 1']);
  });

  it('not while the operand is still read', () => {
    const graph = graphOf(
      [
        [1, 'relu', 0],
        [2, 'relu', 1],
        [3, 'add', 1, 2],
      ],
      [0],
      [3],
    );
    expect(places(graph)).toEqual(['0: 0 1 3', '16: 2']);
  });

  it('not when the operand is an output of the graph', () => {
    const graph = graphOf(
      [
        [1, 'relu', 0],
        [2, 'relu', 1],
      ],
      [0],
      [1, 2],
    );
    expect(places(graph)).toEqual(['0: 0 1', '16: 2']);
  });

  it('add(x, x) may lie in place of x', () => {
    const graph = graphOf(
      [
        [1, 'relu', 0],
        [2, 'add', 1, 1],
      ],
      [0],
      [2],
    );
    expect(places(graph)).toEqual(['0: 0 1 2']);
  });

  it('a sum takes over its second operand if the first lives on', () => {
    const graph = graphOf(
      [
        [2, 'add', 0, 1],
        [3, 'add', 0, 2],
      ],
      [0, 1],
      [3, 0],
    );
    expect(places(graph)).toEqual(['0: 0', '16: 1 2 3']);
  });

  it('an unused input keeps its own bytes, and two outputs never share', () => {
    const graph = graphOf(
      [
        [2, 'relu', 0],
        [3, 'relu', 0],
      ],
      [0, 1],
      [2, 3],
    );
    expect(places(graph)).toEqual(['0: 0 3', '16: 1 2']);
  });
});

describe('views', () => {
  it('have the bytes of their source and no step', () => {
    const graph = graphOf(
      [
        [1, 'relu', 0],
        [2, 'reshape', 1],
        [3, 'relu', 2],
      ],
      [0],
      [3],
    );
    const program = programOf(graph);
    expect(program.steps.map(({ kernel }) => kernel.name)).toHaveLength(2);
    expect(program.bufferOfTensor.get(1)).toBe(program.bufferOfTensor.get(2));
    expect(places(graph)).toEqual(['0: 0 1 2 3']);
  });

  it('a step does not write over a tensor whose view is still read', () => {
    const graph = graphOf(
      [
        [1, 'relu', 0],
        [2, 'reshape', 1],
        [3, 'relu', 1],
        [4, 'reshape', 3],
        [5, 'add', 2, 4],
      ],
      [0],
      [5],
    );
    const program = programOf(graph);
    expect(program.bufferOfTensor.get(1)).toBe(program.bufferOfTensor.get(2));
    expect(program.bufferOfTensor.get(3)).not.toBe(program.bufferOfTensor.get(1));
  });

  it('an output that is a view of an input is copied: writing the next input must not change it', () => {
    const graph = graphOf([[1, 'reshape', 0]], [0], [1]);
    const program = programOf(graph);
    expect(program.steps.map(({ kernel }) => kernel.name)).toEqual(['reshape__portable']);
    expect(program.bufferOfTensor.get(0)).not.toBe(program.bufferOfTensor.get(1));
  });

  it('two outputs that are views of one tensor share its bytes, which hold equal values', () => {
    const graph = graphOf(
      [
        [1, 'relu', 0],
        [2, 'reshape', 1],
        [3, 'reshape', 1],
      ],
      [0],
      [2, 3],
    );
    const program = programOf(graph);
    expect(program.bufferOfTensor.get(2)).toBe(program.bufferOfTensor.get(3));
    expect(places(graph)).toEqual(['0: 0 1 2 3']);
  });

  it('a view of an output is copied', () => {
    const graph = graphOf(
      [
        [1, 'relu', 0],
        [2, 'reshape', 1],
      ],
      [0],
      [1, 2],
    );
    const program = programOf(graph);
    expect(program.steps).toHaveLength(2);
    expect(program.bufferOfTensor.get(1)).not.toBe(program.bufferOfTensor.get(2));
  });
});

describe('a variable', () => {
  it('lives before the first step and after the last, alone', () => {
    const graph = caseGraph(svdfCases[0]!);
    const state = [...graph.tensors.values()].find(({ kind }) => kind === 'variable')!;
    const program = programOf(graph);
    const buffer = program.bufferOfTensor.get(state.id)!;
    expect(buffer.tensors).toEqual([state.id]);
    expect(buffer.written.at(-1)).toBe(0);
    expect(buffer.read[0]).toBe(2 * program.calls.length + 1);
  });
});

describe('kernels are chosen', () => {
  const cost = (steps: readonly Step[]) =>
    steps.reduce((sum, { kernel, view }) => sum + kernel.cost(view).instructions, 0);
  /** Code, each kernel once, and constants. */
  const flash = (steps: readonly Step[]) => {
    const code = new Map(steps.map(({ kernel, view }) => [kernel.name, kernel.cost(view).codeBytes]));
    const constants = steps.flatMap(({ call }) => call.constants.map(({ values }) => values.byteLength));
    return [...code.values(), ...constants].reduce((sum, bytes) => sum + bytes, 0);
  };

  it.each(['digits.ms', 'digits.tflite'])(
    '%s: no objective beats speed in instructions, or size in bytes',
    (fileName) => {
      const bytes = readFileSync(new URL(`../../examples/digits/${fileName}`, import.meta.url));
      const { graph } = readGraph(new Uint8Array(bytes), { fileName });
      const [speed, balanced, size] = (['speed', 'balanced', 'size'] as const).map((o) => stepsOf(graph, o));
      expect(cost(speed!)).toBeLessThanOrEqual(cost(balanced!));
      expect(cost(speed!)).toBeLessThanOrEqual(cost(size!));
      expect(flash(size!)).toBeLessThanOrEqual(flash(balanced!));
      expect(flash(size!)).toBeLessThanOrEqual(flash(speed!));
    },
  );
});

it('every buffer of a program has a place', () => {
  const program = programOf(
    graphOf(
      [
        [1, 'relu', 0],
        [2, 'add', 0, 1],
      ],
      [0],
      [2],
    ),
  );
  const plan = planArena(program, { alignmentBytes: 4 });
  expect([...plan.bufferOffsets.keys()]).toEqual(program.buffers.map(({ id }) => id));
});
