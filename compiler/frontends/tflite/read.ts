import { fail } from '../../diagnostics/index.ts';
import { assembleModel, describeOperator } from '../assemble.ts';
import { constantBudget } from '../constants.ts';
import { readRoot, type TableValue } from '../flatbuffer/index.ts';
import type { ImportedModel, ImportedOperator } from '../imported-model.ts';
import { presentableName, stemOf } from '../names.ts';
import { decodeOperator } from './operators.ts';
import { tfliteSchema } from './schema.generated.ts';
import { decodeTensor } from './tensors.ts';

type Model = TableValue<typeof tfliteSchema, 'Model'>;
type SubGraph = TableValue<typeof tfliteSchema, 'SubGraph'>;

/**
 * Reads a TensorFlow Lite model. Float16 constants become float32, and the DEQUANTIZE operators that would convert them
 * at run time go.
 *
 * @throws DiagnosticError with 1xxx diagnostics.
 */
export function readTflite(bytes: Uint8Array, fileName: string): ImportedModel {
  const model = readRoot(tfliteSchema, bytes, fileName);
  if (model.version !== 3) {
    fail('unsupported-file-version', { where: fileName, found: `version ${model.version}`, requires: 'version 3' });
  }
  const graph = mainGraph(model, fileName);
  const tensors = graph.tensors ?? [];
  const allOperators = (graph.operators ?? []).map((operator, index) => {
    if (operator === null) {
      fail('malformed-file', { where: fileName, found: `node ${index} is missing` });
    }
    return decodeOperator(operator, index, model.operator_codes ?? [], (i) => tensors[i]?.name ?? null);
  });
  refuseControlFlow(allOperators);

  const constants = float16Constants(model, graph, allOperators);
  const operators = allOperators.filter(
    ({ kind, outputs }) => kind !== 'DEQUANTIZE' || !constants.has(outputs[0] ?? -1),
  );
  const inputs = graph.inputs ?? [];
  const written = new Set([...inputs, ...operators.flatMap((operator) => operator.outputs)]);
  const spend = constantBudget(fileName, bytes.length);
  return assembleModel(
    {
      format: 'tflite',
      name: modelName(graph, fileName),
      producer: presentableName(model.description, ''),
      tensorCount: tensors.length,
      tensor: (index) => {
        const source = constants.get(index) ?? index;
        const tensor = tensors[source];
        if (tensor === undefined || tensor === null) {
          fail('malformed-file', { where: fileName, found: `tensor ${source} is missing` });
        }
        const decoded = decodeTensor(tensor, index, model.buffers ?? [], written.has(index));
        spend(decoded.data?.length ?? 0);
        return source === index
          ? decoded
          : { ...decoded, name: presentableName(tensors[index]?.name, `tensor_${index}`) };
      },
      operators,
      inputs,
      outputs: graph.outputs ?? [],
    },
    fileName,
  );
}

/** The graph's name, unless it is the one that the converter gives to every graph. */
function modelName(graph: SubGraph, fileName: string): string {
  return presentableName(graph.name === 'main' ? null : graph.name, stemOf(fileName));
}

function mainGraph(model: Model, fileName: string): SubGraph {
  const graphs = model.subgraphs ?? [];
  const main = graphs[0];
  if (main === undefined || main === null) {
    fail('malformed-file', { where: fileName, found: 'no graph' });
  }
  const other = model.signature_defs?.find((signature) => signature !== null && signature.subgraph_index !== 0);
  if (other !== undefined && other !== null) {
    fail('unsupported-control-flow', {
      where: fileName,
      found: `${graphs.length} graphs, more than one of which can be called (signature '${other.signature_key ?? ''}')`,
      hint: 'Convert the function that you want to run on its own.',
    });
  }
  return main;
}

/** Operators that run another graph say which in their options. */
function refuseControlFlow(operators: readonly ImportedOperator[]): void {
  const caller = operators.find((operator) => Object.keys(operator.options).some((name) => name.includes('subgraph')));
  if (caller !== undefined) {
    fail('unsupported-control-flow', { where: describeOperator(caller), found: 'runs another graph of the file' });
  }
}

/** Results of DEQUANTIZE operators that only widen a float16 constant: the constant of each. */
function float16Constants(
  model: Model,
  graph: SubGraph,
  operators: readonly ImportedOperator[],
): ReadonlyMap<number, number> {
  const constants = new Map<number, number>();
  for (const { kind, inputs, outputs } of operators) {
    const [input, output] = [inputs[0], outputs[0]];
    if (kind === 'DEQUANTIZE' && typeof input === 'number' && output !== undefined) {
      const source = graph.tensors?.[input];
      const isConstant = (model.buffers?.[source?.buffer ?? 0]?.data?.length ?? 0) > 0;
      if (source?.type === 'FLOAT16' && isConstant && graph.tensors?.[output]?.type === 'FLOAT32') {
        constants.set(output, input);
      }
    }
  }
  return constants;
}
