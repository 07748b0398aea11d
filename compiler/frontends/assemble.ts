/** What both formats have in common once decoded: a graph that must hold together. */
import { type Diagnostic, DiagnosticError, diagnostic, fail, stopOnErrors } from '../diagnostics/index.ts';
import type { ImportedModel, ImportedOperator, ImportedTensor } from './imported-model.ts';
import { uniqueNames } from './names.ts';

/** A model as its file has it: tensors by their index in the file, operators in the file's order. */
export interface ModelParts extends Pick<ImportedModel, 'format' | 'name' | 'producer' | 'inputs' | 'outputs'> {
  readonly operators: readonly ImportedOperator[];
  readonly tensorCount: number;
  /** Decodes one tensor; called for those that the graph uses. */
  readonly tensor: (index: number) => Omit<ImportedTensor, 'index'>;
}

/** More findings than this help nobody. */
const maximumDiagnostics = 20;

/**
 * Checks and orders the graph: every operator stands after those that it reads from, otherwise as in the file; tensors
 * that nothing uses are dropped, the others numbered anew in the file's order; names are unique.
 *
 * @throws DiagnosticError whatever `parts.tensor` finds, and `invalid-graph`.
 */
export function assembleModel(parts: ModelParts, fileName: string): ImportedModel {
  checkIndices(parts, fileName);
  const used = usedTensors(parts);
  const decoded = decodeTensors(parts, used);
  const producers = findProducers(parts, decoded, fileName);
  checkReads(parts, decoded, producers, fileName);
  const operators = sortOperators(parts.operators, producers);

  const newIndex = new Map(used.map((oldIndex, index) => [oldIndex, index]));
  const renumber = (index: number): number => newIndex.get(index) ?? 0;
  const tensorNames = uniqueNames([...decoded.values()].map((tensor) => tensor.name));
  const operatorNames = uniqueNames(operators.map((operator) => operator.name));
  return {
    format: parts.format,
    name: parts.name,
    producer: parts.producer,
    tensors: [...decoded.values()].map((tensor, index) => ({ ...tensor, index, name: tensorNames[index] ?? '' })),
    operators: operators.map((operator, i) => ({
      ...operator,
      name: operatorNames[i] ?? '',
      inputs: operator.inputs.map((index) => (index === null ? null : renumber(index))),
      outputs: operator.outputs.map(renumber),
    })),
    inputs: parts.inputs.map(renumber),
    outputs: parts.outputs.map(renumber),
  };
}

/** How a diagnostic names an operator of the file: "CONV_2D 'conv1' (node 3)". */
export function describeOperator(operator: Pick<ImportedOperator, 'kind' | 'name' | 'index'>): string {
  return `${operator.kind} '${operator.name}' (node ${operator.index})`;
}

function checkIndices({ operators, inputs, outputs, tensorCount }: ModelParts, fileName: string): void {
  const check = (where: () => string, index: number): void => {
    if (!Number.isInteger(index) || index < 0 || index >= tensorCount) {
      fail('invalid-graph', { where: where(), found: `tensor index ${index} in a graph of ${tensorCount} tensors` });
    }
  };
  for (const operator of operators) {
    for (const index of [...operator.inputs, ...operator.outputs]) {
      if (index !== null) {
        check(() => describeOperator(operator), index);
      }
    }
  }
  for (const index of [...inputs, ...outputs]) {
    check(() => fileName, index);
  }
  if (outputs.length === 0) {
    fail('invalid-graph', { where: fileName, found: 'a graph without outputs' });
  }
  if (new Set(inputs).size !== inputs.length) {
    fail('invalid-graph', { where: fileName, found: 'a tensor is an input of the graph twice' });
  }
}

function usedTensors({ operators, inputs, outputs }: ModelParts): number[] {
  const used = new Set([...inputs, ...outputs]);
  for (const operator of operators) {
    for (const index of [...operator.inputs, ...operator.outputs]) {
      if (index !== null) {
        used.add(index);
      }
    }
  }
  return [...used].sort((a, b) => a - b);
}

type Decoded = ReadonlyMap<number, Omit<ImportedTensor, 'index'>>;

