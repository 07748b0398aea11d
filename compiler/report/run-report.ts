import type { DType } from '../ir/index.ts';
import type { CompileReport } from './report.ts';

export interface Sizes {
  readonly text: number;
  readonly data: number;
  readonly bss: number;
}

/** What a run showed, beside what was known before. */
export interface RunReport extends CompileReport {
  readonly emulator: { readonly name: string; readonly version: string };
  readonly compiler: { readonly name: string; readonly version: string } | null;
  /** The hash is over the tensor's bytes of all inferences of all inputs, in order. */
  readonly outputs: readonly {
    readonly name: string;
    readonly dtype: DType;
    readonly shape: readonly number[];
    readonly sha256: string;
  }[];
  /** Null if nothing was expected. */
  readonly matches: boolean | null;
  /** Of the first inference, exact; null where they cannot be counted. */
  readonly instructions: number | null;
  readonly countedBy: string | null;
  /** How far the prediction is above what was measured; null if it was not. */
  readonly predictionErrorPercent: number | null;
  /** Of the first inference, estimated by a model of the core; null for cores without one. */
  readonly cycles: number | null;
  /** Of the firmware; null without one. */
  readonly sizes: Sizes | null;
  /** Of the same firmware without a model. */
  readonly emptySizes: Sizes | null;
  readonly notes: readonly string[];
}
