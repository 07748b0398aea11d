import { loadAssets } from '../../compiler/cli/assets.ts';
import { amalgamate, kernelRoot } from '../../compiler/codegen/amalgamate.ts';
import { constantPool } from '../../compiler/codegen/constants.ts';
import { emitStep, type StepCode } from '../../compiler/codegen/step-code.ts';
import { constantOfTensor, uniqueDrivers } from '../../compiler/codegen/view.ts';
import {
  bytesFromElements,
  elementsFromBytes,
  type Graph,
  sizeBytesOf,
  type TensorId,
  type TypedArray,
  tensorOf,
  viewOf,
} from '../../compiler/ir/index.ts';
import { planArena } from '../../compiler/memory/plan-program.ts';
import { evaluateGraph } from '../../compiler/ops/evaluate-graph.ts';
import { type Isa, type KernelRecord, operatorNamed } from '../../compiler/ops/index.ts';
import {
  isDrivenByRows,
  type Program,
  programOf,
  rowCountOf,
  rowsOf,
  type Step,
  viewsOf,
  wholeSegment,
} from '../../compiler/schedule/index.ts';
import { graphOf, type NodeCase, valuesOf } from './node-case.ts';

/** A case through one kernel: what the firmware is fed and what it must answer. */
export interface BatteryEntry {
  readonly title: string;
  readonly graph: Graph;
  readonly kernel: KernelRecord;
  readonly inputs: readonly TypedArray[];
  readonly expected: readonly Uint8Array[];
  readonly isFloat: boolean;
  /** Everything lies as the arena's planner places it: results start inside of operands. Else every tensor has its own bytes. */
  readonly placement?: 'tight';
  /** Computes one row a call. */
  readonly byRows?: boolean;
  /** The result starts this many bytes behind its operand, and lies in it. */
  readonly resultAt?: number;
}

/** Variables of a graph: a kernel reads and writes them, from any values. */
function variablesOf(graph: Graph): readonly TensorId[] {
  return [...graph.tensors.values()].filter((tensor) => tensor.kind === 'variable').map((tensor) => tensor.id);
}

/** What an entry is fed. */
function readTensors(graph: Graph): readonly TensorId[] {
  return [...graph.inputs, ...variablesOf(graph)];
}

/** What an entry answers. */
function writtenTensors(graph: Graph): readonly TensorId[] {
  return [...graph.outputs, ...variablesOf(graph)];
}

/** C that runs many entries in one start: entry k reads its inputs from the stream and emits its outputs. */
export interface Battery {
  readonly entries: readonly BatteryEntry[];
  readonly source: string;
  /** All inputs, one after another. */
  readonly input: Uint8Array;
}

const prefix = 'battery';

/** Every case through every kernel of these instruction sets that accepts it; `rounds` draws other random values. */
export function batteryEntries(cases: readonly NodeCase[], isas: readonly Isa[], rounds = 1): readonly BatteryEntry[] {
  return cases.flatMap((nodeCase, c) => {
    const graph = graphOf(nodeCase, 1000 + c);
    const view = viewOf(graph, graph.nodes[0]!);
    const kernels = operatorNamed(nodeCase.operator).kernels.filter((k) => isas.includes(k.isa) && k.accepts(view));
    return Array.from({ length: rounds }, (_, round) => {
      const inputs = readTensors(graph).map((id) => valuesOf(nodeCase.inputs[id]!, 77 * c + 13 * id + round + 5));
      const values = new Map(readTensors(graph).map((id, i) => [id, inputs[i]!.slice() as TypedArray]));
      const state = new Map(variablesOf(graph).map((id) => [id, values.get(id)!]));
      const outputs = evaluateGraph(
        graph,
        graph.inputs.map((id) => values.get(id)!),
        state,
      );
      const expected = [...outputs, ...state.values()].map(bytesFromElements);
      return kernels.map(
        (kernel): BatteryEntry => ({
          title: `${nodeCase.operator} ${nodeCase.name}: ${kernel.name}${rounds > 1 ? ` #${round}` : ''}`,
          graph,
          kernel,
          inputs,
          expected,
          isFloat: view.outputs[0]!.dtype === 'float32',
        }),
      );
    }).flat();
  });
}

/** The entries placed as tight as the planner allows, at once and, where the kernel can, a row at a time. */
export function tightEntries(entries: readonly BatteryEntry[]): readonly BatteryEntry[] {
  return entries.flatMap((entry): readonly BatteryEntry[] => {
    const { call } = stepOf(entry);
    const mayOverlap = call.work.kind !== 'whole' || call.inPlace.length > 0;
    const tight = { ...entry, title: `${entry.title}, tight`, placement: 'tight' } as const;
    const rows = isDrivenByRows(stepOf(entry)) && rowCountOf(stepOf(entry)) > 1;
    return [
      ...(mayOverlap ? [tight] : []),
      ...(rows ? [{ ...tight, title: `${tight.title}, by rows`, byRows: true } as const] : []),
    ];
  });
}

