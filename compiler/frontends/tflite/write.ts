import type { DType } from '../../ir/index.ts';
import { type TableInput, type UnionValue, writeRoot } from '../flatbuffer/index.ts';
import type { ImportedModel, ImportedOperator, ImportedTensor } from '../imported-model.ts';
import { tableOf } from '../written-options.ts';
import { optionTableOf, unionFieldOf } from './option-tables.ts';
import { tfliteSchema } from './schema.generated.ts';
import { dtypeOfTensorType } from './tensors.ts';

type Table<Name extends keyof typeof tfliteSchema.tables> = TableInput<typeof tfliteSchema, Name>;

/** Operators up to this number also stand in the old 8-bit field; it holds this number for newer ones. */
const placeholderCode = 127;

/**
 * Writes a TensorFlow Lite file. Operators have no names there: reading gives them that of their first result. Options
 * that are left out have the schema's defaults; scales become float32.
 */
export function writeTflite(model: ImportedModel): Uint8Array {
  const kinds = [...new Set(model.operators.map((operator) => operator.kind))];
  // Buffer 0 is the empty one, of all tensors that are no constants.
  const constants = model.tensors.filter((tensor) => tensor.data !== null);
  const bufferOf = new Map(constants.map((tensor, i) => [tensor, i + 1]));
  return writeRoot(tfliteSchema, {
    version: 3,
    description: model.producer,
    operator_codes: kinds.map(operatorCode),
    subgraphs: [
      {
        name: model.name,
        tensors: model.tensors.map((tensor) => tensorTable(tensor, bufferOf.get(tensor) ?? 0)),
        operators: model.operators.map((operator) => operatorTable(operator, kinds.indexOf(operator.kind))),
        inputs: model.inputs,
        outputs: model.outputs,
      },
    ],
    buffers: [{}, ...constants.map(({ data }) => ({ data }))],
  });
}

function operatorCode(kind: string): Table<'OperatorCode'> {
  const [builtin = '', custom] = kind.split(/:(.*)/s);
  const numbers: { readonly [name: string]: number } = tfliteSchema.enums.BuiltinOperator.values;
  return {
    builtin_code: builtin,
    deprecated_builtin_code: Math.min(numbers[builtin] ?? 0, placeholderCode),
    version: 1,
    custom_code: custom,
  };
}

function operatorTable(operator: ImportedOperator, codeIndex: number): Table<'Operator'> {
  const table = optionTableOf(operator.kind);
  const options: UnionValue | null =
    table === null ? null : { type: table, value: tableOf(tfliteSchema, table, operator.options) };
  return {
    opcode_index: codeIndex,
    inputs: operator.inputs.map((input) => input ?? -1),
    outputs: operator.outputs,
    ...(table === null ? {} : { [unionFieldOf(table)]: options }),
  };
}

function tensorTable(tensor: ImportedTensor, buffer: number): Table<'Tensor'> {
  const { quantization } = tensor;
  return {
    name: tensor.name,
    shape: tensor.shape,
    type: tensorTypeOf(tensor.dtype),
    buffer,
    is_variable: tensor.isVariable,
    has_rank: true,
    quantization: quantization && {
      scale: quantization.scales,
      zero_point: quantization.zeroPoints,
      quantized_dimension: quantization.axis ?? 0,
    },
  };
}

function tensorTypeOf(dtype: DType): string {
  const type = Object.keys(dtypeOfTensorType).find((name) => dtypeOfTensorType[name] === dtype);
  if (type === undefined) {
    throw new Error(`TensorFlow Lite has no type ${dtype}`);
  }
  return type;
}
