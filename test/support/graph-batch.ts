import type { StreamView } from '../../compiler/codegen/stream-view.ts';
import { DiagnosticError } from '../../compiler/diagnostics/index.ts';
import { bytesFromElements, type Graph, sizeBytesOf, type TypedArray, tensorOf } from '../../compiler/ir/index.ts';
import { evaluateGraph, initialState } from '../../compiler/ops/evaluate-graph.ts';
import { runPasses } from '../../compiler/passes/index.ts';
import { type Assets, type CompileOptions, compileGraph } from '../../compiler/pipeline.ts';
import { compareOutputs, defaultTolerance, describeDifference } from '../../compiler/report/compare.ts';
import { isasOf } from '../../compiler/schedule/index.ts';
import { runFirmware } from '../../compiler/simulate/index.ts';
import type { Target } from '../../compiler/targets/index.ts';
import { randomInputs } from './graphs.ts';
import { drawFrom } from './random-graph/draw.ts';
import { randomSchedule } from './random-schedule.ts';
import { emitPlacement } from './trace/placements.ts';

/** How graphs are compiled: options of the compiler besides those that a batch sets itself. */
export type BatchOptions = Partial<Omit<CompileOptions, 'fileName' | 'cName' | 'target' | 'assets' | 'arena'>> & {
  readonly target: Target;
  readonly assets: Assets;
};

/** A compiled graph; `cName` has its index, so that many can be linked. */
export type CompiledGraph = Pick<ReturnType<typeof compileGraph>, 'cName' | 'program' | 'plan' | 'view' | 'files'>;

/** Compiles every graph as it is, or after the passes. */
export function compileGraphs(
  graphs: readonly Graph[],
  options: BatchOptions,
  passes = true,
): readonly CompiledGraph[] {
  return graphs.map((graph, i) => {
    const name = `graph_${i}`;
    const optimised = passes ? runPasses(graph, {}) : graph;
    return compileGraph(optimised, { ...options, cName: name, modelName: name, sha256: '' });
  });
}

/** Compiles every graph for less RAM than it takes for speed: from what `ram` leads to up to all of it. */
export function compileForLessRam(graphs: readonly Graph[], options: BatchOptions): readonly CompiledGraph[] {
  const fastest = compileGraphs(graphs, { ...options, objective: 'speed' });
  const smallest = compileGraphs(graphs, { ...options, objective: 'ram' });
  return graphs.map((graph, i) => {
    const name = `graph_${i}`;
    const [most, least] = [fastest[i]!.plan.sizeBytes, smallest[i]!.plan.sizeBytes];
    const ramBytes = least + Math.floor((Math.max(0, most - least) * ((i * 37) % 101)) / 100);
    return compileGraph(runPasses(graph, {}), { ...options, cName: name, modelName: name, sha256: '', ramBytes });
  });
}

/** Compiles every graph with a schedule that is drawn. */
export function compileAnySchedule(
  graphs: readonly Graph[],
  { target, assets }: BatchOptions,
  seed: number,
): readonly CompiledGraph[] {
  return graphs.map((graph, i) => {
    const cName = `graph_${i}`;
    const placement = randomSchedule(runPasses(graph, {}), drawFrom(seed + i), {
      isas: isasOf(target),
      lowering: { rounding: 'double' },
      alignmentBytes: target.features.cacheLineBytes,
      iterations: 100,
    });
    return { cName, ...placement, ...emitPlacement(placement, cName, assets, 'static') };
  });
}

/** The graphs whose input can come row by row, compiled so; those for which that is refused are left out. */
export function compileStreamed(
  graphs: readonly Graph[],
  options: BatchOptions,
): readonly { readonly graph: Graph; readonly compiled: CompiledGraph }[] {
  return graphs.flatMap((graph, i) => {
    const name = `graph_${i}`;
    const all = { ...options, streamInput: true, cName: name, modelName: name, sha256: '' };
    try {
      return [{ graph, compiled: compileGraph(runPasses(graph, {}), all) }];
    } catch (error) {
      if (error instanceof DiagnosticError && error.diagnostics.every((d) => d.name === 'input-not-streamable')) {
        return [];
      }
      throw error;
    }
  });
}

