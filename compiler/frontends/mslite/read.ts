import { fail } from '../../diagnostics/index.ts';
import { assembleModel, describeOperator } from '../assemble.ts';
import { constantBudget } from '../constants.ts';
import { readRoot, type TableValue } from '../flatbuffer/index.ts';
import type { ImportedModel, ImportedOperator } from '../imported-model.ts';
import { presentableName, stemOf } from '../names.ts';
import { optionsOf } from '../options.ts';
import { refuseControlFlow, refuseForeignBlob, refuseObfuscation, refuseTraining } from './refusals.ts';
import { msliteSchema } from './schema.generated.ts';
import { decodeTensor } from './tensors.ts';

type MetaGraph = TableValue<typeof msliteSchema, 'MetaGraph'>;
type CNode = TableValue<typeof msliteSchema, 'CNode'>;

/**
 * Reads a MindSpore Lite model, format MSL2. Float16 constants become float32; several quantization parameters of one
 * tensor are along axis 0, which an operator's import may know better.
 *
 * @throws DiagnosticError with 1xxx diagnostics.
 */
export function readMslite(bytes: Uint8Array, fileName: string): ImportedModel {
  const model = readRoot(msliteSchema, bytes, fileName);
  refuseObfuscation(model, fileName);
  const main = mainGraph(model, fileName);
  const operators = main.nodes.map((node, index) => decodeNode(node, index));
  refuseTraining(operators, fileName);
  refuseControlFlow(model, operators, fileName);
  refuseForeignBlob(model, operators);

  const tensors = model.allTensors ?? [];
  const written = new Set([...main.inputs, ...operators.flatMap((operator) => operator.outputs)]);
  const spend = constantBudget(fileName, bytes.length);
  return assembleModel(
    {
      format: 'mslite',
      name: presentableName(model.name, stemOf(fileName)),
      producer: presentableName(model.version, ''),
      tensorCount: tensors.length,
      tensor: (index) => {
        const tensor = tensors[index];
        if (tensor === undefined || tensor === null) {
          fail('malformed-file', { where: fileName, found: `tensor ${index} is missing` });
        }
        const decoded = decodeTensor(tensor, index, written.has(index));
        spend(decoded.data?.length ?? 0);
        return decoded;
      },
      operators,
      inputs: main.inputs,
      outputs: main.outputs,
    },
    fileName,
  );
}

interface MainGraph {
  readonly nodes: readonly CNode[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** The first subgraph; files of third parties may have none, then the whole file is the graph. */
function mainGraph(model: MetaGraph, fileName: string): MainGraph {
  const all = model.nodes ?? [];
  const graph = model.subGraph?.[0] ?? null;
  const indices = graph === null ? all.map((_, index) => index) : (graph.nodeIndices ?? []);
  return {
    nodes: indices.map((index) => {
      const node = all[index];
      if (node === undefined || node === null) {
        fail('malformed-file', { where: fileName, found: `node ${index} of ${all.length}` });
      }
      return node;
    }),
    inputs: (graph === null ? model.inputIndex : graph.inputIndices) ?? [],
    outputs: (graph === null ? model.outputIndex : graph.outputIndices) ?? [],
  };
}

/** A node under its primitive's name: `Conv2DFusion`, `Custom:type`. */
function decodeNode(node: CNode, index: number): ImportedOperator {
  const primitive = node.primitive?.value ?? null;
  if (primitive === null) {
    fail('malformed-file', { where: `node '${presentableName(node.name, '')}' (${index})`, found: 'no primitive' });
  }
  const { type, value } = primitive;
  const kind = type === 'Custom' ? `Custom:${presentableName(value.type as string | null, 'unnamed')}` : type;
  const name = presentableName(node.name, `${kind}_${index}`);
  return {
    index,
    name,
    kind,
    inputs: node.inputIndex ?? [],
    outputs: node.outputIndex ?? [],
    options: optionsOf(msliteSchema, type, value, describeOperator({ kind, name, index })),
  };
}
