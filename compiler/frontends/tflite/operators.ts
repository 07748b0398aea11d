import { fail } from '../../diagnostics/index.ts';
import { describeOperator } from '../assemble.ts';
import { absentTable, type TableValue } from '../flatbuffer/index.ts';
import type { ImportedOperator } from '../imported-model.ts';
import { presentableName } from '../names.ts';
import { optionsOf } from '../options.ts';
import { optionTableOf } from './option-tables.ts';
import { tfliteSchema } from './schema.generated.ts';

type OperatorTable = TableValue<typeof tfliteSchema, 'Operator'>;
type OperatorCodeTable = TableValue<typeof tfliteSchema, 'OperatorCode'>;

/**
 * Decodes operator `index` of the graph. TFLite's operators have no names: they get that of their first result.
 *
 * @param tensorName gives a tensor's name, or null if there is no such tensor.
 */
export function decodeOperator(
  operator: OperatorTable,
  index: number,
  codes: readonly (OperatorCodeTable | null)[],
  tensorName: (index: number) => string | null,
): ImportedOperator {
  const code = codes[operator.opcode_index];
  if (code === undefined || code === null) {
    fail('malformed-file', {
      where: `node ${index}`,
      found: `operator code ${operator.opcode_index} of ${codes.length}`,
    });
  }
  const kind = kindOf(code);
  const outputs = operator.outputs ?? [];
  const name = presentableName(outputs[0] === undefined ? null : tensorName(outputs[0]), `${kind}_${index}`);
  return {
    index,
    name,
    kind,
    inputs: (operator.inputs ?? []).map((input) => (input === -1 ? null : input)),
    outputs,
    options: decodeOptions(operator, kind, describeOperator({ kind, name, index })),
  };
}

/** Names of the builtin operators by number. */
const builtins: ReadonlyMap<number, string> = new Map(
  Object.entries(tfliteSchema.enums.BuiltinOperator.values).map(([name, number]) => [number, name]),
);

/** `CONV_2D`, `CUSTOM:name`, or `BUILTIN_n` for an operator that the schema does not know. */
function kindOf(code: OperatorCodeTable): string {
  // Operators up to 127 stand in an old 8-bit field, newer ones in a wider one beside it: the larger one counts.
  const numbers: { readonly [name: string]: number } = tfliteSchema.enums.BuiltinOperator.values;
  const wide = numbers[code.builtin_code];
  const number = Math.max(code.deprecated_builtin_code, wide ?? 0);
  const kind =
    wide === undefined
      ? code.builtin_code.replace(/\D+/, 'BUILTIN_').replace(')', '')
      : (builtins.get(number) ?? `BUILTIN_${number}`);
  return kind === 'CUSTOM' ? `CUSTOM:${presentableName(code.custom_code, 'unnamed')}` : kind;
}

function decodeOptions(operator: OperatorTable, kind: string, where: string): ImportedOperator['options'] {
  const union = operator.builtin_options ?? operator.builtin_options_2;
  const expected = optionTableOf(kind);
  if (union === null) {
    return expected === null ? {} : optionsOf(tfliteSchema, expected, absentTable(tfliteSchema, expected), where);
  }
  if (expected !== null && union.type !== expected) {
    fail('malformed-file', { where, found: `options of type ${union.type}`, requires: expected });
  }
  return optionsOf(tfliteSchema, union.type, union.value, where);
}
