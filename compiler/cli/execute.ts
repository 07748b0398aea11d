import { bytesFromElements, elementsFromBytes, sizeBytesOf, tensorOf } from '../ir/index.ts';
import { evaluateGraph, initialState } from '../ops/evaluate-graph.ts';
import type { CompileResult } from '../pipeline.ts';
import type { Objective } from '../schedule/index.ts';
import type { FirmwareModel } from '../simulate/index.ts';
import { type Emulator, inferenceCounts, type SimulationResult, simulate } from '../simulate/index.ts';
import type { Target } from '../targets/index.ts';
import { mscVersion } from '../version.ts';

/** What runs the inferences: an emulated core, the host, or the TypeScript references. */
export type Executor = Emulator | 'auto' | 'reference';

/** What an execution needs to know. */
export interface Execution {
  readonly result: CompileResult;
  readonly target: Target;
  readonly executor: Executor;
  readonly inputs: readonly Uint8Array[];
  readonly objective: Objective;
  readonly toolchain?: string;
}

/** The result of a run; the same shape from every executor. */
export type ExecutionResult = Omit<SimulationResult, 'emulator' | 'compiler'> & {
  readonly emulator: { readonly name: string; readonly version: string };
  readonly compiler: SimulationResult['compiler'] | null;
};

/** Runs every input, each from reset state, and returns the outputs of each. */
export function execute(execution: Execution): Promise<ExecutionResult> {
  return execution.executor === 'reference'
    ? Promise.resolve(executeByReference(execution))
    : executeFirmware(execution);
}

/** What the test harness must know of a generated model. */
export function firmwareModelOf(result: CompileResult): FirmwareModel {
  const { stream } = result.view;
  const ports = (list: typeof result.view.inputs) =>
    list.map((port) => ({ accessor: port.accessor, sizeBytes: port.sizeBytes }));
  return {
    cName: result.cName,
    inputs:
      stream === null ? ports(result.view.inputs) : [{ accessor: 'frame', sizeBytes: stream.rows * stream.rowBytes }],
    outputs: ports(result.view.outputs),
    takesPorts: result.view.callerPorts !== null,
    hasReset: result.view.stateful,
    sections: result.plan.parts.map(({ memory }) => ({
      section: memory.section,
      originAddress: memory.originAddress,
      sizeBytes: memory.memories.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    })),
    stepCount: result.program.steps.length,
    streamedRows: stream?.rows ?? null,
  };
}

function executeFirmware({ result, target, executor, inputs, objective, toolchain }: Execution) {
  return simulate({
    model: firmwareModelOf(result),
    sources: result.files,
    target,
    inputs,
    emulator: executor as Emulator | 'auto',
    optimize: objective === 'size' ? '-Os' : '-O2',
    ...(toolchain === undefined ? {} : { tools: { toolchain } }),
  });
}

function executeByReference({ result, inputs }: Execution): ExecutionResult {
  const { graph } = result;
  const counts = inferenceCounts(firmwareModelOf(result), inputs);
  const outputs = inputs.map((bytes, i) => {
    const state = initialState(graph);
    let at = 0;
    const parts: Uint8Array[] = [];
    for (let n = 0; n < counts[i]!; n++) {
      const tensors = graph.inputs.map((id) => {
        const tensor = tensorOf(graph, id);
        const end = at + sizeBytesOf(tensor);
        const elements = elementsFromBytes(tensor, bytes.subarray(at, end));
        at = end;
        return elements;
      });
      parts.push(...evaluateGraph(graph, tensors, state).map(bytesFromElements));
    }
    return new Uint8Array(Buffer.concat(parts));
  });
  return {
    outputs,
    instructions: null,
    cycles: null,
    stackBytes: null,
    stackBound: null,
    sizes: null,
    emptySizes: null,
    modelSizes: null,
    emulator: { name: 'reference', version: mscVersion },
    compiler: null,
    notes: [],
  };
}
