import type { ModelView } from '../../compiler/codegen/index.ts';
import { bytesFromElements, type Graph, tensorOf } from '../../compiler/ir/index.ts';
import { evaluateGraph, initialState } from '../../compiler/ops/evaluate-graph.ts';
import { compileGraph } from '../../compiler/pipeline.ts';
import { compareOutputs, defaultTolerance, describeDifference } from '../../compiler/report/compare.ts';
import { runFirmware } from '../../compiler/simulate/index.ts';
import type { Target } from '../../compiler/targets/index.ts';
import type { BatchOptions } from './graph-batch.ts';
import { randomInputs } from './graphs.ts';

/** Inferences of each graph: of one with a state, a sequence. */
const inferences = 3;

/** What the program says of one inference beside its outputs: all zero if all is well. */
const verdict = ['status', 'an input changed', 'a byte outside of a buffer changed'] as const;

/**
 * Compiles every graph for buffers of the caller and runs all in one program; says what is wrong, nothing if all is well. On
 * the host the buffers are arrays of their own, so that the address sanitizer finds what is read outside of them. On a core
 * they lie between guard bytes, 4 bytes behind a multiple of 8, but for one input at the very end of a memory, another one in
 * every inference: reading on is a fault.
 */
export async function checkCallerBuffers(
  graphs: readonly Graph[],
  options: BatchOptions,
  on: { readonly emulator: 'host' | 'qemu'; readonly target: Target; readonly arena: 'static' | 'caller' },
): Promise<readonly string[]> {
  const compiled = graphs.map((graph, i) =>
    compileGraph(graph, { ...options, ...on, io: 'caller', cName: `net_${i}`, modelName: `net_${i}`, sha256: '' }),
  );
  const inputs = graphs.map((graph, g) =>
    Array.from({ length: inferences }, (_, i) => randomInputs(graph, 1000 * g + i + 1)),
  );
  const guardBytes = on.emulator === 'host' ? 0 : 60;
  const emitted = await runFirmware({
    sources: [
      ...compiled.flatMap(({ files }) => files),
      {
        name: 'main.c',
        text: mainOf(
          compiled.map(({ view }) => view),
          guardBytes,
        ),
      },
    ],
    target: on.target,
    inputBytes: Buffer.concat(inputs.flatMap((ofGraph) => ofGraph.flatMap((each) => each.map(bytesFromElements)))),
    emulator: on.emulator,
    optimize: on.emulator === 'host' ? '-O0' : '-O2',
    flags: [
      ...['-Wall', '-Wextra', '-Werror'],
      ...(on.emulator === 'host' ? ['-fsanitize=address,undefined', '-fno-sanitize-recover=all'] : []),
    ],
  });
  const faults: string[] = [];
  let at = 0;
  graphs.forEach((graph, g) => {
    const state = initialState(graph);
    inputs[g]!.forEach((each, i) => {
      const where = `graph ${g} (${graph.name}), inference ${i}`;
      evaluateGraph(graph, each, state).forEach((elements, k) => {
        const [expected, output] = [bytesFromElements(elements), tensorOf(graph, graph.outputs[k]!)];
        const actual = emitted.subarray(at, at + expected.length);
        // integers must be equal
        const [difference] = compareOutputs([output], [expected.length], actual, expected, defaultTolerance);
        if (difference !== undefined) {
          faults.push(`${where}: ${describeDifference(difference)}`);
        }
        at += expected.length;
      });
      verdict.forEach((what, k) => {
        if (emitted[at + k] !== 0) {
          faults.push(`${where}: ${what} (${emitted[at + k]})`);
        }
      });
      at += verdict.length;
    });
  });
  return at === emitted.length ? faults : [...faults, `${emitted.length} bytes, not ${at}`];
}

/** The arguments of run(): the arena where it takes one, then every buffer, `changed` given instead of one of them. */
function argumentsOf(view: ModelView, changed?: readonly [pointer: string, bad: string]): string {
  const ports = [...view.inputs, ...view.outputs].map(({ pointer }) =>
    pointer === changed?.[0] ? changed[1] : `(void *)${pointer}`,
  );
  return [...(view.callerArena ? [`${view.cName}_arena_of_caller`] : []), ...ports].join(', ');
}