function decodeTensors(parts: ModelParts, used: readonly number[]): Decoded {
  const found: Diagnostic[] = [];
  const decoded = new Map<number, Omit<ImportedTensor, 'index'>>();
  for (const index of used) {
    try {
      const tensor = parts.tensor(index);
      if (tensor.data === null && tensor.shape.includes(0)) {
        fail('dynamic-shape', { where: `tensor '${tensor.name}'`, found: `shape [${tensor.shape.join(', ')}]` });
      }
      decoded.set(index, tensor);
    } catch (error) {
      if (!(error instanceof DiagnosticError)) {
        throw error;
      }
      found.push(...error.diagnostics);
      if (found.length >= maximumDiagnostics) {
        break;
      }
    }
  }
  stopOnErrors(found);
  return decoded;
}

/** The operator that writes each tensor. */
function findProducers(parts: ModelParts, decoded: Decoded, fileName: string): ReadonlyMap<number, ImportedOperator> {
  const inputs = new Set(parts.inputs);
  const producers = new Map<number, ImportedOperator>();
  for (const index of inputs) {
    const tensor = decoded.get(index);
    if (tensor?.data != null || tensor?.isVariable === true) {
      fail('invalid-graph', { where: fileName, found: `input '${tensor.name}' is a constant or a variable` });
    }
  }
  for (const operator of parts.operators) {
    for (const index of operator.outputs) {
      const tensor = decoded.get(index);
      const other = producers.get(index);
      const already =
        other !== undefined
          ? `which ${describeOperator(other)} writes too`
          : inputs.has(index)
            ? 'an input of the graph'
            : tensor?.data != null
              ? 'a constant'
              : tensor?.isVariable === true
                ? 'a variable'
                : null;
      if (already !== null) {
        fail('invalid-graph', {
          where: describeOperator(operator),
          found: `writes tensor '${tensor?.name}', ${already}`,
        });
      }
      producers.set(index, operator);
    }
  }
  return producers;
}

function checkReads(
  parts: ModelParts,
  decoded: Decoded,
  producers: ReadonlyMap<number, ImportedOperator>,
  fileName: string,
): void {
  const inputs = new Set(parts.inputs);
  const found: Diagnostic[] = [];
  const check = (where: () => string, index: number): void => {
    const tensor = decoded.get(index);
    const isWritten = inputs.has(index) || producers.has(index) || tensor?.data != null || tensor?.isVariable === true;
    if (!isWritten && found.length < maximumDiagnostics) {
      found.push(
        diagnostic('invalid-graph', { where: where(), found: `reads tensor '${tensor?.name}', which nothing writes` }),
      );
    }
  };
  for (const operator of parts.operators) {
    for (const index of operator.inputs) {
      if (index !== null) {
        check(() => describeOperator(operator), index);
      }
    }
  }
  for (const index of parts.outputs) {
    check(() => fileName, index);
  }
  stopOnErrors(found);
}

/** Depth first along the producers, in the file's order: a sorted file keeps its order. */
function sortOperators(
  operators: readonly ImportedOperator[],
  producers: ReadonlyMap<number, ImportedOperator>,
): readonly ImportedOperator[] {
  const sorted: ImportedOperator[] = [];
  const state = new Map<ImportedOperator, 'open' | 'done'>();
  for (const root of operators) {
    // An explicit stack: chains in hostile files are longer than the call stack.
    const stack = [{ operator: root, next: 0 }];
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      if (top.next === 0) {
        if (state.get(top.operator) === 'done') {
          stack.pop();
          continue;
        }
        state.set(top.operator, 'open');
      }
      const index = top.operator.inputs[top.next];
      if (index === undefined) {
        state.set(top.operator, 'done');
        sorted.push(top.operator);
        stack.pop();
        continue;
      }
      top.next += 1;
      const producer = index === null ? undefined : producers.get(index);
      if (producer !== undefined && state.get(producer) !== 'done') {
        if (state.get(producer) === 'open') {
          fail('invalid-graph', {
            where: describeOperator(top.operator),
            found: `reads what it writes itself, through ${describeOperator(producer)}`,
          });
        }
        stack.push({ operator: producer, next: 0 });
      }
    }
  }
  return sorted;
}
