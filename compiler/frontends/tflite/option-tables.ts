import { tfliteSchema } from './schema.generated.ts';

/** Operators whose option table is not named after them. */
const tablesOfOthers: { readonly [kind: string]: string } = {
  AVERAGE_POOL_2D: 'Pool2DOptions',
  MAX_POOL_2D: 'Pool2DOptions',
  L2_POOL_2D: 'Pool2DOptions',
  MEAN: 'ReducerOptions',
  SUM: 'ReducerOptions',
  REDUCE_PROD: 'ReducerOptions',
  REDUCE_MAX: 'ReducerOptions',
  REDUCE_MIN: 'ReducerOptions',
  REDUCE_ANY: 'ReducerOptions',
  REDUCE_ALL: 'ReducerOptions',
  MAXIMUM: 'MaximumMinimumOptions',
  MINIMUM: 'MaximumMinimumOptions',
  RANDOM_UNIFORM: 'RandomOptions',
  RANDOM_STANDARD_NORMAL: 'RandomOptions',
  MULTINOMIAL: 'RandomOptions',
  L2_NORMALIZATION: 'L2NormOptions',
  UNIDIRECTIONAL_SEQUENCE_RNN: 'SequenceRNNOptions',
  CONV_3D_TRANSPOSE: 'Conv3DOptions',
};

/** Option tables by their name in lower case. */
const tablesByName: ReadonlyMap<string, string> = new Map(
  [...Object.keys(tfliteSchema.unions.BuiltinOptions), ...Object.keys(tfliteSchema.unions.BuiltinOptions2)].map(
    (name) => [name.toLowerCase(), name],
  ),
);

/** The option table that operators of this kind have, or null if they have none. */
export function optionTableOf(kind: string): string | null {
  const plainName = `${kind.replaceAll('_', '').toLowerCase()}options`;
  return tablesOfOthers[kind] ?? tablesByName.get(plainName) ?? null;
}

/** The union field that holds this table. */
export function unionFieldOf(table: string): 'builtin_options' | 'builtin_options_2' {
  return Object.hasOwn(tfliteSchema.unions.BuiltinOptions2, table) ? 'builtin_options_2' : 'builtin_options';
}
