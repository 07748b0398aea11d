import { sizeOfDType } from '../../ir/index.ts';
import { type TableInput, writeRoot } from '../flatbuffer/index.ts';
import type { ImportedModel, ImportedOperator, ImportedTensor } from '../imported-model.ts';
import { tableOf } from '../written-options.ts';
import { msliteSchema } from './schema.generated.ts';
import { typeIdOf } from './tensors.ts';

type Table<Name extends keyof typeof msliteSchema.tables> = TableInput<typeof msliteSchema, Name>;

/** The version whose files the format facts were checked on; a file without a version counts as a very old one. */
const defaultVersion = 'MindSpore Lite 2.0.0';

/** What the file says it was converted from: MindIR. */
const frameworkMindIr = 3;

/** What a tensor is in the graph. */
const nodeTypes = { constant: 0, computed: 2 } as const;

/**
 * Writes a MindSpore Lite file, format MSL2. Options that are left out have the schema's defaults.
 * The format has no variables and no absent operands; several quantization parameters carry no axis.
 */
export function writeMslite(model: ImportedModel): Uint8Array {
  const graph = { inputs: [...model.inputs], outputs: [...model.outputs] };
  return writeRoot(msliteSchema, {
    name: model.name,
    version: model.producer === '' ? defaultVersion : model.producer,
    fmkType: frameworkMindIr,
    inputIndex: graph.inputs,
    outputIndex: graph.outputs,
    nodes: model.operators.map((operator) => nodeTable(operator, model.tensors)),
    allTensors: model.tensors.map(tensorTable),
    subGraph: [
      {
        name: 'main_graph',
        inputIndices: graph.inputs,
        outputIndices: graph.outputs,
        nodeIndices: model.operators.map((_, index) => index),
        tensorIndices: model.tensors.map((_, index) => index),
      },
    ],
  });
}

function nodeTable(operator: ImportedOperator, tensors: readonly ImportedTensor[]): Table<'CNode'> {
  const [type = '', custom] = operator.kind.split(/:(.*)/s);
  const isQuantized = operator.outputs.some((index) => tensors[index]?.quantization != null);
  return {
    name: operator.name,
    primitive: {
      value: { type, value: custom === undefined ? tableOf(msliteSchema, type, operator.options) : { type: custom } },
    },
    inputIndex: operator.inputs.map((input) => {
      if (input === null) {
        throw new Error(`${operator.kind} '${operator.name}': .ms files have no absent operands`);
      }
      return input;
    }),
    outputIndex: operator.outputs,
    quantType: isQuantized ? 'QUANT_ALL' : 'QUANT_NONE',
  };
}

function tensorTable(tensor: ImportedTensor): Table<'Tensor'> {
  if (tensor.isVariable) {
    throw new Error(`tensor '${tensor.name}': .ms files have no variables`);
  }
  const { quantization } = tensor;
  return {
    name: tensor.name,
    nodeType: tensor.data === null ? nodeTypes.computed : nodeTypes.constant,
    dataType: typeIdOf(tensor.dtype),
    dims: tensor.shape,
    format: 'NHWC',
    data: tensor.data,
    quantParams: quantization?.scales.map((scale, channel) => ({
      scale,
      zeroPoint: quantization.zeroPoints[channel] ?? 0,
      numBits: 8 * sizeOfDType(tensor.dtype),
      // MindSpore's runtime takes any parameter that is present; older ones look at this too.
      inited: true,
    })),
  };
}