function mainOf(views: readonly ModelView[], guardBytes: number): string {
  const lines = ['#include <string.h>', '#include <stdint.h>', ...views.map(({ cName }) => `#include "${cName}.h"`)];
  for (const view of views) {
    for (const { pointer, macro } of [...view.inputs, ...view.outputs]) {
      const size = `${macro}_SIZE + ${2 * guardBytes}U`;
      lines.push(`static uint8_t ${view.cName}_${pointer}_memory[${size}] __attribute__((aligned(8)));`);
    }
    if (view.callerArena) {
      const aligned = `__attribute__((aligned(${view.upper}_ARENA_ALIGNMENT)))`;
      lines.push(`static uint8_t ${view.cName}_arena_of_caller[${view.upper}_ARENA_SIZE] ${aligned};`);
    }
  }
  lines.push(
    'extern const uint8_t harness_input_end[];',
    'static uint8_t outside(const uint8_t *guard, uint8_t fill) {',
    '    uint8_t found = 0;',
    `    for (int i = 0; i < ${guardBytes}; i++) {`,
    '        found |= guard[i] != fill;',
    '    }',
    '    return found;',
    '}',
    'void test_main(const uint8_t *source, uint32_t size, void (*emit)(const void *bytes, uint32_t size));',
    'void test_main(const uint8_t *source, uint32_t size, void (*emit)(const void *bytes, uint32_t size)) {',
    '    (void)size;',
    '    (void)outside;',
  );
  for (const view of views) {
    const { cName, upper } = view;
    const ports = [...view.inputs, ...view.outputs];
    lines.push(...(view.stateful && view.callerArena ? [`    (void)${cName}_reset(${cName}_arena_of_caller);`] : []));
    lines.push(`    for (int i = 0; i < ${inferences}; i++) {`);
    lines.push(`        uint8_t verdict[${verdict.length}] = {0};`);
    ports.forEach(({ pointer, sizeBytes }, k) => {
      const memory = `${cName}_${pointer}_memory`;
      const atEnd = `(uint8_t *)((uintptr_t)harness_input_end - ${Math.ceil(sizeBytes / 4) * 4}U)`;
      const isLast = `i % ${view.inputs.length} == ${k} ? ${atEnd} : `;
      const mayBeLast = guardBytes > 0 && k < view.inputs.length;
      lines.push(`        uint8_t *const ${pointer} = ${mayBeLast ? isLast : ''}${memory} + ${guardBytes};`);
    });
    for (const { pointer } of ports) {
      const memory = `${cName}_${pointer}_memory`;
      lines.push(`        memset(${memory}, 0x5A + i, sizeof ${memory});`);
    }
    let at = 0;
    for (const { pointer, sizeBytes } of view.inputs) {
      lines.push(`        memcpy(${pointer}, source + ${at}, ${sizeBytes}U);`);
      at += sizeBytes;
    }
    for (const { pointer } of ports) {
      for (const bad of ['0', `(void *)(${pointer} + 1)`]) {
        lines.push(`        verdict[0] |= ${cName}_run(${argumentsOf(view, [pointer, bad])}) != ${upper}_BAD_BUFFER;`);
      }
    }
    lines.push(`        verdict[0] |= (uint8_t)${cName}_run(${argumentsOf(view)});`);
    at = 0;
    for (const { pointer, sizeBytes } of view.inputs) {
      lines.push(`        verdict[1] |= memcmp(${pointer}, source + ${at}, ${sizeBytes}U) != 0;`);
      at += sizeBytes;
    }
    for (const { pointer, sizeBytes } of guardBytes > 0 ? ports : []) {
      const memory = `${cName}_${pointer}_memory`;
      lines.push(`        verdict[2] |= outside(${memory}, (uint8_t)(0x5A + i));`);
      lines.push(`        verdict[2] |= outside(${memory} + ${guardBytes + sizeBytes}, (uint8_t)(0x5A + i));`);
    }
    lines.push(...view.outputs.map(({ pointer, sizeBytes }) => `        emit(${pointer}, ${sizeBytes}U);`));
    lines.push('        emit(verdict, sizeof verdict);', `        source += ${at};`, '    }');
  }
  return [...lines, '}', ''].join('\n');
}