/** Inferences of each graph, with different inputs. */
const inferences = 2;

/**
 * Runs the C of every graph in one program, of this computer or of an emulated core, and the references: for each graph what differs, null if nothing
 * does. Integers must be equal.
 */
export async function compareWithReference(
  graphs: readonly Graph[],
  compiled: readonly CompiledGraph[],
  target: Target,
  emulator: 'host' | 'qemu' = 'host',
): Promise<readonly (string | null)[]> {
  const inputs = graphs.map((graph, g) =>
    Array.from({ length: inferences }, (_, i) => inputsOf(graph, 1000 * g + i + 1)),
  );
  const expected = graphs.map((graph, g) => {
    const state = initialState(graph);
    return Buffer.concat(inputs[g]!.flatMap((each) => evaluateGraph(graph, each, state).map(bytesFromElements)));
  });
  const emitted = await runFirmware({
    sources: [...compiled.flatMap(({ files }) => files), { name: 'batch.c', text: batchMain(compiled) }],
    target,
    inputBytes: Buffer.concat(inputs.flatMap((ofGraph) => ofGraph.flatMap((each) => each.map(bytesFromElements)))),
    emulator,
    // on the host compiling takes longer than anything else
    optimize: emulator === 'host' ? '-O0' : '-O2',
    flags: ['-Wall', '-Wextra', '-Werror'],
  });
  let at = 0;
  return graphs.map((graph, g) => {
    const actual = emitted.subarray(at, at + expected[g]!.length);
    at += expected[g]!.length;
    const outputs = graph.outputs.map((id) => tensorOf(graph, id));
    const differences = compareOutputs(outputs, outputs.map(sizeBytesOf), actual, expected[g]!, defaultTolerance);
    return differences[0] === undefined ? null : describeDifference(differences[0]);
  });
}

/** Random inputs; whole numbers where the graph computes with floats, so that its sums are exact in any order. */
function inputsOf(graph: Graph, seed: number): readonly TypedArray[] {
  const inputs = randomInputs(graph, seed);
  const isInteger = [...graph.tensors.values()].some((tensor) => tensor.dtype === 'int8');
  return isInteger ? inputs : inputs.map((elements) => (elements as Float32Array).map(Math.round));
}

/** The rows of an input, handed over from one place that is written over after every row. */
function pushed(cName: string, { cType, rows, rowBytes }: StreamView): readonly string[] {
  return [
    `        for (int y = 0; y < ${rows}; y++) {`,
    `            ${cType} row[${rowBytes}U / sizeof(${cType})];`,
    `            memcpy(row, input, ${rowBytes}U);`,
    `            (void)${cName}_push_row(row);`,
    `            memset(row, 0x55, ${rowBytes}U);`,
    `            input += ${rowBytes}U;`,
    '        }',
  ];
}

/** A `test_main` that runs every model and emits its outputs. */
function batchMain(compiled: readonly CompiledGraph[]): string {
  return [
    '#include <string.h>',
    ...compiled.map(({ cName }) => `#include "${cName}.h"`),
    'void test_main(const uint8_t *input, uint32_t size, void (*emit)(const void *bytes, uint32_t size));',
    'void test_main(const uint8_t *input, uint32_t size, void (*emit)(const void *bytes, uint32_t size)) {',
    '    (void)size;',
    ...compiled.flatMap(({ cName, view }) => [
      `    for (int i = 0; i < ${inferences}; i++) {`,
      ...(view.stream === null ? [] : pushed(cName, view.stream)),
      ...view.inputs.flatMap(({ accessor, sizeBytes }) => [
        `        memcpy(${accessor}(), input, ${sizeBytes}U);`,
        `        input += ${sizeBytes}U;`,
      ]),
      ...(view.stream === null ? [`        (void)${cName}_run();`] : []),
      ...view.outputs.map(({ accessor, sizeBytes }) => `        emit(${accessor}(), ${sizeBytes}U);`),
      '    }',
    ]),
    '}',
    '',
  ].join('\n');
}
