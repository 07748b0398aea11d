/** Sample files with something changed in their tables, to see what the frontends make of it. */
import { readRoot, writeRoot } from '../../compiler/frontends/flatbuffer/index.ts';
import { writeMslite, writeTflite } from '../../compiler/frontends/index.ts';
import { msliteSchema } from '../../compiler/frontends/mslite/schema.generated.ts';
import { tfliteSchema } from '../../compiler/frontends/tflite/schema.generated.ts';
import { msliteSample, tfliteSample } from './sample-models.ts';

type Mutable<T> = T extends Uint8Array
  ? T
  : T extends readonly (infer E)[]
    ? Mutable<NonNullable<E>>[]
    : T extends object
      ? { -readonly [K in keyof T]: Mutable<T[K]> }
      : T;

type TfliteModel = Mutable<ReturnType<typeof readRoot<typeof tfliteSchema>>>;
type MsliteModel = Mutable<ReturnType<typeof readRoot<typeof msliteSchema>>>;

export type TfliteGraph = NonNullable<TfliteModel['subgraphs']>[number];

/** The sample after `edit`; `graph` is its only graph. */
export function editedTflite(edit: (model: TfliteModel, graph: TfliteGraph) => void): Uint8Array {
  const model = readRoot(tfliteSchema, writeTflite(tfliteSample), 'sample') as TfliteModel;
  edit(model, model.subgraphs![0]!);
  return writeRoot(tfliteSchema, model);
}

/** The sample after `edit`. */
export function editedMslite(edit: (model: MsliteModel) => void): Uint8Array {
  const model = readRoot(msliteSchema, writeMslite(msliteSample), 'sample') as MsliteModel;
  edit(model);
  return writeRoot(msliteSchema, model);
}