function stepOf({ graph, kernel, byRows }: BatteryEntry): Step {
  const node = graph.nodes[0]!;
  const view = viewOf(graph, node);
  const call = kernel.lower(view, { rounding: 'double', ...(byRows === true ? { rowsPerCall: 1 } : {}) });
  return { node, view, kernel, alternatives: [kernel], call, instructions: 0 };
}

/** The step in a program of its own. */
function programOfEntry(entry: BatteryEntry): Program {
  const step = stepOf(entry);
  const height = rowCountOf(step);
  const segment =
    entry.byRows === true
      ? { first: 0, end: 1, ticks: height, paces: [{ lag: 0, every: 1, rows: 1, skip: 0 }] }
      : wholeSegment(0, height);
  return programOf(entry.graph, [step], [segment], viewsOf(entry.graph));
}

/** The C of a battery, made by the same code generation as models. */
export async function makeBattery(entries: readonly BatteryEntry[]): Promise<Battery> {
  const { kernels } = await loadAssets();
  const pool = constantPool(prefix, () => 'BATTERY_SECTION_WEIGHTS');
  const steps: StepCode[] = [];
  const functions: string[] = [];
  let arenaBytes = 8;
  entries.forEach((entry, index) => {
    const { code, text, usedBytes } = entryCode(entry, index, pool);
    steps.push(code);
    functions.push(text);
    arenaBytes = Math.max(arenaBytes, usedBytes);
  });
  const roots = [...new Set(entries.map((entry) => entry.kernel.name))].sort().map(kernelRoot);
  const helpers = [...new Set(['due', ...steps.flatMap((step) => step.driver?.uses ?? [])])].sort();
  const code = amalgamate(
    kernels,
    [...helpers.map((name) => ({ file: 'include/msc/rows.h', name })), ...roots],
    prefix,
  );
  const source = [
    '#include <stdint.h>',
    '#include <string.h>',
    ...code.systemIncludes.map((name) => `#include <${name}>`),
    '#define BATTERY_SECTION_WEIGHTS',
    '#define BATTERY_SECTION_CODE',
    '#define BATTERY_INLINE static inline __attribute__((unused))',
    '#define BATTERY_NOINLINE __attribute__((noinline, noclone))',
    '#define BATTERY_ALIGNED(bytes) __attribute__((aligned(bytes)))',
    `static BATTERY_ALIGNED(16) uint8_t battery_arena[${arenaBytes}];`,
    '#define BATTERY_AT(type, offset) ((type *)(void *)&battery_arena[offset])',
    ...pool.arrays().map((array) => array.text),
    code.code,
    ...uniqueDrivers(steps),
    ...steps.flatMap((step) => step.parameters),
    ...functions,
    'void test_main(const uint8_t *input, uint32_t size, void (*emit)(const void *bytes, uint32_t size));',
    'void test_main(const uint8_t *input, uint32_t size, void (*emit)(const void *bytes, uint32_t size)) {',
    '    (void)size;',
    ...functions.map((_, i) => `    input = battery_entry_${i}(input, emit);`),
    '    (void)input;',
    '}',
    '',
  ].join('\n');
  return { entries, source, input: Buffer.concat(entries.flatMap((entry) => entry.inputs.map(bytesFromElements))) };
}

/** The outputs of every entry, cut from what the firmware emitted. */
export function splitOutputs(battery: Battery, emitted: Uint8Array): readonly (readonly Uint8Array[])[] {
  let at = 0;
  const outputs = battery.entries.map((entry) =>
    entry.expected.map((expected) => {
      const bytes = emitted.slice(at, at + expected.length);
      at += expected.length;
      return bytes;
    }),
  );
  if (at !== emitted.length) {
    throw new Error(`the battery emitted ${emitted.length} bytes, not ${at}`);
  }
  return outputs;
}

/** What differs between expected and emitted outputs of an entry; null if nothing does. Floats: 1e-5 relative or 1e-6. */
export function differenceOf(entry: BatteryEntry, outputs: readonly Uint8Array[]): string | null {
  for (const [i, expectedBytes] of entry.expected.entries()) {
    const type = tensorOf(entry.graph, writtenTensors(entry.graph)[i]!);
    const expected = elementsFromBytes(type, expectedBytes);
    const actual = elementsFromBytes(type, outputs[i]!);
    for (let k = 0; k < expected.length; k++) {
      const a = Number(actual[k]);
      const e = Number(expected[k]);
      const same = type.dtype === 'float32' ? Math.abs(a - e) <= Math.max(1e-6, 1e-5 * Math.abs(e)) : a === e;
      if (!same) {
        return `${entry.title}: output ${i} [${type.shape}] element ${k} is ${a}, expected ${e}`;
      }
    }
  }
  return null;
}

