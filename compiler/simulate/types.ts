import type { Target } from '../targets/index.ts';
import type { ImageSizes, OptimizeFlag, SourceFile, StackBound, ToolOptions } from '../toolchain/index.ts';
import type { PlacedSection } from './machines.ts';

/** Where generated code can be run. `auto`: the host for the target `host`, else QEMU, else Renode. */
export type Emulator = 'qemu' | 'host' | 'renode';

/** One input or output tensor, as the generated header gives access to it. */
export interface FirmwareTensor {
  /** C function without arguments that returns its address: `kws_input`, `kws_output_1`. Not there with buffers of the caller. */
  readonly accessor: string;
  readonly sizeBytes: number;
}

/** What the harness must know of a generated model. */
export interface FirmwareModel {
  /** Prefix of its symbols: `kws` has `kws_run()` and the macro `KWS_STEP(n)`, in `kws.c` and `kws.h`. */
  readonly cName: string;
  readonly inputs: readonly FirmwareTensor[];
  readonly outputs: readonly FirmwareTensor[];
  /** `<cName>_run()` takes the addresses of all inputs, then of all outputs: `--io caller`. */
  readonly takesPorts?: boolean;
  /** Whether there is a `<cName>_reset()`. */
  readonly hasReset: boolean;
  /** Rows that the input comes in, one after another, by `<cName>_push_row()`; null if it is whole. */
  readonly streamedRows?: number | null;
  /** Sections of an arena in several memories, and where these are on the chip. QEMU's board has them there, if it has RAM there. */
  readonly sections?: readonly PlacedSection[];
  /** Number of `<CNAME>_STEP(n)` hooks, n from 0; 0 asks for no count per step. */
  readonly stepCount: number;
}

/** One simulation. */
export interface SimulationRequest {
  readonly model: FirmwareModel;
  /** The generated files: at least `<cName>.c` and `<cName>.h`. */
  readonly sources: readonly SourceFile[];
  readonly target: Target;
  /** Each is one or more inferences (all inputs of one, in order, then the next), starting from reset state. */
  readonly inputs: readonly Uint8Array[];
  readonly emulator?: Emulator | 'auto';
  /** Of the model's code; the default is `-O2`. */
  readonly optimize?: OptimizeFlag;
  /** More flags for the model's code: warnings, sanitizers (host). */
  readonly flags?: readonly string[];
  /** Per start of the emulator; the default is 300. */
  readonly timeoutSeconds?: number;
  readonly tools?: ToolOptions;
}

/** How instructions were counted. `plugin` and `icount` are both exact; only `plugin` knows steps. */
export type CountMethod = 'plugin' | 'icount';

/** What was counted of the first inference of the first input. */
export interface InstructionCount {
  /** From the first instruction of run() until it has returned, both included. */
  readonly total: number;
  /** By step; what belongs to none (the function's own frame) is missing. Null where it cannot be told. */
  readonly steps: readonly number[] | null;
  /** The most that any inference of the simulation took. */
  readonly worst: number;
  readonly countedBy: CountMethod;
}

/** Estimated by a model of the core from how often each instruction ran in the first inference: see docs/cycles.md. */
export interface CycleEstimate {
  readonly total: number;
  /** By step, of the image that tells steps; null where they cannot be told. */
  readonly steps: readonly number[] | null;
}

/** What a simulation showed. */
export interface SimulationResult {
  /** By input: the outputs of its inferences, one after another. */
  readonly outputs: readonly Uint8Array[];
  /** Null on the host and in Renode. */
  readonly instructions: InstructionCount | null;
  /** Null where instructions are not counted by the plugin, and for cores without a model. */
  readonly cycles: CycleEstimate | null;
  /** Deepest stack of run(), from the stack pointer at its call, over all inferences; null on the host. */
  readonly stackBytes: number | null;
  /** The most that any call of the model's functions can need, whatever the inputs; null on the host. */
  readonly stackBound: StackBound | null;
  /** Of the whole firmware; null on the host. */
  readonly sizes: ImageSizes | null;
  /** Of the same firmware without a model. */
  readonly emptySizes: ImageSizes | null;
  /** Of the model's object file alone, before linking. */
  readonly modelSizes: ImageSizes | null;
  readonly emulator: { readonly name: Emulator; readonly version: string };
  readonly compiler: { readonly name: string; readonly version: string };
  /** What a reader of the numbers should know: why the plugin was not used, say. */
  readonly notes: readonly string[];
}
