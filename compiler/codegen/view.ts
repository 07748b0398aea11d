import { describeType, sizeBytesOf, sizeOfDType, type Tensor, type TensorId, tensorOf } from '../ir/index.ts';
import type { Placement } from '../memory/place.ts';
import type { ArenaPlan } from '../memory/plan-program.ts';
import { operatorNamed } from '../ops/index.ts';
import { type Program, placeOf, rowsOf, type Segment, type Step } from '../schedule/index.ts';
import { amalgamate, type KernelSources, kernelRoot, type Root } from './amalgamate.ts';
import { alignColumns, commentText } from './comment.ts';
import { constantPool } from './constants.ts';
import type { DriverNeeds, Ring } from './driver.ts';
import {
  argumentsText,
  callerPortsOf,
  type Passed,
  type PortView,
  parameterText,
  passedTo,
  pointersOf,
  portViews,
} from './ports.ts';
import { arenaArraysOf, placeInArrays, sectionViewOf, weightsMacro } from './sections.ts';
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
  /** Inputs and outputs lie in buffers of the caller: the program must be one that was planned so. */
  readonly callerPorts?: {
    /** Of the target; 0 without a cache. */
    readonly cacheLineBytes: number;
  };
}

/** Everything that the templates print, as plain values. */
export type ModelView = ReturnType<typeof viewOfProgram>;

const passedArena: Passed = { parameter: 'void *arena', name: 'arena' };
const passedPort = ({ parameter, pointer }: PortView): Passed => ({ parameter, name: pointer });

/** The view of a placed program. */
export function viewOfProgram(program: Program, plan: ArenaPlan, options: EmissionOptions) {
  const { cName, provenance } = options;
  const upper = cName.toUpperCase();
  const pointers = pointersOf(program);
  const pool = constantPool(cName, (owner) => weightsMacro(upper, options.placement, owner));
  const arrays = options.arena === 'caller' ? null : arenaArraysOf(cName, plan);
  const at = (cType: string, offset: number): string => {
    const place = placeInArrays(plan, offset);
    return arrays === null
      ? `${upper}_AT(${cType}, ${offset})`
      : `${arrays[place.index]!.at}(${cType}, ${place.offset})`;
  };
  const address = (id: TensorId, cType: string): string => {
    const tensor = tensorOf(program.graph, id);
    if (tensor.kind === 'constant') {
      return pool.add(constantOfTensor(tensor), `tensor_${id}`, `${commentText(tensor.name)}: ${describeType(tensor)}`);
    }
    const buffer = program.bufferOfTensor.get(id);
    if (buffer === undefined) {
      throw new Error(`tensor '${tensor.name}' has no place`);
    }
    const { offsetBytes } = placeOf(program.views, tensor);
    const pointer = pointers.get(buffer.id);
    if (pointer !== undefined) {
      return offsetBytes === 0 ? pointer : `(${pointer} + ${offsetBytes / sizeOfDType(tensor.dtype)})`;
    }
    return at(cType, plan.bufferOffsets.get(buffer.id)! + offsetBytes);
  };
  const ringOf = (id: TensorId): Ring => {
    const tensor = tensorOf(program.graph, id);
    const { sameRows, slots, phase } = program.bufferOfTensor.get(id)!;
    const pitchBytes = program.views.byTensor.get(id)?.pitchBytes ?? null;
    return {
      ...(sameRows ? { slots, phase } : { slots: rowsOf(tensor).height, phase: 0 }),
      ...(pitchBytes === null ? {} : { pitch: pitchBytes / sizeOfDType(tensor.dtype) }),
    };
  };
  const steps = program.segments.flatMap((segment) =>
    program.steps.slice(segment.first, segment.end).map((step, k) => {
      const index = segment.first + k;
      const pace = isLoop(segment) ? segment.paces[k]! : null;
      const scratch = at('void', plan.scratchOffsets.get(index) ?? 0);
      return emitStep({ step, index, prefix: cName, pool, address, scratch, ringOf, pace });
    }),
  );
  const progress = plan.progressOffset === null ? null : at('int32_t', plan.progressOffset);
  const stream = streamViewOf(program, { cName, arena: options.arena, progress, address });
  // Streamed rows are handed over: the input has no place of its own that could be written to.
  const inputs = stream === null ? portViews(program, 'input', cName, address) : [];
  const outputs = portViews(program, 'output', cName, address);
  const callerPorts =
    options.callerPorts === undefined ? null : callerPortsOf(inputs, outputs, options.callerPorts.cacheLineBytes);
  const portsPassed = callerPorts === null ? [] : [...inputs, ...outputs].map(passedPort);
  const passed: readonly Passed[] = [...(options.arena === 'caller' ? [passedArena] : []), ...portsPassed];
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
    /** What run() takes, and what an example passes. */
    runParameters: parameterText(passed),
    runArguments: argumentsText(passed),
    callerPorts,
    /** Whether anything lies in the arena: without inputs and outputs it can be empty. */
    hasArena: callerPorts === null || plan.sizeBytes > 0,
    /** Where the arena lies in several memories: its arrays. */
    arenaArrays: arrays,
    arenaSize: Math.max(plan.sizeBytes, 1),
    arenaAlignment: Math.max(plan.alignmentBytes, 1),
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
      ...new Set([
        ...amalgamation.systemIncludes,
        ...(variables.length + (callerPorts?.copies.length ?? 0) > 0 || stream !== null ? ['string.h'] : []),
      ]),
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
    parts: program.segments.map((segment, index) =>
      partView(segment, index, steps, (members) => passedTo(members, passed, `${upper}_AT`)),
    ),
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
function partView(
  segment: Segment,
  index: number,
  steps: readonly StepCode[],
  passedToSteps: (steps: readonly StepCode[]) => readonly Passed[],
) {
  const members = steps.slice(segment.first, segment.end);
  const passed = passedToSteps(members);
  return {
    index,
    isLoop: isLoop(segment),
    /** The function is one tick: rows that the caller hands over drive it. */
    isTick: segment.input !== undefined,
    first: segment.first,
    last: segment.end - 1,
    ticks: segment.ticks,
    parameters: parameterText(passed),
    arguments: argumentsText(passed),
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

/** An offset in the arena; with the memory in front where there are several. */
function placeText(plan: ArenaPlan, offset: number): string {
  const place = placeInArrays(plan, offset);
  return plan.parts.length < 2 ? String(offset) : `${plan.parts[place.index]!.memory.symbol} ${place.offset}`;
}

function stepTable(program: Program, plan: ArenaPlan, steps: readonly StepCode[]): readonly string[] {
  const pointers = pointersOf(program);
  const offsetOf = (id: TensorId | null | undefined) => {
    const buffer = id === null || id === undefined ? undefined : program.bufferOfTensor.get(id);
    if (id === null || id === undefined || buffer === undefined) {
      return '-';
    }
    const { offsetBytes } = placeOf(program.views, tensorOf(program.graph, id));
    const pointer = pointers.get(buffer.id);
    const place =
      pointer === undefined
        ? placeText(plan, plan.bufferOffsets.get(buffer.id)! + offsetBytes)
        : `${pointer}${offsetBytes === 0 ? '' : ` + ${offsetBytes}`}`;
    return `${place}${buffer.slots < buffer.height ? ` (${buffer.slots} rows)` : ''}`;
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