function entryCode(entry: BatteryEntry, index: number, pool: ReturnType<typeof constantPool>) {
  const { graph } = entry;
  const step = stepOf(entry);
  const offsets = new Map<TensorId, number>();
  let end = 0;
  const place = (sizeBytes: number) => {
    const offset = end;
    // A gap after every tensor catches writes behind it: it must keep its pattern.
    end = Math.ceil((end + sizeBytes + guardBytes) / 16) * 16;
    return offset;
  };
  const stored = [...graph.tensors.values()].filter((tensor) => tensor.kind !== 'constant');
  const ends: number[] = [];
  const program = programOfEntry(entry);
  let scratchOffset = 0;
  const [input, output] = [step.view.inputs[0]!, step.view.outputs[0]!];
  if (entry.resultAt !== undefined) {
    const base = place(sizeBytesOf(input));
    offsets.set(input.id, base);
    offsets.set(output.id, base + entry.resultAt);
    ends.push(base + sizeBytesOf(input));
    scratchOffset = place(step.call.scratchBytes);
  } else if (entry.placement === 'tight') {
    const plan = planArena(program, { alignmentBytes: 8 });
    const base = place(plan.sizeBytes);
    for (const tensor of stored) {
      offsets.set(tensor.id, base + plan.bufferOffsets.get(program.bufferOfTensor.get(tensor.id)!.id)!);
    }
    scratchOffset = base + (plan.scratchOffsets.get(0) ?? 0);
    ends.push(base + plan.sizeBytes);
  } else {
    for (const tensor of stored) {
      offsets.set(tensor.id, place(sizeBytesOf(tensor)));
      ends.push(offsets.get(tensor.id)! + sizeBytesOf(tensor));
    }
    scratchOffset = place(step.call.scratchBytes);
    ends.push(scratchOffset + step.call.scratchBytes);
  }
  const code = emitStep({
    step,
    index,
    prefix,
    pool,
    address: (id, cType) => {
      const tensor = tensorOf(graph, id);
      return tensor.kind === 'constant'
        ? pool.add(constantOfTensor(tensor), `tensor_${index}_${id}`, tensor.name)
        : `BATTERY_AT(${cType}, ${offsets.get(id)})`;
    },
    scratch: `BATTERY_AT(void, ${scratchOffset})`,
    ringOf: (id) => {
      const { slots, phase, sameRows } = program.bufferOfTensor.get(id)!;
      return sameRows ? { slots, phase } : { slots: rowsOf(tensorOf(graph, id)).height, phase: 0 };
    },
    pace: entry.byRows === true ? program.segments[0]!.paces[0]! : null,
  });
  const copyIn = readTensors(graph).map((id) => {
    const size = sizeBytesOf(tensorOf(graph, id));
    return `    memcpy(&battery_arena[${offsets.get(id)}], input, ${size});\n    input += ${size};`;
  });
  const emits = writtenTensors(graph).map(
    (id) => `    emit(&battery_arena[${offsets.get(id)}], ${sizeBytesOf(tensorOf(graph, id))});`,
  );
  const text = [
    `/* ${entry.title.replace(/\*\//g, '')} */`,
    `static const uint8_t *battery_entry_${index}(const uint8_t *input, void (*emit)(const void *, uint32_t)) {`,
    `    memset(battery_arena, ${guardPattern}, ${end});`,
    ...copyIn,
    entry.byRows === true
      ? `    for (int32_t tick = 0; tick < ${program.segments[0]!.ticks}; tick++) {\n        ${code.tickCall}\n    }`
      : `    ${code.call}`,
    ...ends.map((at) => guardCheck(at, graph, offsets)),
    ...emits,
    '    return input;',
    '}',
  ].join('\n');
  return { code, text, usedBytes: end };
}

const guardBytes = 16;
const guardPattern = 0xa5;

/** Spoils the outputs if a byte of the gap at `offset` was written, so that the comparison fails. */
function guardCheck(offset: number, graph: Graph, offsets: ReadonlyMap<TensorId, number>): string {
  const output = offsets.get(graph.outputs[0]!);
  return (
    `    for (uint32_t i = 0; i < ${guardBytes}; i++) { if (battery_arena[${offset} + i] != ${guardPattern}) ` +
    `{ battery_arena[${output}] = (uint8_t)~battery_arena[${output}]; break; } }`
  );
}
