import { type Finding, fail } from '../diagnostics/index.ts';
import type { ImportedModel, ImportedOperator, OptionValue } from '../frontends/imported-model.ts';
import { type Attributes, elementsFromBytes, type Tensor, type TensorId, type TensorType } from '../ir/index.ts';

/** What an importer builds into: the graph so far. Tensors of the file keep their index as id. */
export interface ImportScope {
  readonly model: ImportedModel;
  /** Current type and data of a tensor. */
  tensor(id: TensorId): Tensor;
  /** Adds a computed tensor and returns its id. */
  addTensor(name: string, type: TensorType): TensorId;
  /** Adds a constant and returns its id. */
  addConstant(name: string, type: TensorType, data: Uint8Array): TensorId;
  /** Appends a node; `name` defaults to the operator's name, and is made unique. */
  addNode(operator: string, of: ImportedOperator, parts: NodeParts): void;
}

export interface NodeParts {
  readonly inputs: readonly (TensorId | null)[];
  readonly outputs: readonly TensorId[];
  readonly attributes: Attributes;
  readonly name?: string;
}

/** How a diagnostic names an operator of the file: "CONV_2D 'conv1' (node 3)". */
export function describeOperator(operator: ImportedOperator): string {
  return `${operator.kind} '${operator.name}' (node ${operator.index})`;
}

/** Refuses an operator: its name stands in front of the finding. */
export function refuse(
  operator: ImportedOperator,
  name: Parameters<typeof fail>[0],
  finding: Omit<Finding, 'where'>,
): never {
  fail(name, { where: describeOperator(operator), ...finding });
}

/** The operand's tensor id; refused if the operator does not have it. */
export function requiredOperand(operator: ImportedOperator, index: number): TensorId {
  const id = operator.inputs[index];
  if (id === undefined || id === null) {
    refuse(operator, 'wrong-operands', {
      found: `operand ${index} is missing`,
      requires: `at least ${index + 1} operands`,
    });
  }
  return id;
}

/** The operand's tensor id, or null where it is absent. */
export function optionalOperand(operator: ImportedOperator, index: number): TensorId | null {
  return operator.inputs[index] ?? null;
}

/** The result's tensor id; refused if the operator does not have it. */
export function requiredResult(operator: ImportedOperator, index: number): TensorId {
  const id = operator.outputs[index];
  if (id === undefined) {
    refuse(operator, 'wrong-operands', {
      found: `result ${index} is missing`,
      requires: `at least ${index + 1} results`,
    });
  }
  return id;
}

/** Values of a constant int32 or int64 operand (shapes, axes, paddings). */
export function constantIntegers(operator: ImportedOperator, scope: ImportScope, index: number): readonly number[] {
  const tensor = scope.tensor(requiredOperand(operator, index));
  if (tensor.data === null) {
    refuse(operator, 'operand-not-constant', { found: `operand ${index}, tensor '${tensor.name}', is computed` });
  }
  if (tensor.dtype !== 'int32' && tensor.dtype !== 'int64') {
    refuse(operator, 'unsupported-operand-type', {
      found: `operand ${index}, tensor '${tensor.name}', is ${tensor.dtype}`,
      requires: 'int32 or int64',
    });
  }
  const integers = Array.from(elementsFromBytes(tensor, tensor.data), Number);
  if (!integers.every(Number.isSafeInteger)) {
    refuse(operator, 'unsupported-attribute', { found: `operand ${index} has a value beyond 2^53` });
  }
  return integers;
}

/** An option that is a number; `fallback` where the file leaves it out. */
export function numberOption(operator: ImportedOperator, name: string, fallback?: number): number {
  return option(operator, name, 'number', fallback) as number;
}

/** An option that is a boolean. */
export function booleanOption(operator: ImportedOperator, name: string, fallback?: boolean): boolean {
  return option(operator, name, 'boolean', fallback) as boolean;
}

/** An option that is text, such as the member of an enum. */
export function stringOption(operator: ImportedOperator, name: string, fallback?: string): string {
  return option(operator, name, 'string', fallback) as string;
}

/** An option that is a list of numbers. */
export function numbersOption(
  operator: ImportedOperator,
  name: string,
  fallback?: readonly number[],
): readonly number[] {
  const value = operator.options[name] ?? fallback;
  if (!Array.isArray(value) || value.some((v) => typeof v !== 'number')) {
    refuse(operator, 'unsupported-attribute', {
      found: `'${name}' is ${describe(value)}`,
      requires: 'a list of numbers',
    });
  }
  return value as readonly number[];
}

function option(
  operator: ImportedOperator,
  name: string,
  type: string,
  fallback: OptionValue | undefined,
): OptionValue {
  const value = operator.options[name] ?? fallback;
  if (value === undefined || typeof value !== type) {
    refuse(operator, 'unsupported-attribute', { found: `'${name}' is ${describe(value)}`, requires: `a ${type}` });
  }
  return value;
}

function describe(value: OptionValue | undefined): string {
  return value === undefined ? 'missing' : JSON.stringify(value);
}
