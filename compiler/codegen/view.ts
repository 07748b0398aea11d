import { describeType, sizeBytesOf, type Tensor, type TensorId, tensorOf } from '../ir/index.ts';
import type { Placement } from '../memory/place.ts';
import type { ArenaPlan } from '../memory/plan-program.ts';
import { floatLiteral } from '../numerics/index.ts';
import { operatorNamed } from '../ops/index.ts';
import { type Program, rowsOf, type Segment, type Step } from '../schedule/index.ts';
import { amalgamate, type KernelSources, kernelRoot, type Root } from './amalgamate.ts';
import { cTypeOfDType } from './calls.ts';
import { alignColumns, commentText } from './comment.ts';
import { constantPool } from './constants.ts';
import type { DriverNeeds, Ring } from './driver.ts';
import { sectionViewOf, weightsMacro } from './sections.ts';
import { emitStep, type StepCode } from './step-code.ts';
import { streamViewOf } from './stream-view.ts';

export type ArenaMode = 'static' | 'caller';

/** Where the generated files come from. */
export interface Provenance {
  readonly mscVersion: string;
  readonly modelName: string;
  readonly modelSha256: string;
  readonly target: string;
}

export interface EmissionOptions {
  /** In front of every symbol: a C identifier. */
  readonly cName: string;
  readonly arena: ArenaMode;
  readonly provenance: Provenance;
  readonly kernels: KernelSources;
  readonly placement: Placement;
}

/** Everything that the templates print, as plain values. */
export type ModelView = ReturnType<typeof viewOfProgram>;

/** A tensor at the border, as the header declares it. */
export interface PortView {
  readonly accessor: string;
  /** Prefix of its macros: `KWS_INPUT`. */
  readonly macro: string;
  readonly cType: string;
  readonly type: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly quantized: boolean;
  readonly scale: string;
  readonly zeroPoint: string;
  /** C expression of the address. */
  readonly address: string;
}

/** The view of a placed program. */
export function viewOfProgram(program: Program, plan: ArenaPlan, options: EmissionOptions) {
  const { cName, provenance } = options;
  const upper = cName.toUpperCase();
  const pool = constantPool(cName, (owner) => weightsMacro(upper, options.placement, owner));
  const address = (id: TensorId, cType: string): string => {
    const tensor = tensorOf(program.graph, id);
    if (tensor.kind === 'constant') {
      return pool.add(constantOfTensor(tensor), `tensor_${id}`, `${commentText(tensor.name)}: ${describeType(tensor)}`);
    }
    const buffer = program.bufferOfTensor.get(id);
    if (buffer === undefined) {
      throw new Error(`tensor '${tensor.name}' has no place`);
    }
    return `${upper}_AT(${cType}, ${plan.bufferOffsets.get(buffer.id)!})`;
  };
  const ringOf = (id: TensorId): Ring => {
    const { height } = rowsOf(tensorOf(program.graph, id));
    const buffer = program.bufferOfTensor.get(id)!;
    return buffer.sameRows ? buffer : { slots: height, phase: 0 };
  };
  const steps = program.segments.flatMap((segment) =>
    program.steps.slice(segment.first, segment.end).map((step, k) => {
      const index = segment.first + k;
      const pace = isLoop(segment) ? segment.paces[k]! : null;
      const scratchOffset = plan.scratchOffsets.get(index) ?? null;
      return emitStep({ step, index, prefix: cName, pool, address, scratchOffset, ringOf, pace });
    }),
  );
  const port = (ids: readonly TensorId[], direction: 'input' | 'output') =>
    ids.map(
      (id, i): PortView =>
        portView(tensorOf(program.graph, id), { cName, direction, index: i, of: ids.length, address }),
    );
  const stream = streamViewOf(program, { cName, arena: options.arena, progressOffset: plan.progressOffset, address });
  // Streamed rows are handed over: the input has no place of its own that could be written to.
  const inputs = port(stream === null ? program.graph.inputs : [], 'input');
  const outputs = port(program.graph.outputs, 'output');
  const variables = [...program.graph.tensors.values()].filter((tensor) => tensor.kind === 'variable');
  // what run() calls itself; the kernels behind a driver may become part of it
  const called = new Set(steps.flatMap((step, i) => (step.driver === null ? [program.steps[i]!.call.kernel] : [])));
  const kernels: readonly Root[] = [...new Set(program.steps.map((step) => step.call.kernel))]
    .sort()
    .map((name) => ({ ...kernelRoot(name), isSeparate: called.has(name) }));
  const isStreamed = program.segments.some(isLoop);
  const helpers = [...new Set([...steps.flatMap((step) => step.driver?.uses ?? []), ...(isStreamed ? ['due'] : [])])];
  const roots: readonly Root[] = [...helpers.sort().map((name) => ({ file: 'include/msc/rows.h', name })), ...kernels];
  const amalgamation = amalgamate(options.kernels, roots, cName);
  return {
    cName,
    upper,
    ...provenance,
    modelName: commentText(provenance.modelName),
    shortSha256: provenance.modelSha256.slice(0, 12),
    sections: sectionViewOf(upper, options.placement),
    callerArena: options.arena === 'caller',
    /** What every function of the API takes, and what an example passes. */
    arenaParameter: options.arena === 'caller' ? 'void *arena' : 'void',
    arenaArgument: options.arena === 'caller' ? 'arena' : '',
    arenaSize: Math.max(plan.sizeBytes, 1),
    arenaAlignment: plan.alignmentBytes,
    inputs,
    outputs,
    macs: String(program.steps.reduce((sum, step) => sum + macsOf(step), 0)),
    /** There is something to reset: variables, or an input of which rows have come. */
    stateful: variables.length > 0 || stream !== null,
    variables: variables.map((tensor) => ({
      name: commentText(tensor.name),
      address: address(tensor.id, 'void'),
      fill: String(resetByte(tensor)),
      sizeBytes: sizeBytesOf(tensor),
    })),
    systemIncludes: [
      ...new Set([...amalgamation.systemIncludes, ...(variables.length > 0 || stream !== null ? ['string.h'] : [])]),
    ].sort(),
    table: stepTable(program, plan, steps),
    /** What of the kernel library the model calls. */
    roots,
    kernels: amalgamation.code,
    drivers: uniqueDrivers(steps),
    hasParameters: steps.some((step) => step.parameters.length > 0),
    parameters: steps.flatMap((step) => step.parameters),
    arrays: pool.arrays(),
    steps,
    parts: program.segments.map((segment, index) => partView(segment, index, steps)),
    stream,
    weightBytes: pool.arrays().reduce((sum, array) => sum + array.sizeBytes, 0),
  };
}

