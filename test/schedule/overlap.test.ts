import { describe, expect, test } from 'vitest';
import { loadTargetTexts } from '../../compiler/cli/assets.ts';
import { verifyGraph } from '../../compiler/ir/index.ts';
import { planArena } from '../../compiler/memory/plan-program.ts';
import { operatorNamed } from '../../compiler/ops/index.ts';
import { assignBuffers, chooseKernels, isasOf, type Program } from '../../compiler/schedule/index.ts';
import { parseTarget } from '../../compiler/targets/index.ts';
import { graphFrom } from '../support/graphs.ts';

const target = parseTarget(await loadTargetTexts(), 'stm32f7');

/** The program of a graph in text form, without passes. */
function programOf(text: string): Program {
  const graph = graphFrom(text);
  expect(verifyGraph(graph, (node) => operatorNamed(node.operator).definition)).toEqual([]);
  const lowering = { rounding: 'double' } as const;
  return assignBuffers(graph, chooseKernels(graph, { isas: isasOf(target), objective: 'balanced', lowering }));
}

/** Tensors that share a buffer, each buffer with its times: "0 1: 0-2". */
const buffersOf = (program: Program): readonly string[] =>
  program.buffers.map(
    ({ tensors, firstTime, lastTime }) => `${[...tensors].sort((a, b) => a - b).join(' ')}: ${firstTime}-${lastTime}`,
  );

const f32 = (id: number, shape = '[4, 2]') => `tensor %${id} "t${id}" computed float32 ${shape}`;
const relu = (from: number, to: number) =>
  `node relu "relu${to}" (%${from}) -> (%${to}) {"activation":"relu"} from "RELU" ${to}`;
const add = (a: number, b: number, to: number) =>
  `node add "add${to}" (%${a}, %${b}) -> (%${to}) {"activation":"none"} from "ADD" ${to}`;
const turn = (from: number, to: number) =>
  `node transpose "turn${to}" (%${from}) -> (%${to}) {"permutation":[1,0]} from "TRANSPOSE" ${to}`;

describe('tensors do not share a buffer', () => {
  test.each<[string, string[], string[]]>([
    [
      'where the kernel reads elements in another order',
      ['graph "g" (%0) -> (%1)', f32(0), f32(1, '[2, 4]'), turn(0, 1)],
      ['0: 0-1', '1: 1-2'],
    ],
    [
      'broadcast: only the place of the full operand is taken',
      ['graph "g" (%0, %1) -> (%2)', f32(0, '[1, 2]'), f32(1), f32(2), add(0, 1, 2)],
      ['0: 0-1', '1 2: 0-2'],
    ],
    [
      'where the operand has another size',
      [
        'graph "g" (%0) -> (%1)',
        'tensor %0 "x" computed int8 [8] scale [1] zero [0]',
        'tensor %1 "y" computed float32 [8]',
        'node dequantize "d" (%0) -> (%1) {} from "DEQUANTIZE" 0',
      ],
      ['0: 0-1', '1: 1-2'],
    ],
  ])('%s', (_, lines, expected) => {
    const program = programOf(lines.join('\n'));
    expect(buffersOf(program)).toEqual(expected);
    for (const [id, buffer] of program.bufferOfTensor) {
      expect(buffer.tensors).toContain(id);
    }
  });
});

test('buffers that live at the same time do not overlap in the arena', () => {
  const program = programOf(
    ['graph "g" (%0, %1) -> (%3, %4, %6)']
      .concat([0, 1, 3, 5].map((id) => f32(id)))
      .concat([2, 4, 6].map((id) => f32(id, '[2, 4]')))
      .concat(turn(0, 2), add(0, 1, 3), turn(3, 4), relu(1, 5), turn(5, 6))
      .join('\n'),
  );
  const plan = planArena(program, target.features.cacheLineBytes);
  const placed = program.buffers.map((buffer) => ({ ...buffer, offset: plan.bufferOffsets.get(buffer.id)! }));
  for (const a of placed) {
    expect(a.offset + a.sizeBytes).toBeLessThanOrEqual(plan.sizeBytes);
    for (const b of placed.filter((other) => other.id > a.id)) {
      const together = a.firstTime <= b.lastTime && b.firstTime <= a.lastTime;
      const apart = a.offset + a.sizeBytes <= b.offset || b.offset + b.sizeBytes <= a.offset;
      expect(!together || apart).toBe(true);
    }
  }
});
