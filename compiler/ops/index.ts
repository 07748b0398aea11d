import { conv2d } from './conv2d/index.ts';
import { fullyConnected } from './fully-connected/index.ts';
import type { AnyOperator } from './operator.ts';

export type {
  Argument,
  CField,
  ConstantArray,
  CValue,
  Isa,
  KernelCall,
  KernelCost,
  KernelRecord,
  LoweringOptions,
  RowWindow,
  Work,
} from './kernel.ts';
export type { AnyOperator, Operator } from './operator.ts';

/** Every operator that msc compiles. */
export const operators: readonly AnyOperator[] = [conv2d, fullyConnected];

const byName: ReadonlyMap<string, AnyOperator> = new Map(operators.map((o) => [o.definition.name, o]));

/** The operator of this name; graphs hold no others. */
export function operatorNamed(name: string): AnyOperator {
  const operator = byName.get(name);
  if (operator === undefined) {
    throw new Error(`no operator '${name}'`);
  }
  return operator;
}