/** A constant tensor as an array of its own type. */
export function constantOfTensor(tensor: Tensor) {
  const bytes = tensor.data!.slice();
  const values =
    tensor.dtype === 'float32'
      ? new Float32Array(bytes.buffer)
      : tensor.dtype === 'int32'
        ? new Int32Array(bytes.buffer)
        : tensor.dtype === 'int16'
          ? new Int16Array(bytes.buffer)
          : tensor.dtype === 'uint8' || tensor.dtype === 'bool'
            ? bytes
            : new Int8Array(bytes.buffer);
  return { name: 'constant', values, comment: tensor.name };
}

function portView(
  tensor: Tensor,
  at: {
    readonly cName: string;
    readonly direction: 'input' | 'output';
    readonly index: number;
    readonly of: number;
    readonly address: (id: TensorId, cType: string) => string;
  },
): PortView {
  const suffix = at.of === 1 ? '' : `_${at.index}`;
  const cType = cTypeOfDType(tensor.dtype);
  const scale = tensor.quantization?.scales[0];
  return {
    accessor: `${at.cName}_${at.direction}${suffix}`,
    macro: `${at.cName}_${at.direction}${suffix}`.toUpperCase(),
    cType,
    type: describeType(tensor),
    name: commentText(tensor.name),
    sizeBytes: sizeBytesOf(tensor),
    quantized: scale !== undefined,
    scale: scale === undefined ? '' : floatLiteral(scale),
    zeroPoint: scale === undefined ? '' : `(${tensor.quantization!.zeroPoints[0]})`,
    address: at.address(tensor.id, at.direction === 'input' ? cType : `const ${cType}`),
  };
}

/** State starts at the value that stands for zero. */
function resetByte(tensor: Tensor): number {
  const zeroPoint = tensor.quantization?.zeroPoints[0] ?? 0;
  if (tensor.dtype !== 'int8' && zeroPoint !== 0) {
    throw new Error(`state '${tensor.name}' of type ${tensor.dtype} has zero point ${zeroPoint}`);
  }
  return zeroPoint;
}

function macsOf(step: Step): number {
  return operatorNamed(step.node.operator).definition.macs(step.view);
}

function isLoop(segment: Segment): boolean {
  return segment.end - segment.first > 1 || segment.input !== undefined;
}

/** A part of run(): one step, or a loop in which several steps advance together. */
function partView(segment: Segment, index: number, steps: readonly StepCode[]) {
  const members = steps.slice(segment.first, segment.end);
  return {
    index,
    isLoop: isLoop(segment),
    /** The function is one tick: rows that the caller hands over drive it. */
    isTick: segment.input !== undefined,
    first: segment.first,
    last: segment.end - 1,
    ticks: segment.ticks,
    steps: members,
  };
}

/** The drivers of all steps, each once, with what all its steps need. */
export function uniqueDrivers(steps: readonly StepCode[]): readonly string[] {
  const needs = new Map<string, DriverNeeds>();
  for (const { driver } of steps) {
    if (driver !== null) {
      const known = needs.get(driver.name);
      needs.set(driver.name, {
        pointers: Math.max(driver.pointers, known?.pointers ?? 0),
        batches: driver.batches || known?.batches === true,
      });
    }
  }
  const byName = new Map(steps.flatMap(({ driver }) => (driver === null ? [] : [[driver.name, driver] as const])));
  return [...byName.values()].map((driver) => driver.text(needs.get(driver.name)!));
}

function stepTable(program: Program, plan: ArenaPlan, steps: readonly StepCode[]): readonly string[] {
  const offsetOf = (id: TensorId | null | undefined) => {
    const buffer = id === null || id === undefined ? undefined : program.bufferOfTensor.get(id);
    const ring = buffer !== undefined && buffer.slots < buffer.height ? ` (${buffer.slots} rows)` : '';
    return buffer === undefined ? '-' : `${plan.bufferOffsets.get(buffer.id)!}${ring}`;
  };
  const rows = program.steps.map((step, i) => [
    String(i),
    step.node.operator,
    `[${step.view.outputs[0]!.shape.join(', ')}]`,
    step.call.kernel,
    String(macsOf(step)),
    String(steps[i]!.weightBytes),
    `${offsetOf(step.node.inputs[0])} -> ${offsetOf(step.node.outputs[0])}`,
  ]);
  const head = ['step', 'operator', 'output', 'kernel', 'MACs', 'weights', 'arena, from -> to'];
  return alignColumns([head, ...rows], [true, false, false, false, true, true, false]);
}
