/** Inputs and outputs of a model: how the header declares them, and how run() takes those that lie in memory of the caller. */
import { describeType, sizeBytesOf, type Tensor, type TensorId, tensorOf } from '../ir/index.ts';
import { floatLiteral } from '../numerics/index.ts';
import type { Program } from '../schedule/index.ts';
import { cTypeOfDType } from './calls.ts';
import { commentText } from './comment.ts';
import type { StepCode } from './step-code.ts';

/** Where inputs and outputs lie: in the arena, behind accessors, or in buffers that run() is given. */
export type IoMode = 'arena' | 'caller';

export type Direction = 'input' | 'output';

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
  /** Name of the parameter that points to it in a buffer of the caller: `input`, `output_1`. */
  readonly pointer: string;
  /** The whole parameter. */
  readonly parameter: string;
  /** What the address must be a multiple of. */
  readonly alignment: number;
}

/** What the templates print of buffers of the caller. */
export interface CallerPorts {
  /** What a buffer starts at a multiple of so that it shares no cache line, or what kernels need where there is no cache. */
  readonly bufferAlignment: number;
  readonly hasCache: boolean;
  /** All buffers, as arguments of the check. */
  readonly checks: readonly { readonly pointer: string; readonly macro: string; readonly isFirst: boolean }[];
  /** Results that no step writes to their buffer: they are another result's, an input's, or constant. */
  readonly copies: readonly { readonly to: string; readonly from: string; readonly sizeBytes: number }[];
}

/** Kernels read whole words of int8 data. */
const wordBytes = 4;

/** `input` if it is the only one, else `input_0`. */
function portName(direction: Direction, index: number, count: number): string {
  return count === 1 ? direction : `${direction}_${index}`;
}

/** The views of all inputs or all outputs, in order. */
export function portViews(
  program: Program,
  direction: Direction,
  cName: string,
  address: (id: TensorId, cType: string) => string,
): readonly PortView[] {
  const ids = direction === 'input' ? program.graph.inputs : program.graph.outputs;
  return ids.map((id, i) => portView(tensorOf(program.graph, id), direction, i, ids.length, cName, address));
}

function portView(
  tensor: Tensor,
  direction: Direction,
  index: number,
  count: number,
  cName: string,
  address: (id: TensorId, cType: string) => string,
): PortView {
  const pointer = portName(direction, index, count);
  const cType = cTypeOfDType(tensor.dtype);
  const scale = tensor.quantization?.scales[0];
  return {
    accessor: `${cName}_${pointer}`,
    macro: `${cName}_${pointer}`.toUpperCase(),
    cType,
    type: describeType(tensor),
    name: commentText(tensor.name),
    sizeBytes: sizeBytesOf(tensor),
    quantized: scale !== undefined,
    scale: scale === undefined ? '' : floatLiteral(scale),
    zeroPoint: scale === undefined ? '' : `(${tensor.quantization!.zeroPoints[0]})`,
    address: address(tensor.id, direction === 'input' ? cType : `const ${cType}`),
    pointer,
    parameter: `${direction === 'input' ? 'const ' : ''}${cType} *${pointer}`,
    alignment: Math.max(wordBytes, sizeBytesOf({ dtype: tensor.dtype, shape: [] })),
  };
}

/** The parameter that points to a buffer, by the id of each buffer outside of the arena; the first port of a buffer counts. */
export function pointersOf({ graph, outside, bufferOfTensor }: Program): ReadonlyMap<number, string> {
  const owned = new Set(outside.map(({ id }) => id));
  const pointers = new Map<number, string>();
  for (const [direction, ids] of [['input', graph.inputs] as const, ['output', graph.outputs] as const]) {
    ids.forEach((id, i) => {
      const buffer = bufferOfTensor.get(id)?.id;
      if (buffer !== undefined && owned.has(buffer) && !pointers.has(buffer)) {
        pointers.set(buffer, portName(direction, i, ids.length));
      }
    });
  }
  return pointers;
}

/** What is printed of the buffers of the caller; `cacheLineBytes` is 0 for targets without a cache. */
export function callerPortsOf(
  inputs: readonly PortView[],
  outputs: readonly PortView[],
  cacheLineBytes: number,
): CallerPorts {
  const ports = [...inputs, ...outputs];
  return {
    bufferAlignment: ports.reduce((most, { alignment }) => Math.max(most, alignment), cacheLineBytes),
    hasCache: cacheLineBytes > 0,
    checks: ports.map(({ pointer, macro }, i) => ({ pointer, macro, isFirst: i === 0 })),
    copies: outputs
      .filter(({ address, pointer }) => address !== pointer)
      .map(({ address, pointer, sizeBytes }) => ({ to: pointer, from: address, sizeBytes })),
  };
}

/** A parameter of generated functions, and what is passed for it: the arena, or a buffer of the caller. */
export interface Passed {
  readonly parameter: string;
  readonly name: string;
}

/** Those that some of the steps use. */
export function passedTo(steps: readonly StepCode[], all: readonly Passed[], arenaMacro: string): readonly Passed[] {
  const words = new Set(steps.flatMap(({ call }) => call.match(/\w+/g) ?? []));
  return all.filter(({ name }) => words.has(name === 'arena' ? arenaMacro : name));
}

/** `const int8_t *input, int8_t *output`; `void` for none. */
export function parameterText(passed: readonly Passed[]): string {
  return passed.length === 0 ? 'void' : passed.map(({ parameter }) => parameter).join(', ');
}

/** `input, output` */
export function argumentsText(passed: readonly Passed[]): string {
  return passed.map(({ name }) => name).join(', ');
}
