import { type Diagnostic, DiagnosticError, diagnostic, stopOnErrors } from '../diagnostics/index.ts';
import {
  checkBeforeShapes,
  checkNode,
  constantTensor,
  type Graph,
  type Node,
  type Tensor,
  type TensorId,
  viewOf,
  withoutUnusedTensors,
} from '../ir/index.ts';
import { describeOperator, type ImportScope } from '../ops/import-scope.ts';
import { operatorNamed, operators } from '../ops/index.ts';
import type { Importer } from '../ops/operator.ts';
import type { ImportedModel, ImportedTensor, ModelFormat } from './imported-model.ts';

const importers: Readonly<Record<ModelFormat, ReadonlyMap<string, Importer>>> = {
  tflite: new Map(operators.flatMap((operator) => Object.entries(operator.tflite))),
  mslite: new Map(operators.flatMap((operator) => Object.entries(operator.mslite))),
};

/** Names of the operators that can be imported from a format, sorted. */
export function importableOperators(format: ModelFormat): readonly string[] {
  return [...importers[format].keys()].sort();
}

/**
 * Turns an imported model into a graph of msc's operators, each held against its definition.
 * Throws a DiagnosticError with every 2xxx finding.
 */
export function buildGraph(model: ImportedModel): Graph {
  const building = startGraph(model);
  const findings: Diagnostic[] = [];
  for (const operator of model.operators) {
    const importer = importers[model.format].get(operator.kind);
    if (importer === undefined) {
      findings.push(diagnostic('unsupported-operator', { where: describeOperator(operator), found: operator.kind }));
      continue;
    }
    try {
      importer(operator, building.scope);
    } catch (error) {
      if (!(error instanceof DiagnosticError)) {
        throw error;
      }
      findings.push(...error.diagnostics);
    }
  }
  stopOnErrors(findings);
  const graph = building.finish();
  const faults = graph.nodes.flatMap((node) => checkNode(graph, node, operatorNamed(node.operator).definition));
  stopOnErrors(faults);
  return graph;
}

function startGraph(model: ImportedModel): { readonly scope: ImportScope; readonly finish: () => Graph } {
  const tensors = new Map<TensorId, Tensor>(model.tensors.map((tensor) => [tensor.index, tensorOf(tensor)]));
  const nodes: Node[] = [];
  const names = new Set<string>();
  let nextId = model.tensors.reduce((highest, tensor) => Math.max(highest, tensor.index), -1) + 1;
  const unique = (wanted: string): string => {
    let name = wanted;
    for (let n = 1; names.has(name); n++) {
      name = `${wanted}_${n}`;
    }
    names.add(name);
    return name;
  };
  const scope: ImportScope = {
    model,
    tensor: (id) => {
      const tensor = tensors.get(id);
      if (tensor === undefined) {
        throw new Error(`no tensor ${id}`);
      }
      return tensor;
    },
    addTensor: (name, type) => {
      const id = nextId++;
      tensors.set(id, {
        id,
        name,
        kind: 'computed',
        dtype: type.dtype,
        shape: type.shape,
        quantization: type.quantization,
        data: null,
      });
      return id;
    },
    addConstant: (name, type, data) => {
      const id = nextId++;
      tensors.set(id, constantTensor(id, name, type, data));
      return id;
    },
    addNode: (operator, of, parts) => {
      const node: Node = {
        name: unique(parts.name ?? of.name),
        operator,
        inputs: withoutTrailingNulls(parts.inputs),
        outputs: parts.outputs,
        attributes: parts.attributes,
        origin: { operator: of.kind, index: of.index },
      };
      nodes.push(node);
      fillUnknownShapes(tensors, node);
    },
  };
  const finish = () =>
    withoutUnusedTensors({ name: model.name, tensors, nodes, inputs: model.inputs, outputs: model.outputs });
  return { scope, finish };
}

/**
 * MindSpore Lite's converter leaves computed tensors without dimensions where it inferred no shape; a frontend gives them the
 * shape of a scalar. They get the shape that the operator infers. Where that is not possible `checkNode` says why.
 */
function fillUnknownShapes(tensors: Map<TensorId, Tensor>, node: Node): void {
  const unknown = (id: TensorId) => tensors.get(id)?.kind === 'computed' && tensors.get(id)?.shape.length === 0;
  if (!node.outputs.some(unknown)) {
    return;
  }
  const { definition } = operatorNamed(node.operator);
  const graph: Graph = { name: '', tensors, nodes: [node], inputs: [], outputs: [] };
  const view = viewOf(graph, node);
  if (checkBeforeShapes(view, definition).length > 0) {
    return;
  }
  definition.inferShapes(view).forEach((shape, i) => {
    const id = node.outputs[i]!;
    if (unknown(id) && shape.every((dimension) => Number.isInteger(dimension) && dimension > 0)) {
      tensors.set(id, { ...tensors.get(id)!, shape });
    }
  });
}

function tensorOf(imported: ImportedTensor): Tensor {
  return {
    id: imported.index,
    name: imported.name,
    kind: imported.data !== null ? 'constant' : imported.isVariable ? 'variable' : 'computed',
    dtype: imported.dtype,
    shape: imported.shape,
    quantization: imported.quantization,
    data: imported.data,
  };
}

function withoutTrailingNulls(inputs: readonly (TensorId | null)[]): readonly (TensorId | null)[] {
  let length = inputs.length;
  while (length > 0 && inputs[length - 1] === null) {
    length--;
  }
  return inputs.slice(0, length);
}
